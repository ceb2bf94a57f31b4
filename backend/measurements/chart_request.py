"""Which chart: as an address with its query, for links, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from bson import ObjectId

from backend.core.clock import SHANGHAI
from backend.core.errors import Invalid, NotFound
from backend.identity.viewer import Language
from backend.measurements.charting import SIZE
from backend.measurements.draft import Kind, Meal
from backend.measurements.plausibility import EARLIEST_YEAR
from backend.measurements.trends import Period

FOLDER = "/charts"
_SUFFIX = ".png"
_SIZE = re.compile(r"([0-9]{1,5})x([0-9]{1,5})")
_YEARS = range(EARLIEST_YEAR, 2200)  # what can be counted back from, with any offset
_DAYS = {Period.DAY: 30, Period.WEEK: 90, Period.MONTH: 365}

E = TypeVar("E", bound=StrEnum)


class ChartUnknown(NotFound):
    code = "CHART_UNKNOWN"
    zh = "没有这种图表。"
    en = "There is no such chart."


class ChartQueryInvalid(Invalid):
    code = "CHART_QUERY_INVALID"
    zh = "图表参数 {field} 无效。"
    en = "The chart's parameter {field} is not valid."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRequest:
    kind: Kind
    period: Period
    since: datetime
    until: datetime
    meals: frozenset[Meal] = frozenset()
    size: tuple[int, int] = SIZE
    language: Language | None = None

    def path(self, resident_id: ObjectId) -> str:
        return f"{FOLDER}/{resident_id}/{self.kind.value}{_SUFFIX}"

    def query(self) -> list[tuple[str, str]]:
        """What ``read`` reads."""
        pairs = [
            ("period", self.period.value),
            ("since", self.since.isoformat()),
            ("until", self.until.isoformat()),
            ("size", f"{self.size[0]}x{self.size[1]}"),
        ]
        if self.meals:
            pairs.append(("meals", ",".join(sorted(self.meals))))
        if self.language:
            pairs.append(("language", self.language.value))
        return pairs

    @classmethod
    def read(cls, picture: str, query: Mapping[str, str], now: datetime) -> ChartRequest:
        """Without dates: 30 days, 90 days of weeks, a year of months, until ``now``.

        Raises ``ChartUnknown`` or ``ChartQueryInvalid``.
        """
        period = _one_of(Period, "period", query.get("period", Period.DAY.value))
        until = _time("until", query["until"]) if "until" in query else now
        meals = query["meals"].split(",") if "meals" in query else ()
        language = query.get("language")
        return cls(
            kind=_kind(picture),
            period=period,
            since=_time("since", query["since"]) if "since" in query else _back(until, period),
            until=until,
            meals=frozenset(_one_of(Meal, "meals", each) for each in meals),
            size=_size(query["size"]) if "size" in query else SIZE,
            language=_one_of(Language, "language", language) if language else None,
        )


def _kind(picture: str) -> Kind:
    try:
        return Kind(picture.removesuffix(_SUFFIX) if picture.endswith(_SUFFIX) else "")
    except ValueError as error:
        raise ChartUnknown from error


def _one_of(kind: type[E], field: str, text: str) -> E:
    try:
        return kind(text)
    except ValueError as error:
        raise ChartQueryInvalid(field=field) from error


def _time(field: str, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ChartQueryInvalid(field=field) from error
    if at.tzinfo is None or at.year not in _YEARS:
        raise ChartQueryInvalid(field=field)
    return at


def _size(text: str) -> tuple[int, int]:
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ChartQueryInvalid(field="size")
    return int(match[1]), int(match[2])


def _back(until: datetime, period: Period) -> datetime:
    day = until.astimezone(SHANGHAI) - timedelta(days=_DAYS[period])
    return day.replace(hour=0, minute=0, second=0, microsecond=0)
