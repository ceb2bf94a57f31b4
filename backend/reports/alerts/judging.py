"""Which results of a report give reason for an alert, and how soon something must happen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.measurements.judge import Finding, judge
from backend.measurements.thresholds import Level, Override, Person, Place
from backend.reports.errors import CodeUnknown
from backend.reports.lab_items import lab_item
from backend.reports.limits import table
from backend.reports.results import compared_in
from backend.reports.review import LOINC, ReviewItem
from ocr.model import Flag

_URGENT = timedelta(days=table("alerts")["urgent"]["days"])
_CALM: frozenset[Flag | None] = frozenset({None, "normal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A result outside its range. ``finding`` where it also crosses a limit of its own."""

    item: ReviewItem
    level: Level
    finding: Finding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose results they are, and from when; ``now`` says whether that is history."""

    person: Person
    overrides: Sequence[Override]
    at: datetime
    now: datetime


def outside(items: Iterable[ReviewItem], subject: Subject) -> list[Outside]:
    """The worst first, else as they stand on the paper."""
    judged = [(item, _finding(item, subject)) for item in items]
    found = [
        Outside(item=item, level=_level(finding), finding=finding)
        for item, finding in judged
        if item.flag not in _CALM or finding is not None
    ]
    return sorted(found, key=lambda each: -each.level)


def _level(finding: Finding | None) -> Level:
    return finding.level if finding else Level.NOTICE


def _finding(item: ReviewItem, subject: Subject) -> Finding | None:
    """What the limits of home readings say of the same thing on paper; nothing of history."""
    if subject.now - subject.at > _URGENT or item.code is None or item.code.system != LOINC:
        return None
    try:
        known = lab_item(item.code.code)
    except CodeUnknown:
        return None
    occasion = known.occasions[item.code.code]
    value, factor = _number(item), occasion.factor(item.unit)
    if known.kind is None or known.component is None or value is None or factor is None:
        return None
    judgement = judge(
        known.kind,
        {known.component: value * factor},
        meal=occasion.meal,
        at=subject.at,
        person=subject.person,
        overrides=subject.overrides,
        place=Place.CLINIC,
    )
    finding = judgement.finding if judgement else None
    return finding if finding and finding.level > Level.NOTICE else None


def _number(item: ReviewItem) -> float | None:
    """The value, or the bound beyond which the method did not measure (``>33.3``)."""
    if item.value is not None:
        return item.value
    bound = compared_in(item.text)
    return float(bound.value) if bound else None
