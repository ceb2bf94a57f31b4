"""How entries are told: in rows, by their days, with their doses; the latest of each name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Fact
from bot.assistant.answering.rows import citation, facts, label, tell
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import entry_day, entry_day_iso, phrase
from bot.assistant.records import Area, Entry
from bot.assistant.understanding.query import Query

_HOW_LONG = re.compile(r"(?:几|多少)年|多久|多长时间|how (?:long|many years)")
COUNT = re.compile(r"(?:几|多少)(?:次|种|个|样|针|剂|回|项|条|遍|趟)|how many|number of|how often")
_KINDS = re.compile(
    r"(?:几|多少)(?:种|样|个)|how many (?:different |kinds|medic|drugs|condit|diseas|allerg|pills)"
)


def rows_draft(query: Query, area: Area, found: Sequence[Entry], key: str) -> Draft:
    """Entries told in one sentence of that template, with their facts and citations."""
    draft = Draft()
    glue = "；" if query.language == "zh" else "; "
    rows = glue.join(tell(e, query.language) for e in found)
    draft.sentences.append(phrase(query.language, key, rows=rows))
    for e in found:
        draft.facts += facts(e, query.language)
        draft.cite(citation(e, query.language))
    return draft


def dates_draft(
    query: Query, found: Sequence[Entry], key: str, now: datetime | None = None
) -> Draft:
    """With ``now`` also for how many whole years, where that is asked."""
    draft = Draft()
    plain = query.asked.plain
    zh = query.language == "zh"
    for e in found:
        name = tell(e, query.language, dated=False)
        if e.start is None:
            onset = e.details.get("onset")
            draft.sentences.append(
                phrase(query.language, key, name=name, at=onset)
                if onset
                else phrase(query.language, "when_unknown", name=name)
            )
            draft.facts.append(Fact(label(e.area, query.language), e.name))
        else:
            at = entry_day(e, query.language)
            years = _years(e, now) if now is not None and _HOW_LONG.search(plain) else 0
            told = "since_years" if years and key == "since_entry" else key
            draft.sentences.append(phrase(query.language, told, name=name, at=at, years=years))
            draft.facts += facts(e, query.language, dated=False)
            if told == "since_years":
                unit = "年" if zh else "years"
                draft.facts.append(Fact("年数" if zh else "years", Decimal(years), unit))
            draft.facts.append(
                Fact(
                    ("开始日期" if key == "since_entry" else "日期") if zh else "date",
                    entry_day_iso(e),
                )
            )
        draft.cite(citation(e, query.language))
    return draft


def _years(entry: Entry, now: datetime) -> int:
    """Whole years since it began; 0 where it is over."""
    if entry.start is None or not entry.active:
        return 0
    first, today = (at.astimezone(SHANGHAI).date() for at in (entry.start, now))
    return today.year - first.year - ((today.month, today.day) < (first.month, first.day))


def ends_draft(query: Query, found: Sequence[Entry]) -> Draft:
    """When medicines were stopped, where the record says so."""
    draft = Draft()
    zh = query.language == "zh"
    for e in found:
        name = tell(e, query.language, dated=False)
        draft.facts += facts(e, query.language, dated=False)
        draft.cite(citation(e, query.language))
        if e.end is None:
            start = entry_day(e, query.language)
            until = e.active and start and "到" in query.asked.plain
            end_key = "no_end_entry" if until else "end_unknown"
            draft.sentences.append(phrase(query.language, end_key, name=name, start=start))
            continue
        ended = replace(e, start=e.end, start_text=None)
        at = entry_day(ended, query.language)
        draft.sentences.append(phrase(query.language, "end_entry", name=name, at=at))
        draft.facts.append(Fact("停用日期" if zh else "stopped on", entry_day_iso(ended)))
        told = (
            f"{tell(e, query.language)}，{at}停用"
            if zh
            else f"{tell(e, query.language)}, stopped {at}"
        )
        draft.citations = [
            c._replace(excerpt=told) if c.resource == e.ref else c for c in draft.citations
        ]
    return draft


def doses_draft(query: Query, found: Sequence[Entry]) -> Draft:
    draft = Draft()
    for e in latest_of_each(found):
        dose = e.details.get("dose")
        key = "dose_entry" if dose else "dose_unknown"
        draft.sentences.append(phrase(query.language, key, name=e.name, dose=dose))
        draft.facts += facts(e, query.language, dated=False)
        draft.cite(citation(e, query.language))
    draft.extras.append(phrase(query.language, "dose_check"))
    return draft


def dated(found: Sequence[Entry]) -> list[Entry]:
    known = [e for e in found if e.start is not None]
    return sorted(known, key=lambda e: e.start.timestamp() if e.start else 0.0) or list(found)


def latest_of_each(found: Sequence[Entry]) -> list[Entry]:
    """The latest entry of each name: a prescription renewed is still one medicine."""
    return list({e.name: e for e in found}.values())


def one_of_each(found: Sequence[Entry], *, last: bool) -> list[Entry]:
    rows = dated(found)
    return list({e.name: e for e in (rows if last else reversed(rows))}.values())


def counted_draft(query: Query, area: Area, found: Sequence[Entry]) -> Draft:
    """How many there are, and which; of kinds of things each kind once."""
    by_kind = area is Area.MEDICATION or _KINDS.search(query.asked.plain)
    rows = latest_of_each(found) if by_kind else list(found)
    draft = rows_draft(
        query, area, rows, "list_conditions" if area is Area.CONDITION else f"list_{area}"
    )
    glue = "；" if query.language == "zh" else "; "
    told = glue.join(tell(e, query.language) for e in rows)
    draft.sentences = [phrase(query.language, "count_entries", count=len(rows), rows=told)]
    draft.facts.insert(0, Fact("数量" if query.language == "zh" else "count", Decimal(len(rows))))
    return draft
