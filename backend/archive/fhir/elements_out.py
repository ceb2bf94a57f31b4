"""The archive's values to FHIR elements (as JSON). None and empty become no field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from backend.archive.fhir.json_text import Json
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.result import ReferenceRange, Result, ResultType
from backend.archive.sections.values import Amount, Coding, Concept

_REFERENCE = re.compile(r"(#|urn:|https?:|[A-Z][A-Za-z]+/)\S+")


def said(**fields: Any) -> Json:
    """The fields that say something. ``class_`` and the like lose their underscore."""
    return {
        name.rstrip("_"): value
        for name, value in fields.items()
        if value is not None and value != () and value != [] and value != {}
    }


def coding(value: Coding | None) -> Json | None:
    if value is None:
        return None
    return said(system=value.system, code=value.code, display=value.display)


def concept(value: Concept | None) -> Json | None:
    if value is None:
        return None
    return said(coding=[coding(item) for item in value.codings], text=value.text)


def concepts(values: Iterable[Concept]) -> list[Json | None]:
    return [concept(value) for value in values]


def amount(value: Amount | None) -> Json | None:
    return None if value is None else said(**value.__dict__)


def bounds(low: Amount | None, high: Amount | None) -> Json:
    return said(low=amount(low), high=amount(high))


def date(value: PartialDate | None) -> str | None:
    return None if value is None else value.text


def period(start: PartialDate | None, end: PartialDate | None) -> Json:
    return said(start=date(start), end=date(end))


def when(prefix: str, start: PartialDate | None, end: PartialDate | None) -> Json:
    """``<prefix>Period`` where there is an end, else ``<prefix>DateTime``."""
    if end is not None:
        return {prefix + "Period": period(start, end)}
    return {} if start is None else {prefix + "DateTime": start.text}


def status(system: str, code: str | None) -> Json | None:
    return None if code is None else {"coding": [{"system": system, "code": str(code)}]}


def notes(texts: Iterable[str]) -> list[Json]:
    return [{"text": text} for text in texts]


def display(text: str | None) -> Json | None:
    return None if text is None else {"display": text}


def reference(text: str) -> Json:
    """A reference where the text has the form of one, else words only."""
    return {"reference" if _REFERENCE.fullmatch(text) else "display": text}


def references(texts: Iterable[str]) -> list[Json]:
    return [reference(text) for text in texts]


def result(prefix: str, value: Result | None) -> Json:
    """``value[x]`` with the type that it came in."""
    return {} if value is None else {prefix + value.type: _content(value)}


def _content(value: Result) -> Any:
    match value.type:
        case ResultType.RANGE:
            return bounds(value.low, value.high)
        case ResultType.RATIO:
            return said(numerator=amount(value.low), denominator=amount(value.high))
        case ResultType.PERIOD:
            return period(value.at, value.end)
        case ResultType.DATE | ResultType.DATE_TIME:
            return date(value.at)
        case ResultType.INTEGER:
            return int(value.number or Decimal(0))
        case ResultType.DECIMAL:
            return value.number
        case ResultType.BOOLEAN:
            return value.truth
        case _:
            return _element(value)


def _element(value: Result) -> Any:
    if value.concept is not None:
        return concept(value.concept)
    if value.coding is not None:
        return coding(value.coding)
    return value.text if value.amount is None else amount(value.amount)


def reference_ranges(values: Iterable[ReferenceRange]) -> list[Json]:
    return [
        said(
            low=amount(value.low),
            high=amount(value.high),
            type=concept(value.kind),
            appliesTo=concepts(value.applies_to),
            age=bounds(value.age_low, value.age_high),
            text=value.text,
        )
        for value in values
    ]
