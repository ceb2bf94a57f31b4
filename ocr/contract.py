"""A report as the command line's JSON object."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ocr.model import Item, ParsedReport


def to_json(report: ParsedReport, file: str) -> dict[str, Any]:
    """The object that ``kangban ocr --json`` prints for one file."""
    return {
        "file": file,
        "kind": report.kind,
        "engine": report.engine,
        "pages": report.pages,
        "patient": asdict(report.patient),
        "facility": report.facility,
        "department": report.department,
        "specimen": report.specimen,
        "sample_number": report.sample_number,
        "collected_at": report.collected_at,
        "reported_at": report.reported_at,
        "items": [_item(item) for item in report.items],
        "narrative": [_boxed(asdict(part)) for part in report.narrative],
        "medications": [_boxed(asdict(drug)) for drug in report.medications],
        "text": report.text,
        "quality": [asdict(page) for page in report.quality],
        "warnings": report.warnings,
    }


def _item(item: Item) -> dict[str, Any]:
    return _boxed(asdict(item))


def _boxed(fields: dict[str, Any]) -> dict[str, Any]:
    fields["box"] = list(fields["box"])
    return fields
