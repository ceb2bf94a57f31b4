"""Laboratory items: each with its latest result, the one before, and its course. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from backend.archive.entry import Entry
from backend.archive.sections import ObservationBody
from backend.archive.sections.result import Flag, ReferenceRange
from backend.archive.sections.tables import LOINC
from backend.summary.model import Lab, Point, Some, Spark
from backend.summary.rules import rules, say
from backend.summary.spark import spark

_Found = tuple[Entry, ObservationBody]


def labs(entries: Iterable[Entry], now: datetime, language: str) -> Some[Lab]:
    """Items with a number, those outside their range first, then the newest."""
    oldest = now - timedelta(days=rules().lab_days)
    items: dict[str, list[_Found]] = {}
    for each in sorted(entries, key=lambda entry: (entry.at, entry.id)):
        body = each.body
        if isinstance(body, ObservationBody) and _number(body) is not None and each.at >= oldest:
            items.setdefault(_item(body), []).append((each, body))
    newest = sorted(items.values(), key=lambda found: found[-1][0].at, reverse=True)
    newest.sort(key=lambda found: _out_of_range(found[-1][1]) is None)
    rows = [_lab(found, language) for found in newest]
    return Some.of(rows, rules().most["labs"])


def _item(body: ObservationBody) -> str:
    # The unit belongs to the item: 6.1 mmol/L and 110 mg/dL are no course.
    amount = body.result.amount if body.result else None
    return f"{body.name.code_in(LOINC) or body.name.label} {amount.unit if amount else ''}"


def _number(body: ObservationBody) -> float | None:
    amount = body.result.amount if body.result else None
    return float(amount.value) if amount is not None and amount.value is not None else None


def _lab(found: list[_Found], language: str) -> Lab:
    entry, body = found[-1]
    outside = _out_of_range(body)
    return Lab(
        name=body.name.label,
        latest=_point(entry, body),
        flag=say(outside.value, language) if outside else "",
        range=_range(body.references),
        before=_point(*found[-2]) if len(found) > 1 else None,
        spark=_course(found),
    )


def _point(entry: Entry, body: ObservationBody) -> Point:
    return Point(
        text=body.result.label if body.result else "",
        at=entry.at,
        precision=entry.precision,
        source=entry.id,
    )


def _out_of_range(body: ObservationBody) -> Flag | None:
    """What the laboratory said; where it said nothing, what its own range says."""
    if body.flag is not None:
        return None if body.flag is Flag.NORMAL else body.flag
    number = _number(body)
    reference = next(iter(body.references), None)
    if number is None or reference is None:
        return None
    low, high = (bound.value if bound else None for bound in (reference.low, reference.high))
    if high is not None and number > high:
        return Flag.HIGH
    return Flag.LOW if low is not None and number < low else None


def _range(references: tuple[ReferenceRange, ...]) -> str:
    reference = next(iter(references), None)
    if reference is None:
        return ""
    low, high = (
        f"{bound.value:f}" if bound is not None and bound.value is not None else ""
        for bound in (reference.low, reference.high)
    )
    if low and high:
        return f"{low}–{high}"
    if high:
        return f"≤ {high}"
    return f"≥ {low}" if low else reference.text or ""


def _course(found: list[_Found]) -> Spark | None:
    points = [(entry.at, number) for entry, body in found if (number := _number(body)) is not None]
    return spark([at for at, _ in points], [[number for _, number in points]])
