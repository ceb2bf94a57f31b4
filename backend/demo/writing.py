"""The short forms of the data files: ``@-20d``, ``icd10:I10 高血压``, ``amount:5 mg``.

Dates count from the anchor, the Shanghai day of the first start. ``@-36y-45d`` is a
day, ``@-20dT09:30`` an instant; years and months are the calendar's.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Any

from backend.archive.sections.tables import ATC_SYSTEMS, LOINC, UCUM
from backend.core.clock import SHANGHAI

SYSTEMS = {
    "icd10": "http://hl7.org/fhir/sid/icd-10",
    "atc": min(ATC_SYSTEMS),
    "loinc": LOINC,
    "flag": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
}
_DATE = re.compile(r"@((?:[+-]\d+[ymd])+)(?:T(\d\d):(\d\d))?")
_STEP = re.compile(r"([+-]\d+)([ymd])")


def day_of(text: str, anchor: date) -> date:
    """The day that ``@…`` means."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text} is no date of the demo's")
    day = anchor
    for number, unit in _STEP.findall(match[1]):
        day = _moved(day, int(number), unit)
    return day


def instant_of(text: str, anchor: date) -> datetime:
    """The time on a Shanghai wall clock that ``@…THH:MM`` means."""
    day, match = day_of(text, anchor), _DATE.fullmatch(text)
    assert match is not None, "day_of has checked it"
    hour, minute = int(match[2] or 0), int(match[3] or 0)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def written_out(value: Any, anchor: date) -> Any:
    """A value of the data files with its short forms in full."""
    if isinstance(value, dict):
        return {name: written_out(each, anchor) for name, each in value.items()}
    if isinstance(value, list):
        return [written_out(each, anchor) for each in value]
    return _text(value, anchor) if isinstance(value, str) else value


def _text(text: str, anchor: date) -> Any:
    if text.startswith("@"):
        timed = "T" in text
        at = instant_of(text, anchor)
        return at.isoformat(timespec="seconds") if timed else at.date().isoformat()
    form, _, rest = text.partition(":")
    if form == "words":
        return {"text": rest}
    if form == "amount":
        return amount(rest)
    if form in SYSTEMS:
        code, _, words = rest.partition(" ")
        coding = {"system": SYSTEMS[form], "code": code}
        return {"text": words, "codings": [coding]} if words else {"codings": [coding]}
    return text


def amount(text: str) -> dict[str, Any]:
    """``5 mg`` as an Amount with its UCUM code; a unit in Chinese has none."""
    number, _, unit = text.partition(" ")
    plain = {"value": number, "unit": unit}
    return {**plain, "system": UCUM, "code": unit} if unit.isascii() else plain


def _moved(day: date, number: int, unit: str) -> date:
    if unit == "d":
        return day + timedelta(days=number)
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "y" else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
