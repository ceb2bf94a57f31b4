"""Readings as the engine gives them, written down: for tests of what comes after recognition.

What recognition itself finds is tested with the real engine.
"""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bson import ObjectId
from PIL import Image

from backend.identity.viewer import Viewer
from backend.reports.engines import Files, Progress
from backend.reports.files import Incoming
from backend.reports.reader import ReportReader
from backend.reports.report import Report
from backend.reports.sandbox import Sandbox
from backend.services import Services
from ocr.model import (
    Code,
    Item,
    Medication,
    Narrative,
    PageQuality,
    ParsedReport,
    Patient,
    Reference,
)
from tests.ocr import pages

SANDBOX = Sandbox()
"""One process that looks at files, for a whole run of tests."""
atexit.register(SANDBOX.close)

LOINC = "http://loinc.org"


def an_item(
    name: str = "葡萄糖",
    text: str = "7.83",
    *,
    loinc: str | None = "14749-6",
    unit: str | None = "mmol/L",
    low: float | None = 3.9,
    high: float | None = 6.1,
    row: int = 0,
    page: int = 1,
    **more: Any,
) -> Item:
    try:
        value: float | None = float(text)
    except ValueError:
        value = None
    top = 200 + 50 * row
    flag = None if value is None else "high" if high and value > high else "normal"
    fields: dict[str, Any] = {
        "name": name,
        "abbreviation": None,
        "code": Code(LOINC, loinc) if loinc else None,
        "value": value,
        "text": text,
        "unit": unit,
        "reference": Reference(low, high, f"{low}-{high}") if low or high else None,
        "flag": flag,
        "page": page,
        "box": (500, top, 580, top + 30),
        "confidence": 0.97,
        "needs_review": False,
    }
    return Item(**{**fields, **more})


def a_reading(items: Sequence[Item] = (), **fields: Any) -> ParsedReport:
    base = ParsedReport(
        kind="lab_report",
        engine="rapidocr",
        pages=1,
        patient=Patient("张建国", "male", 62),
        facility="市第一人民医院",
        specimen="血清",
        collected_at="2026-11-03T08:12:00+08:00",
        reported_at="2026-11-03T10:40:00+08:00",
        items=list(items),
        text="检验报告单",
        quality=[PageQuality(1, 1200, 760, 900.0, 0.0, 0.0, 0, ())],
    )
    return replace(base, **fields)


def a_checkup() -> ParsedReport:
    """Blood pressure, pulse and weight, a conclusion, and one laboratory result."""
    body: dict[str, Any] = {"low": None, "high": None}
    return a_reading(
        [
            an_item("收缩压", "146", loinc="8480-6", unit="mmHg", **body),
            an_item("舒张压", "92", loinc="8462-4", unit="mmHg", row=1, **body),
            an_item("体重", "71.5", loinc="29463-7", unit="kg", row=2, **body),
            an_item("葡萄糖", "6.40", row=3),
        ],
        kind="checkup",
        specimen=None,
        collected_at=None,
        reported_at="2026-11-05",
        narrative=[Narrative("结论", "血压偏高，建议复查", 1, (80, 500, 500, 540))],
    )


def a_discharge() -> ParsedReport:
    return a_reading(
        kind="discharge",
        specimen=None,
        collected_at=None,
        reported_at="2026-10-20",
        narrative=[
            Narrative("出院诊断", "高血压病2级", 1, (80, 300, 400, 330)),
            Narrative("诊疗经过", "入院后予降压治疗。", 1, (80, 350, 600, 420)),
        ],
        medications=[
            Medication(
                "氨氯地平片", "5mg", "5mg", "口服", "每日一次", 30,
                "氨氯地平片 5mg 口服 每日一次 30天", 1, (80, 450, 600, 480),
            )
        ],
    )  # fmt: skip


class Written:
    """Answers with what is written down, whatever the files."""

    def __init__(self, reading: ParsedReport | Exception) -> None:
        self.reading = reading
        self.files: list[Files] = []

    async def read(self, files: Files, progress: Progress) -> ParsedReport:
        self.files.append(files)
        if isinstance(self.reading, Exception):
            raise self.reading
        progress("read", 1)
        return self.reading


def a_photo(seed: int = 0) -> bytes:
    """A small page; another seed is another file."""
    image = Image.new("RGB", (400, 300), "white")
    for column in range(8):
        shade = (37 * (seed + 1) * (column + 3)) % 200
        top, left = 40 + (seed * 13) % 80, column * 50
        image.paste((shade, shade, shade), (left, top, left + 25, 200))
    return pages.png(image)


async def a_report(
    services: Services,
    viewer: Viewer,
    resident_id: ObjectId,
    reading: ParsedReport | Exception,
    *,
    seed: int = 0,
    into: ObjectId | None = None,
) -> Report:
    """Uploaded through the intake, read as written."""
    for room in (services.reports.reports, services.reports.intake):
        room._sandbox = SANDBOX
    files = [Incoming(a_photo(seed), "a.png")]
    taken = await services.reports.intake.take(viewer, resident_id, files, into=into)
    await ReportReader(services.core, Written(reading)).drain()
    return await services.reports.reports.load(resident_id, taken.report_id)
