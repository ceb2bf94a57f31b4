"""Spans that hang on events of the archive: 上次体检, 住院以来, 吃药之后."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Window
from bot.assistant.lexicon.terms import Term, drug_classes
from bot.assistant.records import Area, Entry
from bot.assistant.understanding import spans
from bot.assistant.understanding.pregnant import pregnant_since
from bot.assistant.understanding.topics import Topics
from bot.assistant.understanding.when import Anchor
from bot.assistant.view import ArchiveView

_CHECKUP = re.compile(r"体检|健康检查|check[- ]?up|physical exam|wellness|annual|well child", re.I)
_STAY = re.compile(r"住院|hospital|inpatient|admission", re.I)
_STAY_CLASSES = {"IMP", "ACUTE", "NONAC", "inpatient", "OBSENC"}
_DAY = timedelta(days=1)
_ONE_EVENT = timedelta(days=30)
"""A check-up's report comes days after it: so near, both are one check-up."""
_CLASS_OF = {
    "blood_pressure": "antihypertensive",
    "glucose": "antidiabetic",
    "hba1c": "antidiabetic",
    "ldl": "statin",
    "total_cholesterol": "statin",
    "triglycerides": "statin",
    "uric_acid": "urate",
    "tsh": "thyroid",
}


def resolve(
    anchor: Anchor, view: ArchiveView, topics: Topics, kinds: Sequence[str]
) -> tuple[Window, Entry] | None:
    """The span and the entry it hangs on; None where the archive has no such event."""
    if anchor.event == "pregnancy":
        return _pregnancy(anchor, view)
    event = _event(anchor, view, topics, kinds)
    if event is None or event.start is None:
        return None
    day = event.start.astimezone(SHANGHAI).date()
    last = (event.end or event.start).astimezone(SHANGHAI).date()
    window = {
        "day": lambda: spans.days(day, day),
        "during": lambda: spans.days(day, last),
        "last_day": lambda: spans.days(last, last),
        "next_day": lambda: spans.days(last + _DAY, last + _DAY),
        "day_before_last": lambda: spans.days(last - _DAY, last - _DAY),
        "since": lambda: Window(spans.midnight(day), view.now),
        "after": lambda: Window(event.end or spans.midnight(day + timedelta(days=1)), view.now),
        "until": lambda: Window(spans.midnight(day - timedelta(days=366)), spans.midnight(day)),
    }[anchor.side]()
    return spans.capped(window, view.now), event


def checkup_in(view: ArchiveView, window: Window) -> Window | None:
    """The day of the last check-up inside a span (「去年体检」); None where there was none."""
    areas = (Area.ENCOUNTER, Area.REPORT, Area.DOCUMENT)
    found = _latest(
        view, areas, lambda e: _is_checkup(e) and e.start is not None and window.holds(e.start)
    )
    if found is None or found.start is None:
        return None
    day = found.start.astimezone(SHANGHAI).date()
    return spans.days(day, day)


def checkup_days(view: ArchiveView, last: int) -> list[Window]:
    """The days of so many last check-ups, oldest first; what lies close together being one."""
    areas = (Area.ENCOUNTER, Area.REPORT, Area.DOCUMENT)
    found = [_latest(view, areas, _is_checkup, back) for back in range(1, last + 1)]
    starts = [e.start.astimezone(SHANGHAI).date() for e in found if e is not None and e.start]
    return [spans.days(day, day) for day in sorted(set(starts))]


def _event(anchor: Anchor, view: ArchiveView, topics: Topics, kinds: Sequence[str]) -> Entry | None:
    if anchor.event == "checkup":
        areas = (Area.ENCOUNTER, Area.REPORT, Area.DOCUMENT)
        return _latest(view, areas, _is_checkup, anchor.back)
    if anchor.event == "stay":
        return _latest(view, (Area.ENCOUNTER,), _is_stay, anchor.back)
    if anchor.event == "visit":
        return _latest(view, (Area.ENCOUNTER,), lambda e: not _is_stay(e) and not _is_checkup(e))
    if anchor.event == "medication":
        return _medication(anchor, view, topics, kinds)
    if anchor.event == "medication_change":
        return _last_change(view, kinds)
    area = {
        "procedure": Area.PROCEDURE,
        "diagnosis": Area.CONDITION,
        "vaccine": Area.IMMUNIZATION,
    }[anchor.event]
    terms = _terms(topics, anchor.word, area)
    if terms:
        return _latest(view, (area,), lambda e: any(t.fits(e) for t in terms))
    bare = re.sub(r"手术|疫苗|针|surgery|operation|上次|那次|的", "", anchor.word).strip()
    return _latest(view, (area,), lambda e: bare in e.name.lower())


def _medication(
    anchor: Anchor, view: ArchiveView, topics: Topics, kinds: Sequence[str]
) -> Entry | None:
    """The earliest start of the medicine named; unnamed, of the class that treats the number."""
    terms = _terms(topics, anchor.word, Area.MEDICATION)
    if not terms and not re.fullmatch(
        r"(?:这个?|那个?|新|着|的)?药?物?|my|the|medication|medicine|meds|pills|", anchor.word
    ):
        return None
    if not terms and kinds and kinds[0] in _CLASS_OF:
        terms = [drug_classes()[_CLASS_OF[kinds[0]]]]
    rows = [e for e in view.entries(Area.MEDICATION) if e.start is not None]
    fitting = [e for e in rows if any(t.fits(e) for t in terms)]
    if fitting:
        return fitting[0]
    return rows[-1] if rows and not _terms(topics, anchor.word, Area.MEDICATION) else None


def _last_change(view: ArchiveView, kinds: Sequence[str]) -> Entry | None:
    """The latest medicine begun, of the class that treats the number where there is one."""
    rows = [e for e in view.entries(Area.MEDICATION) if e.start is not None]
    treating = drug_classes()[_CLASS_OF[kinds[0]]] if kinds and kinds[0] in _CLASS_OF else None
    fitting = [e for e in rows if treating and treating.fits(e)]
    return max(fitting or rows, key=_began, default=None)


# Weeks from the last period; source: 妇产科学: 早期 to 13+6, 中期 14 to 27+6, 晚期 from 28.
_TRIMESTERS = {"since": (0, 44), "first": (0, 14), "second": (14, 28), "third": (28, 44)}


def _pregnancy(anchor: Anchor, view: ArchiveView) -> tuple[Window, Entry] | None:
    running = pregnant_since(view)
    if running is None:
        return None
    entry, begun = running
    first, last = (begun + timedelta(weeks=each) for each in _TRIMESTERS[anchor.side])
    window = Window(spans.midnight(first), spans.midnight(last))
    return spans.capped(window, view.now), entry


def _terms(topics: Topics, word: str, area: Area) -> list[Term]:
    return [m.term for m in topics.mentions(word) if m.term and m.term.area is area]


def _latest(
    view: ArchiveView, areas: Sequence[Area], fits: Callable[[Entry], bool], back: int = 1
) -> Entry | None:
    """The latest; with ``back`` 2 the one before it, what lies close together being one."""
    found = [e for a in areas for e in view.entries(a) if e.start is not None and fits(e)]
    if back == 1:
        return max(found, key=_began, default=None)
    events: list[Entry] = []
    before: timedelta | None = None
    for each in sorted(found, key=_began, reverse=True):
        if before is None or before - _began(each) > _ONE_EVENT:
            events.append(each)
        before = _began(each)
    return events[back - 1] if len(events) >= back else None


def _began(entry: Entry) -> timedelta:
    return timedelta(seconds=entry.start.timestamp() if entry.start else 0.0)


def _is_checkup(e: Entry) -> bool:
    said = " ".join((e.name, *e.names, e.details.get("reason", ""), e.details.get("category", "")))
    return bool(_CHECKUP.search(said))


def _is_stay(e: Entry) -> bool:
    return e.details.get("class") in _STAY_CLASSES or bool(_STAY.search(e.name))
