"""Days in a row: 「有没有连续三天血压偏高」, 「连续测了几天」."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Fact, Window
from bot.assistant.answering.how_often import hit_test
from bot.assistant.answering.numbers import Numbers
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import calendar_day, cite, phrase
from bot.assistant.records import Reading

Run = list[date]


def streak(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    """The longest run of days with such a reading; a day without a reading breaks it."""
    draft = Draft()
    named = n.query.limit is not None or n.query.side is not None
    is_hit = hit_test(n, draft) if named else (lambda _: True)
    hits = [r for r in rows if is_hit(r)]
    runs = _runs(sorted({_day(r) for r in hits}))
    longest = max(reversed(runs), key=len, default=[])
    _tell(n, draft, longest, named=named)
    draft.facts.append(n.count_fact(len(rows), "测量总次数" if n.language == "zh" else "total"))
    for r in [r for r in hits if _day(r) in longest] or rows:
        draft.cite(*cite(r, n.language))
    if longest:
        draft.extras.append(phrase(n.language, "streak_means"))
    return draft


def _tell(n: Numbers, draft: Draft, longest: Run, *, named: bool) -> None:
    zh, asked = n.language == "zh", n.query.streak or 0
    draft.facts.append(Fact("连续天数" if zh else "days in a row", Decimal(len(longest))))
    if not longest:
        draft.sentences.append(phrase(n.language, "streak_none", label=n.label))
        return
    if asked:
        key = "streak_yes" if len(longest) >= asked else "streak_no"
        draft.sentences.append(phrase(n.language, key, asked=asked))
    first, last = longest[0], longest[-1]
    draft.facts += [
        Fact("开始" if zh else "from", first.isoformat()),
        Fact("结束" if zh else "to", last.isoformat()),
    ]
    many = "streak_days" if named else "streak_measured"
    draft.sentences.append(
        phrase(
            n.language,
            many if len(longest) > 1 else "streak_day",
            label=n.label,
            days=len(longest),
            first=calendar_day(first, n.language),
            last=calendar_day(last, n.language),
        )
    )


def _runs(days: Sequence[date]) -> list[Run]:
    runs: list[Run] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _day(reading: Reading) -> date:
    return reading.at.astimezone(SHANGHAI).date()
