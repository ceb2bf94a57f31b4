"""Laboratory results as a clinic's system sends them: an Observation each, and a report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from backend.archive.sections import Body, Section, build
from backend.demo.people import PlannedEntry
from backend.demo.writing import amount, written_out

_SPECIMEN = "血液"


def labs(raw: dict[str, Any], anchor: date, facility: str) -> Iterator[PlannedEntry]:
    """The results of one sitting, then their report."""
    for result in raw["results"]:
        yield PlannedEntry(by=raw["by"], body=_observation(raw, result, anchor, facility))
    report = {
        "name": f"words:{raw['name']}",
        "effective": raw["at"],
        "facility": facility,
        "specimens": [_SPECIMEN],
        "conclusion": _conclusion(raw["results"]),
    }
    yield PlannedEntry(by=raw["by"], body=build(Section.REPORT, written_out(report, anchor)))


def _observation(raw: dict[str, Any], result: list[Any], anchor: date, facility: str) -> Body:
    code, name, value, unit, low, high = result
    reference = {
        side: amount(f"{bound} {unit}") for side, bound in (("low", low), ("high", high)) if bound
    }
    body = {
        "name": f"loinc:{code} {name}",
        "kinds": ["words:检验"],
        "result": {"type": "Quantity", "amount": amount(f"{value} {unit}")},
        "references": [reference],
        "interpretation": [f"flag:{_flag(value, low, high)}"],
        "effective": raw["at"],
        "specimen": _SPECIMEN,
        "performers": [facility],
    }
    return build(Section.OBSERVATION, written_out(body, anchor))


def _flag(value: float, low: float, high: float) -> str:
    if low and value < low:
        return "L"
    return "H" if high and value > high else "N"


def _conclusion(results: list[list[Any]]) -> str:
    words = {"H": "偏高", "L": "偏低"}
    flagged = [(each[1], _flag(each[2], each[4], each[5])) for each in results]
    said = [f"{name}{words[flag]}" for name, flag in flagged if flag in words]
    return "；".join(said) or "未见异常"
