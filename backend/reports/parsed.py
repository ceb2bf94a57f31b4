"""What recognition found, from the JSON that ``ocr.contract`` makes of it."""

from __future__ import annotations

from typing import Any

from ocr.contract import to_json
from ocr.model import (
    Code,
    Item,
    Medication,
    Narrative,
    PageQuality,
    ParsedReport,
    Patient,
    Reference,
    Repair,
)


def to_stored(report: ParsedReport) -> dict[str, Any]:
    """JSON-like, without a file's name."""
    stored = to_json(report, "")
    del stored["file"]
    return stored


def from_stored(raw: dict[str, Any]) -> ParsedReport:
    """What ``to_stored`` was given."""
    lists = {
        "patient": Patient(**raw["patient"]),
        "items": [_item(each) for each in raw["items"]],
        "narrative": [Narrative(**_boxed(each)) for each in raw["narrative"]],
        "medications": [Medication(**_boxed(each)) for each in raw["medications"]],
        "quality": [PageQuality(**{**q, "advice": tuple(q["advice"])}) for q in raw["quality"]],
    }
    return ParsedReport(**{**raw, **lists})


def _item(raw: dict[str, Any]) -> Item:
    made = {
        "code": Code(**raw["code"]) if raw["code"] else None,
        "reference": Reference(**raw["reference"]) if raw["reference"] else None,
        "repairs": [Repair(**each) for each in raw["repairs"]],
    }
    return Item(**{**_boxed(raw), **made})


def _boxed(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "box": tuple(raw["box"])}
