"""The record itself: a FHIR Bundle, readings as a table, alerts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable

from bson import ObjectId

from backend.archive.exchange import FhirExport
from backend.core.paging import LARGEST_PAGE, Cursor
from backend.identity.viewer import Viewer
from backend.measurements.alert import Alert
from backend.measurements.alerts import Alerts
from backend.measurements.reading import Reading
from backend.measurements.readings import ReadingFilter, Readings
from backend.privacy.exporting import ExportFile

_BOM = "\ufeff"  # without it spreadsheet programs read the Chinese words as another encoding
_COLUMNS = (
    "at", "kind", "component", "value", "unit", "entered_value", "entered_unit",
    "meal", "note", "source", "device", "recorded_by",
)  # fmt: skip


class FhirExporter:
    name = "fhir"

    def __init__(self, export: FhirExport) -> None:
        self._export = export

    async def files(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[ExportFile]:
        bundle = await self._export.everything(viewer, resident_id)
        yield ExportFile(
            path="fhir/bundle.json",
            content=bundle,
            zh="全部健康资料（FHIR R4，可导入其他系统）",
            en="The whole record as a FHIR R4 Bundle, for other systems",
            count=len(json.loads(bundle).get("entry", ())),
        )


class ReadingsExporter:
    name = "readings"

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    async def files(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[ExportFile]:
        found: list[Reading] = []
        after: Cursor | None = None
        while True:
            page = await self._readings.page(
                viewer, resident_id, ReadingFilter(), first=LARGEST_PAGE, after=after
            )
            found += page.items
            if not page.has_next:
                break
            after = page.cursor(page.items[-1])
        yield ExportFile(
            path="readings.csv",
            content=_table(found),
            zh="测量记录（可用表格软件打开）",
            en="Readings, as a table for any spreadsheet",
            count=len(found),
        )


class AlertExporter:
    name = "alerts"

    def __init__(self, alerts: Alerts) -> None:
        self._alerts = alerts

    async def files(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[ExportFile]:
        found: list[Alert] = []
        after: Cursor | None = None
        while True:
            page = await self._alerts.page(
                viewer, resident_id, first=LARGEST_PAGE, after=after, open_only=False
            )
            found += page.items
            if not page.has_next:
                break
            after = page.cursor(page.items[-1])
        yield ExportFile(
            path="alerts.json",
            content=json_of([_alert(each) for each in found]),
            zh="提醒",
            en="Alerts",
            count=len(found),
        )


def json_of(value: object) -> bytes:
    """Readable JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def _table(readings: Iterable[Reading]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for each in readings:
        for component, value in each.values.items():
            entered = each.entered[component]
            cells = (
                each.at.isoformat(), each.kind.value, component, value, "",
                entered.value, entered.unit, each.meal.value if each.meal else "",
                each.note or "", each.source.system, each.source.device or "",
                each.recorded_by.kinship or each.recorded_by.relation,
            )  # fmt: skip
            writer.writerow([_harmless(cell) for cell in cells])
    return (_BOM + text.getvalue()).encode()


def _harmless(cell: object) -> object:
    # A note that begins with = would run as a formula in a spreadsheet.
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + cell
    return cell


def _alert(alert: Alert) -> dict[str, object]:
    return {
        "id": str(alert.id),
        "kind": alert.kind.value,
        "rule": alert.rule.value,
        "direction": alert.direction.value,
        "level": int(alert.level),
        "reason": alert.reason._asdict(),
        "what_to_do": alert.what_to_do._asdict(),
        "source": alert.source._asdict(),
        "first_at": alert.first_at.isoformat(),
        "last_at": alert.at.isoformat(),
        "times": alert.times,
        "open": alert.open,
        "acknowledged_at": alert.acknowledged_at.isoformat() if alert.acknowledged_at else None,
    }
