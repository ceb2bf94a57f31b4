"""FHIR R4 data types: CodeableConcept, dateTime, Quantity, Narrative, as they come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from html import unescape
from typing import Any, NamedTuple

from backend.core.clock import SHANGHAI

Resource = dict[str, Any]


class Instant(NamedTuple):
    """A FHIR dateTime: its start, whether it names only a day or less, and its own text."""

    at: datetime
    day_only: bool
    text: str


def instant(text: object) -> Instant | None:
    """Read ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD`` or a dateTime; naive ones are Shanghai's."""
    if not isinstance(text, str) or not text:
        return None
    try:
        if len(text) <= 10:
            parts = [int(part) for part in text.split("-")] + [1, 1]
            year, month, day = parts[:3]
            return Instant(datetime(year, month, day, tzinfo=SHANGHAI), True, text)
        at = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
    return Instant(aware.astimezone(UTC).astimezone(SHANGHAI), False, text)


def concept_text(concept: object) -> str:
    """What a CodeableConcept says: its text, else its first display, else its code."""
    if not isinstance(concept, dict):
        return ""
    text = concept.get("text")
    if text:
        return str(text)
    codings = [c for c in concept.get("coding") or [] if isinstance(c, dict)]
    for key in ("display", "code"):
        for coding in codings:
            if coding.get(key):
                return str(coding[key])
    return ""


def concept_names(concept: object) -> tuple[str, ...]:
    """Every text and display of a CodeableConcept."""
    if not isinstance(concept, dict):
        return ()
    codings = [c for c in concept.get("coding") or [] if isinstance(c, dict)]
    names = [concept.get("text"), *(c.get("display") for c in codings)]
    return tuple(dict.fromkeys(str(name) for name in names if name))


def codes(concept: object) -> tuple[str, ...]:
    if not isinstance(concept, dict):
        return ()
    return tuple(
        str(c["code"]) for c in concept.get("coding") or [] if isinstance(c, dict) and "code" in c
    )


def concepts(value: object) -> list[Resource]:
    """One CodeableConcept or a list of them, as a list."""
    if isinstance(value, dict):
        return [value]
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def decimal(value: object) -> Decimal | None:
    """A JSON number as written (the Bundle is parsed with Decimals)."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def status(resource: Resource, key: str = "status") -> str:
    """A status given as code or as CodeableConcept."""
    value = resource.get(key)
    if isinstance(value, dict):
        return (codes(value) or (concept_text(value),))[0].lower()
    return str(value or "").lower()


def notes(resource: Resource) -> str:
    """The texts of ``note`` annotations."""
    found = [n.get("text") for n in resource.get("note") or [] if isinstance(n, dict)]
    return "\n".join(str(text) for text in found if text)


def narrative(resource: Resource) -> str:
    """The human text of ``text.div`` without its markup."""
    text = resource.get("text")
    div = text.get("div") if isinstance(text, dict) else None
    if not div:
        return ""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", str(div)))).strip()


def strings(value: object) -> Iterator[str]:
    """Every string inside a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def reference(value: object) -> str:
    return str(value.get("reference") or "") if isinstance(value, dict) else ""
