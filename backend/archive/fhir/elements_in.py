"""FHIR elements (as JSON) to the archive's values. What says nothing becomes None."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from backend.archive.fhir.errors import FhirCodeUnknown
from backend.archive.fhir.json_text import Json
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.result import ReferenceRange, Result, ResultType
from backend.archive.sections.values import Amount, Coding, Concept, Telling

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T", bound=Telling)


def coding(element: Json | None) -> Coding | None:
    """A Coding with a code or a display."""
    if not element:
        return None
    code, display = element.get("code"), element.get("display")
    if code is None and display is None:
        return None
    return _coding(element.get("system"), code, display)


@lru_cache(maxsize=4096)
def _coding(system: str | None, code: str | None, display: str | None) -> Coding:
    # A year's record holds the same few hundred codings thousands of times.
    return Coding(system=system, code=code, display=display)


def concept(element: Json | None) -> Concept | None:
    """A CodeableConcept with a text or a coding."""
    if not element:
        return None
    codings = tuple(c for c in map(coding, element.get("coding") or ()) if c is not None)
    text = element.get("text")
    return Concept(text=text, codings=codings) if codings or text is not None else None


def concepts(elements: Iterable[Json] | None) -> tuple[Concept, ...]:
    return tuple(c for c in map(concept, elements or ()) if c is not None)


def amount(element: Json | None) -> Amount | None:
    """A Quantity with a value or a unit, its digits kept."""
    if not element:
        return None
    value, unit, code = element.get("value"), element.get("unit"), element.get("code")
    if value is None and unit is None and code is None:
        return None
    return Amount(
        value=None if value is None else Decimal(str(value)),
        comparator=element.get("comparator"),
        unit=unit,
        system=element.get("system"),
        code=code,
    )


def date(text: str | None) -> PartialDate | None:
    return None if text is None else PartialDate(text)


def period(element: Json | None) -> tuple[PartialDate | None, PartialDate | None]:
    return (date(element.get("start")), date(element.get("end"))) if element else (None, None)


def when(resource: Json, prefix: str) -> tuple[PartialDate | None, PartialDate | None]:
    """``<prefix>DateTime``, ``Instant``, ``Period`` or the first event of ``Timing``."""
    single = resource.get(prefix + "DateTime") or resource.get(prefix + "Instant")
    if single is not None:
        return date(single), None
    if prefix + "Period" in resource:
        return period(resource[prefix + "Period"])
    events = resource.get(prefix + "Timing", {}).get("event") or (None,)
    return date(events[0]), None


def code(kind: type[E], text: Any, field: str) -> E:
    """A code of a closed set. Raises FHIR_CODE_UNKNOWN for another."""
    try:
        return kind(text)
    except ValueError as error:
        raise FhirCodeUnknown(field=field) from error


def status(kind: type[E], element: Json | None, field: str) -> E | None:
    """The code of a CodeableConcept that holds one of a closed set."""
    codings = (element or {}).get("coding") or ()
    text = next((item["code"] for item in codings if item.get("code")), None)
    return None if text is None else code(kind, text, field)


def notes(elements: Iterable[Json] | None) -> tuple[str, ...]:
    return tuple(note["text"] for note in elements or () if note.get("text"))


def label_of_range(element: Json | None) -> str | None:
    """A Range in words, where the archive keeps no bounds."""
    if not element:
        return None
    bounds = (amount(element.get("low")), amount(element.get("high")))
    return "-".join(bound.label if bound else "" for bound in bounds)


def reference_text(reference: Json | None) -> str | None:
    """The reference itself, else what it displays."""
    if not reference:
        return None
    text = reference.get("reference") or reference.get("display")
    return str(text) if text else None


def reference_texts(references: Iterable[Json] | None) -> tuple[str, ...]:
    return tuple(text for text in map(reference_text, references or ()) if text)


def result(element: Json, prefix: str) -> Result | None:
    """``value[x]`` of any type that a Result can hold; the others stay in raw only."""
    for name, read in _RESULTS.items():
        value = element.get(prefix + name)
        if value is not None:
            fields = read(value)
            held = any(part is not None for part in fields.values())
            return Result(type=ResultType(name), **fields) if held else None
    answered = element.get(prefix + "Reference")
    text = reference_text(answered) if isinstance(answered, dict) else None
    return Result(type=ResultType.STRING, text=text) if text else None


def _bounds(low: str, high: str) -> Any:
    return lambda v: {"low": amount(v.get(low)), "high": amount(v.get(high))}


def _period(value: Json) -> dict[str, PartialDate | None]:
    start, end = period(value)
    return {"at": start, "end": end}


_RESULTS: dict[str, Any] = {
    "Quantity": lambda v: {"amount": amount(v)},
    "CodeableConcept": lambda v: {"concept": concept(v)},
    "String": lambda v: {"text": v},
    "Boolean": lambda v: {"truth": v},
    "Integer": lambda v: {"number": Decimal(v)},
    "Decimal": lambda v: {"number": Decimal(str(v))},
    "Coding": lambda v: {"coding": coding(v)},
    "Range": _bounds("low", "high"),
    "Ratio": _bounds("numerator", "denominator"),
    "Time": lambda v: {"text": v},
    "Date": lambda v: {"at": date(v)},
    "DateTime": lambda v: {"at": date(v)},
    "Uri": lambda v: {"text": v},
    "Period": _period,
}


def reference_ranges(elements: Iterable[Json] | None) -> tuple[ReferenceRange, ...]:
    return tuple(filter(None, map(_reference_range, elements or ())))


def telling(model: type[T], **fields: Any) -> T | None:
    """The value, or None for an element in which nothing is modelled (an extension alone)."""
    if all(value is None or value == () for value in fields.values()):
        return None
    return model(**fields)


def _reference_range(element: Json) -> ReferenceRange | None:
    age = element.get("age") or {}
    return telling(
        ReferenceRange,
        low=amount(element.get("low")),
        high=amount(element.get("high")),
        text=element.get("text"),
        kind=concept(element.get("type")),
        applies_to=concepts(element.get("appliesTo")),
        age_low=amount(age.get("low")),
        age_high=amount(age.get("high")),
    )


def extension(resource: Json, url: str) -> Json:
    """The resource's extension with that URL, or an empty one."""
    found = (item for item in resource.get("extension") or () if item.get("url") == url)
    return next(found, {})
