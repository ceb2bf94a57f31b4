"""Home readings to Observations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from backend.archive.fhir import elements_out as put
from backend.archive.fhir.home_kinds import ATTRIBUTE, COMPONENT, KIND, MEAL, HomeKind, home_kinds
from backend.archive.fhir.home_readings import DAY, PRECISION
from backend.archive.fhir.json_text import Json
from backend.archive.sections.tables import LOINC, UCUM, table
from backend.measurements.draft import Draft, Meal, Quantity

_TABLE = table("observation_kinds")
_NOT_UCUM = frozenset(_TABLE["units"]["not_ucum"])
CHOICES = ("effective", "value")


def write(draft: Draft) -> Json:
    """The modelled fields of the reading's Observation."""
    kind = home_kinds()[draft.kind]
    value = draft.values.get(kind.value) if kind.value else None
    rest = {name: q for name, q in draft.values.items() if name != kind.value}
    return put.said(
        category=[{"coding": [{"system": _TABLE["systems"]["category"], "code": kind.category}]}],
        code=_code(kind, draft.meal),
        **_effective(draft),
        valueQuantity=_quantity(value),
        note=put.notes([draft.note] if draft.note else []),
        device=put.display(draft.source.device),
        component=[*_components(kind, rest), *_meal(draft.meal), *_attributes(draft.attributes)],
    )


def _code(kind: HomeKind, meal: Meal | None) -> Json:
    loinc = kind.loinc_at(meal)
    own = {"system": KIND, "code": str(kind.kind), "display": kind.en}
    codings = [{"system": LOINC, "code": loinc}] if loinc else []
    return {"coding": [*codings, own], "text": kind.zh}


def _effective(draft: Draft) -> Json:
    if draft.attributes.get(PRECISION) == DAY:
        return {"effectiveDateTime": draft.at.date().isoformat()}
    if draft.end is None:
        return {"effectiveDateTime": _instant(draft.at)}
    return {"effectivePeriod": {"start": _instant(draft.at), "end": _instant(draft.end)}}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")


def _quantity(quantity: Quantity | None) -> Json | None:
    if quantity is None:
        return None
    # Entered as a Float: the ".0" is GraphQL's, not the meter's, and would be read aloud.
    digits = repr(quantity.value).removesuffix(".0")
    number = {"value": Decimal(digits), "unit": quantity.unit}
    if quantity.unit in _NOT_UCUM:
        return number
    return {**number, "system": UCUM, "code": quantity.unit}


def _components(kind: HomeKind, values: Mapping[str, Quantity]) -> list[Json]:
    return [
        {"code": {"coding": _codings(kind, name)}, "valueQuantity": _quantity(quantity)}
        for name, quantity in values.items()
    ]


def _codings(kind: HomeKind, name: str) -> list[Json]:
    loinc = [{"system": LOINC, "code": code} for code in kind.components.get(name, ())[:1]]
    return [*loinc, {"system": COMPONENT, "code": name}]


def _meal(meal: Meal | None) -> list[Json]:
    if meal is None:
        return []
    return [{"code": {"coding": [{"system": MEAL, "code": str(meal)}]}, "valueBoolean": True}]


def _attributes(attributes: Mapping[str, str]) -> list[Json]:
    return [
        {"code": {"coding": [{"system": ATTRIBUTE, "code": name}]}, "valueString": text}
        for name, text in attributes.items()
        if name != PRECISION
    ]
