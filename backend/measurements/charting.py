"""A resident's trend as a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from bson import ObjectId

from backend.core.errors import Invalid
from backend.identity.viewer import Viewer
from backend.measurements.chart import Band, Part, trend_chart
from backend.measurements.chart import Bucket as Drawn
from backend.measurements.chart import Period as Pace
from backend.measurements.chart.draw import SMALLEST
from backend.measurements.draft import Kind, Meal
from backend.measurements.overrides import Overrides
from backend.measurements.people import People
from backend.measurements.thresholds import limits_for
from backend.measurements.trends import Bucket, Gathered, Period, Slot, Trend, Trends

LARGEST = 2_400
SIZE = (1080, 960)
_BY_MEAL = frozenset({Kind.GLUCOSE})
_BY_HALF_DAY = frozenset({Kind.BLOOD_PRESSURE})  # morning and evening pressure are read apart
# Where on its day a half stands, so that the evening comes after the morning.
_HOURS: Mapping[Part | None, timedelta] = {
    Part.MORNING: timedelta(hours=8),
    Part.EVENING: timedelta(hours=20),
}


class ChartSizeInvalid(Invalid):
    code = "CHART_SIZE_INVALID"
    zh = "图片的宽和高须在 {least} 到 {most} 像素之间。"
    en = "A chart is {least} to {most} pixels wide and high."


class Charting:
    """Charts for a viewer, through the policy."""

    def __init__(self, trends: Trends, overrides: Overrides, people: People) -> None:
        self._trends = trends
        self._overrides = overrides
        self._people = people
        # One at a time in a process: drawing takes the processor, and matplotlib's caches
        # are not made for many threads.
        self._drawing = ThreadPoolExecutor(1, thread_name_prefix="chart")

    async def chart(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        kind: Kind,
        *,
        period: Period,
        since: datetime,
        until: datetime,
        meals: frozenset[Meal] = frozenset(),
        size: tuple[int, int] = SIZE,
    ) -> bytes:
        """A PNG of ``size`` pixels, in the viewer's language.

        Raises ``AccessDenied``, ``TrendSpanInvalid`` or ``ChartSizeInvalid``.
        """
        if not all(SMALLEST <= side <= LARGEST for side in size):
            raise ChartSizeInvalid(least=SMALLEST, most=LARGEST)
        trend = await self._trends.trend(
            viewer, resident_id, kind, period=period, since=since, until=until, meals=meals
        )
        bands = await self._bands(resident_id, trend)
        draw = partial(
            trend_chart,
            list(_buckets(trend)),
            kind=kind,
            language=viewer.language,
            period=Pace(period.value),
            bands=bands,
            size=size,
        )
        return await self.drawn(draw)

    async def drawn(self, draw: Callable[[], bytes]) -> bytes:
        """A picture, also another room's, in the one thread that draws."""
        return await asyncio.get_running_loop().run_in_executor(self._drawing, draw)

    async def _bands(self, resident_id: ObjectId, trend: Trend) -> list[Band]:
        if trend.kind not in _BY_MEAL:
            return [Band.of(target) for target in trend.targets]
        person = await self._people.person(resident_id)
        own = [override for _, override in await self._overrides.of(resident_id)]
        slots = {slot for bucket in trend.buckets for slot in bucket.slots}
        return [
            Band.of(target, Part(meal.value))
            for meal in Meal
            if Slot(meal.value) in slots
            for target in limits_for(trend.kind, person, trend.until, own, meal=meal).targets
        ]


def _buckets(trend: Trend) -> Iterator[Drawn]:
    halved = _is_halved(trend)
    for bucket in trend.buckets:
        for part, gathered in _parts(trend, bucket, halved=halved).items():
            yield Drawn(
                start=bucket.start + (_HOURS[part] if halved else timedelta()),
                mean={name: stat.mean for name, stat in gathered.stats.items()},
                min={name: stat.min for name, stat in gathered.stats.items()},
                max={name: stat.max for name, stat in gathered.stats.items()},
                count=gathered.count,
                part=part,
            )


def _is_halved(trend: Trend) -> bool:
    # A reading of noon or night has no mark of its own in the picture, and must neither be
    # left out nor pass for a morning's: then each day is one mean.
    slots = {slot for bucket in trend.buckets for slot in bucket.slots}
    return trend.kind in _BY_HALF_DAY and trend.period is Period.DAY and Slot.DAY not in slots


def _parts(trend: Trend, bucket: Bucket, *, halved: bool) -> Mapping[Part | None, Gathered]:
    if trend.kind not in _BY_MEAL and not halved:
        return {None: bucket.all}
    return {Part(slot.value): gathered for slot, gathered in bucket.slots.items()}
