"""Trends: which way a series went, and by how much."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.assistant.answer import Fact, Window
from bot.assistant.answering.direction import direction, is_change
from bot.assistant.answering.meaning import meaning
from bot.assistant.answering.numbers import Numbers
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import cite, moment, number, phrase, shown, time_fact
from bot.assistant.records import Reading

_HOW_MUCH = re.compile(
    r"[涨升降掉跌瘦胖轻重高低增减](?:高|低|加|少|长|下|上)?(?:来|去)?了?(?:有)?(?:多少|几)|"
    r"how much .{0,30}(?:gain|los[et]|lost|up|down|ris|rose|drop|fall|fell|chang)"
)


def last_two(n: Numbers, rows: list[Reading]) -> Draft:
    """The last beside the one before it."""
    return trend(n, rows[-2:], None, told="last_two")


def trend(n: Numbers, rows: list[Reading], window: Window | None, *, told: str = "trend") -> Draft:
    """Which way it went: by thirds where there are enough readings, else by first and last."""
    if len(rows) == 1:
        draft = n.one("trend_one", rows[0])
        draft.extras += meaning(n.view, draft, rows[0], n.query)
        return draft
    draft = Draft()
    average, facts, canonical = n.averages(rows)
    part = n.parts(rows)[0]
    with_part = [r for r in rows if part in r.values]
    first, last = with_part[0], with_part[-1]
    by_how_much = told == "trend" and bool(_HOW_MUCH.search(n.query.asked.plain))
    ways = direction(n, with_part) if told == "trend" else None
    ends = _between(n, first, last, part)
    told = "change" if by_how_much and ends.change else told
    if ways is not None and told == "trend":
        draft.sentences.append(ways.said[0])
    else:
        draft.sentences.append(_by_ends(n, told, ends))
    if told == "trend":
        draft.sentences.append(phrase(n.language, "trend_ends", **ends.told))
    if ways is None and len(rows) > 2 and told == "trend":
        draft.sentences.append(phrase(n.language, "trend_few"))
    draft.sentences.append(phrase(n.language, "trend_average", average=average, count=len(rows)))
    draft.facts += [*ends.facts, *facts, n.count_fact(len(rows))]
    draft.facts += [time_fact(first, n.language), time_fact(last, n.language)]
    for r in rows:
        draft.cite(*cite(r, n.language))
    if ways is not None:  # what it is now is judged, not what it was
        draft.facts += ways.facts
        draft.sentences.append(ways.said[1])
        canonical = ways.late
    draft.extras += meaning(n.view, draft, last, n.query, values=canonical)
    return draft


@dataclass(frozen=True, slots=True)
class _Ends:
    """The first and the last reading of a series and what lies between them."""

    change: Decimal
    clear: bool  # more than the limit of ``direction.toml``
    told: dict[str, str]
    facts: list[Fact]


def _between(n: Numbers, first: Reading, last: Reading, part: str) -> _Ends:
    before, after = first.values[part], last.values[part]
    change = after.value - before.value
    difference = abs(shown(after, n.key, False) - shown(before, n.key, False))
    unit = (n.kind.unit_in(n.language) if n.kind else before.unit) or None
    zh = n.language == "zh"
    facts = [
        *n.reading_facts(first, "（最早）" if zh else " (first)"),
        *n.reading_facts(last, "（最近）" if zh else " (latest)"),
        Fact(n.part_name(part) + ("变化" if zh else " change"), difference, unit),
    ]
    told = {
        "first": n.value(first),
        "first_at": moment(first, n.language),
        "last": n.value(last),
        "last_at": moment(last, n.language),
        "change": n.with_unit(number(difference), unit or ""),
    }
    return _Ends(change, is_change(n.key, part, before.value, after.value), told, facts)


def _by_ends(n: Numbers, told: str, ends: _Ends) -> str:
    way = "up" if ends.change > 0 else "down"
    way = way if ends.clear or (told == "change" and ends.change) else "flat"
    return phrase(n.language, f"{told}_{way}", label=n.label, **ends.told)
