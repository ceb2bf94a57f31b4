"""JSON in and out without losing a digit.

Numbers with a fraction are ``Decimal`` in memory, so that 1.10 stays 1.10. A
fault that can be laid to one entry (a key given twice, NaN, U+0000) does not
end the reading: ``Document.suspect`` is set and ``fault_in`` finds it there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from backend.archive.fhir.errors import (
    FhirDuplicateKey,
    FhirMalformedJson,
    FhirNotUtf8,
    FhirNumberNotFinite,
    FhirNumberOutOfRange,
    FhirTooDeep,
    FhirTooLarge,
)
from backend.archive.sections.errors import TextLoneSurrogate, TextNullByte
from backend.archive.sections.tables import table
from backend.core.errors import KangbanError

Json = dict[str, Any]

_LIMITS = table("limits")["fhir"]
MAX_BYTES: int = _LIMITS["bytes"]
MAX_NESTING: int = _LIMITS["nesting"]
_MAX_DIGITS: int = _LIMITS["number_characters"]
_MAX_EXPONENT: int = _LIMITS["number_exponent"]
# 64-bit integers have up to 19 digits; longer ones go through Decimal, as orjson writes no others.
_INT_DIGITS = 18
_ESCAPED = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = 60


class _OutOfRange(Decimal):
    """Stands where a number was that is too long to be one."""


class _Twice(dict[str, Any]):
    """An object with a key given twice."""

    key: str


@dataclass(frozen=True, slots=True)
class Document:
    """Parsed JSON; ``suspect`` says that some entry may hold a fault."""

    root: Any
    suspect: bool


def load(data: bytes) -> Document:
    """Raises FHIR_TOO_LARGE, FHIR_NOT_UTF8, FHIR_MALFORMED_JSON or FHIR_TOO_DEEP."""
    if len(data) > MAX_BYTES:
        raise FhirTooLarge(limit=MAX_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FhirNotUtf8() from error
    faults: list[object] = []
    root = _parse(text, faults)
    check_nesting(root)
    return Document(root, bool(faults) or _ESCAPED.search(data) is not None)


def _parse(text: str, faults: list[object]) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> Json:
        made = dict(items)
        return made if len(made) == len(items) else _twice(items, faults)

    def constant(name: str) -> Decimal:
        faults.append(name)
        return Decimal(name)

    def number(digits: str) -> Decimal:
        made = _number(digits)
        if type(made) is _OutOfRange:
            faults.append(made)
        return made

    def integer(digits: str) -> int | Decimal:
        return int(digits) if len(digits) <= _INT_DIGITS else number(digits)

    try:
        return json.loads(
            text,
            object_pairs_hook=pairs,
            parse_float=number,
            parse_int=integer,
            parse_constant=constant,
        )
    except json.JSONDecodeError as error:
        raise FhirMalformedJson(line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise FhirTooDeep(limit=MAX_NESTING) from error


def _twice(items: list[tuple[str, Any]], faults: list[object]) -> _Twice:
    made = _Twice(items)
    keys = [key for key, _ in items]
    made.key = next(key for key in keys if keys.count(key) > 1)
    faults.append(made)
    return made


def _number(digits: str) -> Decimal:
    if len(digits) > _MAX_DIGITS:
        return _OutOfRange(0)
    exponent = digits.lower().partition("e")[2]
    if exponent and abs(int(exponent)) > _MAX_EXPONENT:
        return _OutOfRange(0)
    return Decimal(digits)


def check_nesting(root: Any) -> None:
    """Raises FHIR_TOO_DEEP. Level by level, so that no depth can exhaust the stack."""
    level = [root] if type(root) in (dict, list, _Twice) else []
    for _ in range(MAX_NESTING):
        level = [
            child
            for node in level
            for child in (node if type(node) is list else node.values())
            if type(child) in (dict, list, _Twice)
        ]
        if not level:
            return
    raise FhirTooDeep(limit=MAX_NESTING)


def fault_in(value: Any) -> KangbanError | None:
    """The first fault inside one entry, or None."""
    stack = [value]
    while stack:
        node = stack.pop()
        fault = _fault(node)
        if fault is not None:
            return fault
        if isinstance(node, Mapping):
            stack.extend((*node.keys(), *node.values()))
        elif isinstance(node, list):
            stack.extend(node)
    return None


def _fault(node: Any) -> KangbanError | None:
    if isinstance(node, str):
        return _text_fault(node)
    if isinstance(node, _Twice):
        return FhirDuplicateKey(key=node.key[:_SHOWN])
    if isinstance(node, _OutOfRange):
        return FhirNumberOutOfRange()
    if isinstance(node, Decimal | float) and not Decimal(node).is_finite():
        return FhirNumberNotFinite()
    return None


def _text_fault(text: str) -> KangbanError | None:
    if "\x00" in text:
        return TextNullByte()
    if not text.isascii() and _SURROGATE.search(text):
        return TextLoneSurrogate()
    return None


def canonical(value: Any) -> bytes:
    """JSON as UTF-8 bytes with sorted keys and the digits of every number as received."""
    return orjson.dumps(value, default=_exact, option=orjson.OPT_SORT_KEYS)


def dump(value: Any) -> bytes:
    """JSON as UTF-8 bytes in the given order, with the digits of every number as received."""
    return orjson.dumps(value, default=_exact)


def _exact(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value).encode())
    raise TypeError(f"{type(value).__name__} is no JSON")


def parse_canonical(data: bytes) -> Json:
    """What ``canonical`` wrote, with Decimals."""
    parsed: Json = json.loads(data, parse_float=Decimal, parse_int=_long)
    return parsed


def _long(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _INT_DIGITS else Decimal(digits)
