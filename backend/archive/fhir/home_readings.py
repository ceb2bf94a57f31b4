"""Observations that are home readings, to drafts of the measurements room.

A reading needs a value with a unit for each part that its kind requires and at
least a day; what falls short of that stays an entry of the archive. A reading
of a day without a time begins at 00:00 in Asia/Shanghai and says so in its
attribute ``precision``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite

from backend.archive.fhir import elements_in as get
from backend.archive.fhir.context import Context
from backend.archive.fhir.home_kinds import ATTRIBUTE, MEAL, HomeKind, home_kind_of
from backend.archive.fhir.json_text import Json
from backend.archive.sections.partial_date import PartialDate, Precision
from backend.archive.sections.tables import UCUM
from backend.measurements.draft import Draft, Meal, Quantity, Source

_WITHOUT_RESULT = ("registered", "cancelled")
PRECISION = "precision"
DAY = str(Precision.DAY)
_TIME_BASIS = "time_basis"  # as the tables of devices have it


def precision_of(attributes: Mapping[str, str]) -> Precision:
    """How much of the time of a reading with these attributes is known."""
    told = (attributes.get(PRECISION), attributes.get(_TIME_BASIS))
    return Precision.DAY if DAY in told else Precision.INSTANT


@dataclass(slots=True)
class _Parts:
    values: dict[str, Quantity] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    meal: Meal | None = None


def read(resource: Json, context: Context, source: Source) -> Draft | None:
    """The reading, or None where the Observation is none or lacks what a reading needs."""
    found = home_kind_of(resource)
    if found is None or resource.get("status") in _WITHOUT_RESULT:
        return None
    kind, code = found
    parts = _parts(resource, kind)
    moment = _moment(resource, parts)
    if moment is None or not kind.required <= parts.values.keys():
        return None
    return Draft(
        kind=kind.kind,
        at=moment[0],
        end=moment[1],
        values=parts.values,
        meal=parts.meal or kind.meals.get(code),
        note="\n".join(get.notes(resource.get("note"))) or None,
        source=_from_device(source, resource, context),
        attributes=parts.attributes,
    )


def _parts(resource: Json, kind: HomeKind) -> _Parts:
    parts = _Parts()
    value = quantity(resource.get("valueQuantity"))
    if kind.value is not None and value is not None:
        parts.values[kind.value] = value
    for component in resource.get("component") or ():
        for coding in component["code"].get("coding") or ():
            _take(parts, kind, coding, component)
    return parts


def _take(parts: _Parts, kind: HomeKind, coding: Json, component: Json) -> None:
    if coding.get("system") == MEAL:
        parts.meal = Meal(coding["code"])
        return
    if coding.get("system") == ATTRIBUTE and component.get("valueString"):
        parts.attributes[coding["code"]] = component["valueString"]
        return
    name, value = kind.component_of(coding), quantity(component.get("valueQuantity"))
    if name is not None and value is not None:
        parts.values[name] = value


def quantity(element: Json | None) -> Quantity | None:
    """Value and unit: UCUM's code before the printed unit; None for ``<5``, without a unit, or
    where no double holds the value."""
    if not element or element.get("value") is None or element.get("comparator"):
        return None
    code = element.get("code") if element.get("system") == UCUM else None
    unit = code or element.get("unit") or element.get("code")
    value = float(element["value"])
    return Quantity(value, unit) if unit and isfinite(value) else None


def _moment(resource: Json, parts: _Parts) -> tuple[datetime, datetime | None] | None:
    """When it began and ended; marks a date without a time as such."""
    start, end = get.when(resource, "effective")
    if start is None or not _at_least_a_day(start):
        return None
    if start.precision is Precision.DAY:
        parts.attributes[PRECISION] = DAY
    until = end.local() if end is not None and end.precision is Precision.INSTANT else None
    return start.local(), until


def _at_least_a_day(date: PartialDate) -> bool:
    return date.precision in (Precision.DAY, Precision.INSTANT)


def _from_device(source: Source, resource: Json, context: Context) -> Source:
    device = context.name(resource.get("device"), resource)
    return Source(system=source.system, id=source.id, device=device) if device else source
