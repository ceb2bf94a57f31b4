"""Vital signs on paper as readings: what a check-up measured as one measures at home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bson import ObjectId

from backend.archive.fhir.home_readings import DAY, PRECISION
from backend.archive.sections import PartialDate, Precision
from backend.core.errors import KangbanError
from backend.measurements.draft import Draft, Kind, Quantity, Source
from backend.measurements.normalise import Normal, normalise
from backend.reports.bodies import effective_of
from backend.reports.limits import table
from backend.reports.review import LOINC, Review, ReviewItem

SYSTEM = "report"


@dataclass(frozen=True, slots=True)
class Vital:
    """One reading, as entered and as stored, and the items that it is made of."""

    kind: Kind
    items: tuple[ReviewItem, ...]
    draft: Draft
    normal: Normal


def vitals_of(
    report_id: ObjectId, review: Review, *, now: datetime, birth_date: date | None
) -> list[Vital]:
    """Readings that measurements takes; whatever it does not take stays a result.

    A second measurement of one kind on the same paper stays a result, too.
    """
    when = effective_of(review)
    if when is None or when.precision not in (Precision.DAY, Precision.INSTANT):
        return []
    gathered: dict[Kind, dict[str, ReviewItem]] = {}
    for item in review.kept:
        row = _row(item)
        if row is not None and item.value is not None and item.unit is not None:
            gathered.setdefault(Kind(row["kind"]), {}).setdefault(row["component"], item)
    found: list[Vital] = []
    for kind, parts in gathered.items():
        draft = _draft(report_id, kind, parts, when)
        normal = _normal(draft, now, birth_date)
        if normal is not None:
            found.append(Vital(kind, tuple(parts.values()), draft, normal))
    return found


def source_of(report_id: ObjectId, kind: Kind) -> Source:
    """The same for the same kind on the same report, whenever it is confirmed."""
    return Source(system=SYSTEM, id=f"{report_id}:{kind.value}")


def _row(item: ReviewItem) -> dict[str, str] | None:
    if item.code is None or item.code.system != LOINC:
        return None
    row: dict[str, str] | None = table("vitals")["codes"].get(item.code.code)
    return row


def _draft(
    report_id: ObjectId, kind: Kind, parts: dict[str, ReviewItem], when: PartialDate
) -> Draft:
    return Draft(
        kind=kind,
        at=when.local(),
        values={name: Quantity(item.value or 0.0, item.unit or "") for name, item in parts.items()},
        source=source_of(report_id, kind),
        attributes={} if when.precision is Precision.INSTANT else {PRECISION: DAY},
    )


def _normal(draft: Draft, now: datetime, birth_date: date | None) -> Normal | None:
    try:
        return normalise(draft, now=now, birth_date=birth_date, confirmed=True)
    except KangbanError:
        return None


def items_in(vitals: Sequence[Vital]) -> set[str]:
    """The ids of the items that became readings."""
    return {item.id for vital in vitals for item in vital.items}
