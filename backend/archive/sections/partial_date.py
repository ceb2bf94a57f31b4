"""``PartialDate``: a FHIR date or dateTime of any precision, kept as given.

https://hl7.org/fhir/R4/datatypes.html#dateTime: a year, a month, a day, or an
instant with its offset. 24:00 is not allowed there; a leap second is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import total_ordering
from typing import Annotated, Any

from pydantic import AfterValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from backend.archive.sections.errors import (
    DateDoesNotExist,
    DateHourTwentyFour,
    DateMalformed,
    DatePrecisionWrong,
)
from backend.core.clock import SHANGHAI, to_milliseconds

_FORM = re.compile(
    r"(?P<year>[0-9]{4})"
    r"(-(?P<month>[0-9]{2})"
    r"(-(?P<day>[0-9]{2})"
    r"(T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?P<fraction>\.[0-9]+)?"
    r"(?P<offset>Z|[+-][0-9]{2}:[0-9]{2}))?)?)?",
    re.ASCII,
)
_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
_LATEST = to_milliseconds(datetime.max.replace(tzinfo=UTC))
_SHOWN = 40
# FHIR allows offsets to 14:00, the farthest that a clock on Earth has.
_MAX_OFFSET_MINUTES = 14 * 60


class Precision(StrEnum):
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    INSTANT = "instant"


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """``text`` as received. Raises DATE_MALFORMED, DATE_DOES_NOT_EXIST, DATE_HOUR_TWENTY_FOUR.

    Compares by text for equality (2012 is not 2012-01) and by ``start()`` for order.
    """

    text: str

    def __post_init__(self) -> None:
        match = _FORM.fullmatch(self.text)
        if match is None:
            raise DateMalformed(text=self.text[:_SHOWN])
        try:
            _check(match)
        except ValueError as error:
            raise DateDoesNotExist(text=self.text) from error

    @property
    def precision(self) -> Precision:
        """How much of the date is known."""
        match len(self.text):
            case 4:
                return Precision.YEAR
            case 7:
                return Precision.MONTH
            case 10:
                return Precision.DAY
            case _:
                return Precision.INSTANT

    @property
    def day(self) -> str:
        """The date without the time, in the offset it was given in."""
        return self.text[:10]

    def start(self) -> datetime:
        """The first moment it may mean, in UTC, cut to milliseconds.

        What has no offset is a date in Asia/Shanghai. The ends of the calendar
        are clamped to what a datetime can hold.
        """
        try:
            return to_milliseconds(self.local().astimezone(UTC))
        except OverflowError:
            return _EARLIEST if self.text < "5000" else _LATEST

    def local(self) -> datetime:
        """The first moment it may mean, in its own offset (Asia/Shanghai where it has none)."""
        if self.precision is Precision.INSTANT:
            return _instant(self.text)
        parts = [int(part) for part in self.text.split("-")] + [1, 1]
        return datetime(parts[0], parts[1], parts[2], tzinfo=SHANGHAI)

    def __lt__(self, other: PartialDate) -> bool:
        return (self.start(), self.text) < (other.start(), other.text)

    def __str__(self) -> str:
        return self.text

    @classmethod
    def of(cls, at: datetime) -> PartialDate:
        """An instant, with the aware datetime's own offset."""
        return cls(at.isoformat(timespec="milliseconds" if at.microsecond else "seconds"))

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _from_any,
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            ),
        )


def _from_any(value: object) -> PartialDate:
    if isinstance(value, PartialDate):
        return value
    if isinstance(value, str):
        return PartialDate(value)
    raise ValueError("a date is a string")


def _check(match: re.Match[str]) -> None:
    """Raises ValueError where the calendar or the clock has no such moment."""
    year, month, day = (int(match[name] or 1) for name in ("year", "month", "day"))
    date(year, month, day)
    if match["hour"] is None:
        return
    if match["hour"] == "24":
        raise DateHourTwentyFour()
    hour, minute, second = (int(match[name]) for name in ("hour", "minute", "second"))
    offset = _minutes(match["offset"])
    if hour > 23 or minute > 59 or second > 60 or abs(offset) > _MAX_OFFSET_MINUTES:
        raise ValueError("no such time")


def _minutes(offset: str) -> int:
    if offset == "Z":
        return 0
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    if minutes > 59:
        raise ValueError("no such offset")
    return (hours * 60 + minutes) * (-1 if offset[0] == "-" else 1)


def _instant(text: str) -> datetime:
    if text[17:19] == "60":
        return datetime.fromisoformat(text[:17] + "59" + text[19:]) + timedelta(seconds=1)
    return datetime.fromisoformat(text)


def _without_time(date: PartialDate) -> PartialDate:
    if date.precision is Precision.INSTANT:
        raise DatePrecisionWrong(text=date.text)
    return date


def _with_time(date: PartialDate) -> PartialDate:
    if date.precision is not Precision.INSTANT:
        raise DatePrecisionWrong(text=date.text)
    return date


Day = Annotated[PartialDate, AfterValidator(_without_time)]
"""A FHIR ``date``: year, month or day, never a time. Else DATE_PRECISION_WRONG."""

Instant = Annotated[PartialDate, AfterValidator(_with_time)]
"""A FHIR ``instant``: with time and offset. Else DATE_PRECISION_WRONG."""
