"""One laboratory item over the years: every report's value, and home readings beside them.

Units are converted by the dictionary; specimen, method and occasion (fasting, after a meal,
at home) are never mixed: each is a series of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from backend.access.categories import Category
from backend.access.service import NOTHING, Access
from backend.archive.documents import EntryDocument
from backend.archive.entries import SHOWN
from backend.archive.entry import Entry, from_raw
from backend.archive.sections import EntryStatus, ObservationBody, Section
from backend.archive.sections.result import Flag, ResultType
from backend.archive.sections.tables import LOINC
from backend.core import words
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.identity.viewer import Viewer
from backend.measurements.draft import Meal
from backend.measurements.granted import category_of
from backend.measurements.readings import ReadingFilter, Readings
from backend.measurements.units import from_canonical
from backend.reports.lab_items import LabItem, Occasion, lab_item
from backend.reports.limits import TREND_POINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class LabPoint:
    """``value`` in the trend's unit; ``comparator`` where the method could not say more.
    Exactly one of the ids is given."""

    at: datetime
    value: float
    comparator: str | None = None
    entered: str
    low: float | None = None
    high: float | None = None
    flag: Flag | None = None
    entry_id: ObjectId | None = None
    reading_id: ObjectId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabSeries:
    """Points of one code, specimen and method; of home readings, of one occasion."""

    home: bool
    code: str | None
    name: str
    specimen: str | None
    method: str | None
    meal: Meal | None
    points: tuple[LabPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabTrend:
    code: str
    name: str
    unit: str | None
    explanation: str
    series: tuple[LabSeries, ...]


_Key = tuple[bool, str, str, str, str, Meal | None]


class LabTrends:
    """Trends for a viewer, through the policy."""

    def __init__(self, core: Core, access: Access, readings: Readings) -> None:
        self._core = core
        self._access = access
        self._readings = readings

    async def trend(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        code: str,
        *,
        since: datetime,
        until: datetime,
    ) -> LabTrend:
        """From ``since`` to before ``until``, each series by time.

        Raises ``CodeUnknown``; home readings are left out where they are not granted.
        """
        await self._access.require(viewer, resident_id, Category.REPORTS)
        item = lab_item(code)
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        gathered: dict[_Key, list[LabPoint]] = {}
        entries = await self._entries(resident_id, item, allowed, since, until)
        for category in sorted({each.category for each in entries} - {Category.REPORTS}):
            await self._access.require(viewer, resident_id, category)
        for found in (_printed_point(each, item) for each in entries):
            if found is not None:
                gathered.setdefault(found[0], []).append(found[1])
        if item.kind is not None and category_of(item.kind) in allowed:
            await self._access.require(viewer, resident_id, category_of(item.kind))
            for key, point in await self._home(resident_id, item, since, until):
                gathered.setdefault(key, []).append(point)
        return LabTrend(
            code=code,
            name=item.name,
            unit=item.unit,
            explanation=item.explanation,
            series=tuple(_series(key, points) for key, points in gathered.items()),
        )

    async def _entries(
        self,
        resident_id: ObjectId,
        item: LabItem,
        allowed: frozenset[Category],
        since: datetime,
        until: datetime,
    ) -> list[Entry]:
        key = await self._core.keyring.key(resident_id)
        query: Raw = {
            "resident_id": resident_id,
            "section": Section.OBSERVATION.value,
            "status": EntryStatus.ACTIVE.value,
            "category": {"$in": sorted(allowed)},
            "at": {"$gte": since, "$lt": until},
            "$or": [_holding(code, key) for code in sorted(item.occasions)],
        }
        found = EntryDocument.get_pymongo_collection().find(query, SHOWN)
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(TREND_POINTS).to_list()
        return [from_raw(raw, key) for raw in reversed(rows)]

    async def _home(
        self, resident_id: ObjectId, item: LabItem, since: datetime, until: datetime
    ) -> list[tuple[_Key, LabPoint]]:
        if item.kind is None or item.component is None or item.unit is None:
            return []
        wanted = ReadingFilter(kinds=frozenset({item.kind}), since=since, until=until)
        rows = await self._readings.rows(resident_id, wanted, limit=TREND_POINTS)
        found: list[tuple[_Key, LabPoint]] = []
        for reading in reversed(await self._readings.opened(resident_id, rows)):
            value = reading.values.get(item.component)
            if value is None:
                continue
            shown = from_canonical(item.kind, item.component, value, item.unit)
            point = LabPoint(
                at=reading.at, value=shown, entered=f"{shown:g}", reading_id=reading.id
            )
            found.append(((True, "", item.name, "", "", reading.meal), point))
        return found


def _holding(code: str, key: OwnerKey) -> Raw:
    """Entries whose words hold the code; what they mean by it is looked at afterwards."""
    tokens = sorted(words.tokens(code))
    return {"words": {"$all": [key.token(token) for token in tokens]}}


def _printed_point(entry: Entry, item: LabItem) -> tuple[_Key, LabPoint] | None:
    body = entry.body
    if not isinstance(body, ObservationBody) or body.result is None:
        return None
    code = body.name.code_in(LOINC)
    occasion = item.occasions.get(code or "")
    amount = body.result.amount
    if occasion is None or body.result.type is not ResultType.QUANTITY or amount is None:
        return None
    factor = occasion.factor(amount.unit or amount.code)
    if factor is None or amount.value is None:
        return None
    reference = body.references[0] if len(body.references) == 1 else None
    low, high = (
        float(bound.value) * factor if bound and bound.value is not None else None
        for bound in ((reference.low, reference.high) if reference else (None, None))
    )
    point = LabPoint(
        at=entry.at,
        value=_tidy(float(amount.value) * factor),
        comparator=amount.comparator,
        entered=amount.label,
        low=None if low is None else _tidy(low),
        high=None if high is None else _tidy(high),
        flag=body.flag,
        entry_id=entry.id,
    )
    return _printed_key(body, occasion), point


def _printed_key(body: ObservationBody, occasion: Occasion) -> _Key:
    method = body.method.label if body.method else ""
    return (False, occasion.code, occasion.name, body.specimen or "", method, occasion.meal)


def _series(key: _Key, points: list[LabPoint]) -> LabSeries:
    home, code, name, specimen, method, meal = key
    return LabSeries(
        home=home,
        code=code or None,
        name=name,
        specimen=specimen or None,
        method=method or None,
        meal=meal,
        points=tuple(sorted(points, key=lambda each: each.at)),
    )


def _tidy(value: float) -> float:
    return float(f"{value:.6g}")
