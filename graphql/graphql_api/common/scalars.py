"""Scalars and small types that every folder uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry
from bson import ObjectId

from backend.archive.sections import PartialDate
from backend.core.errors import Invalid
from graphql_api.common import ids


class DateTimeInvalid(Invalid):
    code = "DATE_TIME_INVALID"
    zh = "时间须为 ISO 8601 格式并带时区，例如 2026-11-21T08:00:00+08:00。"
    en = "A time is ISO 8601 with an offset, such as 2026-11-21T08:00:00+08:00."


def parse_date_time(value: Any) -> datetime:
    """An aware datetime. Raises ``DATE_TIME_INVALID``: 24:00, 30 February, no offset."""
    try:
        at = datetime.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise DateTimeInvalid from error
    if at.tzinfo is None:
        raise DateTimeInvalid
    return at


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
    parse_value=PartialDate,
)

SCALARS: Mapping[object, Any] = {datetime: DATE_TIME, PartialDate: PARTIAL_DATE}


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
