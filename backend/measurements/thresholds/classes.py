"""Classes for display: blood-pressure grades, weight and waist classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.measurements.draft import Kind
from backend.measurements.thresholds.merge import who_is
from backend.measurements.thresholds.model import Place, Text
from backend.measurements.thresholds.person import Circumstances, Person
from backend.measurements.thresholds.precision import rounded
from backend.measurements.thresholds.rows import selector_of, source_text, table


@dataclass(frozen=True, slots=True)
class DisplayClass:
    """One class of a scheme, such as 高血压 2 级; ``rank`` counts from 0 in the scheme's order."""

    scheme: str
    id: str
    name: Text
    rank: int
    source: Text


def classify(
    kind: Kind,
    values: Mapping[str, float],
    *,
    person: Person,
    at: datetime,
    place: Place = Place.HOME,
) -> DisplayClass | None:
    """The class of ``values`` (canonical units), or None where no scheme fits the person.

    Blood pressure at home is classed by its **average** only: give the average
    of several days, not one reading. The worse of two components counts.
    """
    who, how = who_is(person, at), Circumstances(place=place)
    for scheme in table()["scheme"]:
        if scheme["kind"] == kind and selector_of(scheme).fits(who, how):
            return _reached(scheme, kind, values)
    return None


def classify_bp(
    systolic: float, diastolic: float, *, person: Person, at: datetime, place: Place = Place.CLINIC
) -> DisplayClass | None:
    """Blood-pressure class, mmHg: grades in the clinic (诊室), raised or not for a home average."""
    values = {"systolic": systolic, "diastolic": diastolic}
    return classify(Kind.BLOOD_PRESSURE, values, person=person, at=at, place=place)


def classify_bmi(bmi: float, *, person: Person, at: datetime) -> DisplayClass | None:
    """Weight class of an adult, kg/m2 (WS/T 428-2013)."""
    return classify(Kind.BMI, {"bmi": bmi}, person=person, at=at)


def classify_waist(waist: float, *, person: Person, at: datetime) -> DisplayClass | None:
    """Waist class of an adult whose sex is known, cm (WS/T 428-2013)."""
    return classify(Kind.WAIST, {"waist": waist}, person=person, at=at)


def _reached(
    scheme: Mapping[str, Any], kind: Kind, values: Mapping[str, float]
) -> DisplayClass | None:
    needed = {component for entry in scheme["classes"] for component in entry["from"]}
    if not needed <= values.keys():
        return None
    exact = {name: rounded(kind, values[name]) for name in needed}
    rank = max(
        rank
        for rank, entry in enumerate(scheme["classes"])
        if not entry["from"] or any(exact[name] >= low for name, low in entry["from"].items())
    )
    entry = scheme["classes"][rank]
    name = Text(entry["zh"], entry["en"])
    return DisplayClass(scheme["id"], entry["id"], name, rank, source_text(scheme["source"]))
