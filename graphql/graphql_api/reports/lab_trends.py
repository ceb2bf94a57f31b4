"""Types of a laboratory item's trend."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.archive.sections.result import Flag
from backend.measurements.draft import Meal
from backend.reports import lab_trend as domain
from graphql_api.common.context import Info
from graphql_api.common.scalars import global_id
from graphql_api.reports.evidence import evidence
from graphql_api.reports.parts import PaperEvidence


@strawberry.type(description="One value in the trend's unit; the printed one beside it.")
class LabPoint:
    at: datetime
    value: float
    comparator: str | None
    entered: str
    low: float | None
    high: float | None
    flag: Flag | None
    entry_id: strawberry.ID | None
    reading_id: strawberry.ID | None
    origin: strawberry.Private[tuple[ObjectId, ObjectId | None]]

    @strawberry.field(description="Where on which paper it stands; null where it came otherwise.")
    async def evidence(self, info: Info) -> PaperEvidence | None:
        resident_id, entry_id = self.origin
        return await evidence(info, resident_id, entry_id) if entry_id else None


@strawberry.type(description="Points of one code, specimen, method and occasion.")
class LabSeries:
    home: bool
    loinc: str | None
    name: str
    specimen: str | None
    method: str | None
    meal: Meal | None
    points: list[LabPoint]


@strawberry.type(description="A laboratory item over time, home readings beside it.")
class LabTrend:
    loinc: str
    name: str
    unit: str | None
    explanation: str
    series: list[LabSeries]


def lab_trend_of(trend: domain.LabTrend, resident_id: ObjectId) -> LabTrend:
    return LabTrend(
        loinc=trend.code,
        name=trend.name,
        unit=trend.unit,
        explanation=trend.explanation,
        series=[
            LabSeries(
                home=each.home,
                loinc=each.code,
                name=each.name,
                specimen=each.specimen,
                method=each.method,
                meal=each.meal,
                points=[_point(point, resident_id) for point in each.points],
            )
            for each in trend.series
        ],
    )


def _point(point: domain.LabPoint, resident_id: ObjectId) -> LabPoint:
    entry, reading = point.entry_id, point.reading_id
    return LabPoint(
        at=point.at,
        value=point.value,
        comparator=point.comparator,
        entered=point.entered,
        low=point.low,
        high=point.high,
        flag=point.flag,
        entry_id=global_id("Entry", resident_id, entry) if entry else None,
        reading_id=global_id("Reading", resident_id, reading) if reading else None,
        origin=(resident_id, entry),
    )
