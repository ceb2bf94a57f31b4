"""What a meter sends: readings as Bluetooth payloads or plain, each taken on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from backend.core.errors import KangbanError
from backend.measurements.devices import Context, Refusal, decode_gatt
from backend.measurements.devices.errors import RecordInvalid
from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source
from backend.measurements.meter_errors import MeterBodyInvalid
from backend.measurements.write_errors import BatchTooLarge

MOST_READINGS = 100
_MOST_COMPONENTS = 20

_Hex = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-fA-F]{2}){1,512}$")]
_Number = Annotated[float, Field(strict=True)]


class _Gatt(BaseModel):
    """``at`` stands in where the payload has no time; ``context`` is the glucose context."""

    characteristic: Annotated[str, StringConstraints(pattern=r"^(?:0[xX])?[0-9a-fA-F]{4}$")]
    value: _Hex
    context: _Hex | None = None
    at: datetime | None = None


class _Value(BaseModel):
    value: _Number
    unit: str


class _Plain(BaseModel):
    kind: Kind
    values: Annotated[dict[str, _Value], Field(max_length=_MOST_COMPONENTS)]
    at: datetime
    end: datetime | None = None
    meal: Meal | None = None


@dataclass(frozen=True, slots=True)
class SentItem:
    """``position`` is the place in the upload; a payload can hold several readings."""

    position: int
    item: Draft | KangbanError


def read_body(body: bytes) -> list[Any]:
    """The list of readings as sent. Raises ``MeterBodyInvalid`` or ``BatchTooLarge``."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MeterBodyInvalid from None
    readings = content.get("readings") if isinstance(content, dict) else None
    if not isinstance(readings, list):
        raise MeterBodyInvalid
    if len(readings) > MOST_READINGS:
        raise BatchTooLarge(limit=MOST_READINGS)
    return readings


def read_items(
    readings: list[Any], *, system: str, number: str, context: Context
) -> list[SentItem]:
    """Drafts with source ids from the upload's ``number`` and their position."""
    return [
        SentItem(position, _named(item, f"{number}.{position}.{part}", system, context))
        for position, sent in enumerate(readings)
        for part, item in enumerate(_items(sent, context))
    ]


def _items(sent: Any, context: Context) -> Iterator[Draft | KangbanError]:
    try:
        if isinstance(sent, dict) and "characteristic" in sent:
            yield from _decoded(_Gatt.model_validate(sent), context)
        else:
            yield _draft(_Plain.model_validate(sent))
    except ValidationError as error:
        place = error.errors(include_input=False, include_context=False)[0]["loc"]
        yield RecordInvalid(field=".".join(map(str, place))[:80] or "record")


def _decoded(sent: _Gatt, context: Context) -> Iterator[Draft | KangbanError]:
    companion = bytes.fromhex(sent.context) if sent.context else None
    if sent.at is not None and sent.at.tzinfo is not None:
        context = replace(context, received_at=sent.at)
    payload = bytes.fromhex(sent.value)
    for outcome in decode_gatt(int(sent.characteristic, 16), payload, context, companion):
        yield outcome.error if isinstance(outcome, Refusal) else outcome


def _draft(sent: _Plain) -> Draft:
    return Draft(
        kind=sent.kind,
        at=sent.at,
        end=sent.end,
        values={name: Quantity(each.value, each.unit) for name, each in sent.values.items()},
        meal=sent.meal,
    )


def _named(
    item: Draft | KangbanError, name: str, system: str, context: Context
) -> Draft | KangbanError:
    if isinstance(item, KangbanError):
        return item
    return replace(item, source=Source(system=system, id=name, device=context.device))
