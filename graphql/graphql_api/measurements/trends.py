"""Trend types."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import strawberry
from bson import ObjectId

from backend.measurements import trends as domain
from backend.measurements.chart_request import ChartRequest
from backend.measurements.charting import SIZE
from backend.measurements.draft import Kind, Meal
from backend.measurements.kinds import KindSpec, spec
from backend.measurements.thresholds import Target
from backend.measurements.trends import Period, Slot
from graphql_api.common.context import Info


@strawberry.type(description="Mean, least and greatest of one component, in its canonical unit.")
class TrendStat:
    component: str
    label: str
    unit: str
    mean: float
    min: float
    max: float
    count: int


@strawberry.type(description="Readings gathered. The share in target is from 0 to 1.")
class TrendGroup:
    slot: Slot | None
    count: int
    in_target_share: float | None
    stats: list[TrendStat]


@strawberry.type(description="One day, week or month.")
class TrendBucket:
    start: datetime
    all: TrendGroup
    apart: strawberry.Private[Callable[[], list[TrendGroup]]]

    @strawberry.field(description="Morning, day and evening, or the meals, apart.")
    def slots(self) -> list[TrendGroup]:
        return self.apart()


@strawberry.type(description="Where a component should be; an end that is null is open.")
class TargetRange:
    component: str
    low: float | None
    high: float | None
    source: str | None


@strawberry.type(description="A kind's readings over time.")
class Trend:
    kind: Kind
    period: Period
    since: datetime
    until: datetime
    whole: TrendGroup
    buckets: list[TrendBucket]
    targets: list[TargetRange]
    subject: strawberry.Private[tuple[ObjectId, frozenset[Meal]]]

    @strawberry.field(
        description="The same as a PNG: a link for 10 minutes, for whoever asked for it."
    )
    def chart_url(self, info: Info, width: int = SIZE[0], height: int = SIZE[1]) -> str:
        context = info.context
        resident_id, meals = self.subject
        wanted = ChartRequest(
            kind=self.kind,
            period=self.period,
            since=self.since,
            until=self.until,
            meals=meals,
            size=(width, height),
            language=context.language,
        )
        link = context.services.links.sign(
            wanted.path(resident_id), wanted.query(), context.viewer.account_id
        )
        return context.services.core.settings.public_url.rstrip("/") + link


def trend_of(
    trend: domain.Trend, info: Info, resident_id: ObjectId, meals: frozenset[Meal]
) -> Trend:
    about, language = spec(trend.kind), info.context.language
    return Trend(
        kind=trend.kind,
        period=trend.period,
        since=trend.since,
        until=trend.until,
        whole=_group(trend.whole, None, about, language),
        buckets=[
            TrendBucket(
                start=each.start,
                all=_group(each.all, None, about, language),
                apart=partial(_slots, each, about, language),
            )
            for each in trend.buckets
        ],
        targets=[target_of(each, language) for each in trend.targets],
        subject=(resident_id, meals),
    )


def _slots(bucket: domain.Bucket, about: KindSpec, language: str) -> list[TrendGroup]:
    # Made only where they are asked for: the home screen shows whole days.
    return [_group(each, slot, about, language) for slot, each in bucket.slots.items()]


def target_of(target: Target, language: str) -> TargetRange:
    return TargetRange(
        component=target.component,
        low=target.lower.value if target.lower else None,
        high=target.upper.value if target.upper else None,
        source=target.source.get(language) if target.source else None,
    )


def _group(
    gathered: domain.Gathered, slot: domain.Slot | None, about: KindSpec, language: str
) -> TrendGroup:
    return TrendGroup(
        slot=slot,
        count=gathered.count,
        in_target_share=gathered.in_target_share,
        stats=[
            TrendStat(
                component=name,
                label=component.en if language == "en" else component.zh,
                unit=component.unit,
                mean=round(stat.mean, component.decimals + 1),
                min=stat.min,
                max=stat.max,
                count=stat.count,
            )
            for name, component in about.components.items()
            if (stat := gathered.stats.get(name)) is not None
        ],
    )
