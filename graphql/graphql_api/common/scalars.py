"""Scalars and small types that every folder uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import strawberry
from bson import ObjectId

from backend.access.words import recorded_by_words
from backend.archive.sections import PartialDate, Precision
from backend.archive.sections.errors import DateDoesNotExist, DateHourTwentyFour, DateMalformed
from backend.core.errors import Invalid
from backend.measurements.errors import TimeWithoutOffset
from graphql_api.common import ids

strawberry.enum(Precision, name="TimePrecision", description="How much of a time is known.")
AT_PRECISION = "How much of `at` is known; the rest is the first moment that it may mean."

_SHOWN = 40
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FORM = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?P<hour>[0-9]{2}):[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?"
    r"([Zz]|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)


class DateTimeInvalid(Invalid):
    code = "DATE_TIME_INVALID"
    zh = "时间须为 ISO 8601 格式并带时区，例如 2026-11-21T08:00:00+08:00。"
    en = "A time is ISO 8601 with an offset, such as 2026-11-21T08:00:00+08:00."


def parse_date_time(value: Any) -> datetime:
    """An aware datetime. Raises ``DATE_TIME_INVALID``, ``DATE_DOES_NOT_EXIST`` (30 February),
    ``DATE_HOUR_TWENTY_FOUR`` or ``TIME_WITHOUT_OFFSET``.
    """
    form = _FORM.fullmatch(value) if isinstance(value, str) else None
    if form is None:
        raise DateTimeInvalid
    if form["hour"] == "24":
        raise DateHourTwentyFour(text=value)
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise TimeWithoutOffset(field="DateTime")
        at.astimezone(UTC)  # the first and last hours of the calendar have none
    except (ValueError, OverflowError) as error:
        raise DateDoesNotExist(text=value) from error
    return at


def parse_partial_date(value: Any) -> PartialDate:
    """Raises ``DATE_MALFORMED`` and the others of ``PartialDate``."""
    return PartialDate(value if isinstance(value, str) else str(value))


def parse_date(value: Any) -> date:
    """Raises ``DATE_MALFORMED`` or ``DATE_DOES_NOT_EXIST``."""
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        raise DateMalformed(text=str(value)[:_SHOWN])
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise DateDoesNotExist(text=value) from error


DATE_TIME = strawberry.scalar(
    name="DateTime",
    description="ISO 8601 with offset, the offset of the place where it happened.",
    serialize=datetime.isoformat,
    parse_value=parse_date_time,
)

PARTIAL_DATE = strawberry.scalar(
    name="PartialDate",
    description="A FHIR date or dateTime of any precision: 2012, 2012-05, 2012-05-03, or a time.",
    serialize=str,
    parse_value=parse_partial_date,
)

DATE = strawberry.scalar(
    name="Date",
    description="A day: 2026-11-21.",
    serialize=date.isoformat,
    parse_value=parse_date,
)

SCALARS: Mapping[object, Any] = {
    datetime: DATE_TIME,
    date: DATE,
    PartialDate: PARTIAL_DATE,
}


@strawberry.interface(description="Anything that has an id of its own.")
class Node:
    id: strawberry.ID


@strawberry.type(description="A number and its UCUM unit.")
class Quantity:
    value: float
    unit: str


@strawberry.type(description="Who recorded something, and as what: 'recorded by daughter'.")
class RecordedBy:
    relation: str
    kinship: str | None
    channel: str
    mine: bool

    @strawberry.field(description="女儿代录, recorded by daughter.")
    def label(self, info: strawberry.Info) -> str:
        language: str = info.context.language
        return recorded_by_words(self.relation, self.kinship, language)


def recorded_by(source: Any, viewer_id: ObjectId) -> RecordedBy:
    """From a reading's or entry's recorder."""
    return RecordedBy(
        relation=source.relation,
        kinship=source.kinship,
        channel=source.channel,
        mine=source.account_id == viewer_id,
    )


def global_id(type_name: str, *parts: ObjectId) -> strawberry.ID:
    return strawberry.ID(ids.encode(type_name, *parts))
