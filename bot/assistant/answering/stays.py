"""A stay in hospital or a visit: when it ended, how many days it was, and where."""

from __future__ import annotations

import re
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Fact
from bot.assistant.answering.rows import facts, tell
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import calendar_day, cite_entry, phrase
from bot.assistant.records import Entry
from bot.assistant.understanding.query import Query

_ENDED = re.compile(
    r"出(?:的|了)?院|(?:住|待)了?(?:院)?(?:了)?(?:几|多少)天|住院(?:了)?(?:几|多少)天|"
    r"住(?:了)?(?:院)?(?:了)?(?:多久|多长时间)|(?:几|多少)天(?:医)?院|"
    r"discharged|how (?:long|many days)"
)
_WHERE = re.compile(
    r"(?:哪|什么)(?:个|家|所)?(?:医)?院|在哪(?:儿|里|个)?|什么地方|which hospital|where"
)


def stay_draft(query: Query, visit: Entry) -> Draft | None:
    """None where something else is asked, or where the record does not say."""
    text = query.asked.plain
    if _WHERE.search(text):
        return _place(query, visit)
    return _length(query, visit) if _ENDED.search(text) else None


def _place(query: Query, visit: Entry) -> Draft | None:
    place = visit.details.get("provider")
    if not place or visit.start is None:
        return None
    name = tell(visit, query.language, dated=False)
    start = calendar_day(visit.start.astimezone(SHANGHAI).date(), query.language)
    draft = Draft(facts=facts(visit, query.language))
    draft.facts.append(Fact("医院" if query.language == "zh" else "hospital", place))
    said = phrase(query.language, "stay_place", name=name, place=place, start=start)
    draft.sentences.append(said)
    excerpt = f"{name}，{place}，{start}" if query.language == "zh" else f"{name}, {place}, {start}"
    draft.cite(cite_entry(visit, query.language, excerpt))
    return draft


def _length(query: Query, visit: Entry) -> Draft | None:
    """Days are counted as hospitals do: the day of admission counts, that of discharge not."""
    if visit.start is None or visit.end is None:
        return None
    first = visit.start.astimezone(SHANGHAI).date()
    last = visit.end.astimezone(SHANGHAI).date()
    days = (last - first).days
    if days < 1:
        return None
    zh = query.language == "zh"
    draft = Draft(facts=facts(visit, query.language))
    draft.facts += [
        Fact("出院日期" if zh else "discharged on", last.isoformat()),
        Fact("住院天数" if zh else "days in hospital", Decimal(days), "天" if zh else "days"),
    ]
    name = tell(visit, query.language, dated=False)
    start, end = (calendar_day(at, query.language) for at in (first, last))
    draft.sentences.append(
        phrase(query.language, "stay_ended", name=name, end=end, start=start, days=days)
    )
    excerpt = f"{name}，{start}至{end}" if zh else f"{name}, {start} to {end}"
    draft.cite(cite_entry(visit, query.language, excerpt))
    return draft
