"""Components with codes of our own (and LOINC's beside them) for bodies that FHIR has no
resource for: lifestyle, pregnancy, child."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import OWN_SYSTEMS
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.tables import LOINC
from backend.archive.sections.values import Amount, Concept

SECTION = OWN_SYSTEMS + "section"
PART = OWN_SYSTEMS + "part"
_NO_CODES: Mapping[str, str] = {}


def read(resource: Json, loinc: Mapping[str, str] = _NO_CODES) -> dict[str, Any]:
    """Part name to its value, for the components whose code is ours or one of ``loinc``."""
    names = {(PART, name): name for name in loinc} | {(LOINC, c): n for n, c in loinc.items()}
    found: dict[str, Any] = {}
    for component in resource.get("component") or ():
        for coding in component["code"].get("coding") or ():
            key = (coding.get("system"), coding.get("code"))
            name = coding.get("code") if key[0] == PART else names.get(key)
            if name is not None:
                found[name] = _value(component)
    return {name: value for name, value in found.items() if value is not None}


def _value(component: Json) -> Any:
    result = get.result(component, "value")
    if result is None:
        return None
    if result.number is not None:
        return int(result.number)
    return result.amount or result.concept or result.at or result.text


def write(parts: Mapping[str, Any], loinc: Mapping[str, str] = _NO_CODES) -> list[Json]:
    """One component for each part that has a value."""
    return [
        {"code": {"coding": _codings(name, loinc)}, **_typed(value)}
        for name, value in parts.items()
        if value is not None
    ]


def _codings(name: str, loinc: Mapping[str, str]) -> list[Json]:
    own = [{"system": PART, "code": name}]
    return [{"system": LOINC, "code": loinc[name]}, *own] if name in loinc else own


def _typed(value: Any) -> Json:
    match value:
        case int():
            return {"valueInteger": value}
        case Amount():
            return {"valueQuantity": put.amount(value)}
        case Concept():
            return {"valueCodeableConcept": put.concept(value)}
        case PartialDate():
            return {"valueDateTime": value.text}
    raise TypeError(f"{type(value).__name__} is no part")


def count_of(value: Any) -> int | None:
    """A count that came as an integer or as a whole quantity; None for anything else."""
    if isinstance(value, Amount) and value.value is not None and value.value == int(value.value):
        return int(value.value)
    return value if isinstance(value, int) else None
