"""Meters with their own 4G card."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.measurements import meter as domain
from backend.measurements.documents import MeterState
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.common.scalars import Node, RecordedBy, global_id, recorded_by

enum(MeterState)


@strawberry.type(description="A reading that the meter sent and that was not taken, and why.")
class MeterRefusal:
    received_at: datetime
    position: int
    code: str
    message: str


@strawberry.type(description="A meter that uploads to this resident's record by itself.")
class Meter(Node):
    serial: str
    model: str
    state: MeterState
    bound_at: datetime | None
    bound_by: RecordedBy | None
    last_seen_at: datetime | None
    suspected_at: datetime | None
    refusals: list[MeterRefusal]


@strawberry.type(description="A meter as operators see it: not whose it is.")
class RegisteredMeter:
    serial: str
    model: str
    state: MeterState
    bound: bool
    registered_at: datetime
    last_seen_at: datetime | None
    suspected_at: datetime | None
    revoked_at: datetime | None


@strawberry.input(description="The text of the QR code on the meter: kangban:meter:SERIAL:CODE.")
class BindMeterInput:
    resident_id: strawberry.ID
    code: str


@strawberry.type
class BindMeterPayload:
    meter: Meter


@strawberry.input
class UnbindMeterInput:
    id: strawberry.ID


@strawberry.type
class UnbindMeterPayload:
    id: strawberry.ID


@strawberry.input(description="The key in hexadecimal, as it is in the meter: 16 to 64 bytes.")
class RegisterMeterInput:
    idempotency_key: str
    serial: str
    model: str
    key: str


@strawberry.type(description="For the label: the QR code says `code`.")
class RegisterMeterPayload:
    serial: str
    claim_code: str
    code: str


@strawberry.input
class RevokeMeterInput:
    serial: str


@strawberry.input(description="After a look at a suspect meter; the key in hexadecimal.")
class RekeyMeterInput:
    serial: str
    key: str


@strawberry.type
class RegisteredMeterPayload:
    meter: RegisteredMeter


@strawberry.type
class MeterQuery:
    @strawberry.field(description="All meters, the last registered first. For operators.")
    async def registered_meters(
        self,
        info: Info,
        state: MeterState | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[RegisteredMeter] | None:
        context = info.context
        page = await context.services.meter_registry.page(
            context.viewer, first=first, after=cursor(after), state=state
        )
        return connection(page, registered_of)


@strawberry.type
class MeterMutation:
    @strawberry.mutation(description="Give a meter to a resident, by the code printed on it.")
    async def bind_meter(self, info: Info, input: BindMeterInput) -> BindMeterPayload:
        context = info.context
        resident_id = ids.resident_id(input.resident_id)
        meter = await context.services.meters.bind(context.viewer, resident_id, input.code)
        return BindMeterPayload(meter=meter_of(meter, resident_id, info))

    @strawberry.mutation(description="What the meter measured stays in the record.")
    async def unbind_meter(self, info: Info, input: UnbindMeterInput) -> UnbindMeterPayload:
        context = info.context
        await context.services.meters.unbind(context.viewer, *ids.decode(input.id, "Meter"))
        return UnbindMeterPayload(id=input.id)

    @strawberry.mutation(description="For operators.")
    async def register_meter(self, info: Info, input: RegisterMeterInput) -> RegisterMeterPayload:
        context = info.context
        meter = await context.services.meter_registry.register(
            context.viewer,
            serial=input.serial,
            model=input.model,
            key=input.key,
            idempotency_key=input.idempotency_key,
        )
        return RegisterMeterPayload(
            serial=meter.serial, claim_code=meter.claim_code, code=meter.scanned
        )

    @strawberry.mutation(description="For good. For operators.")
    async def revoke_meter(self, info: Info, input: RevokeMeterInput) -> RegisteredMeterPayload:
        context = info.context
        meter = await context.services.meter_registry.revoke(context.viewer, input.serial)
        return RegisteredMeterPayload(meter=registered_of(meter))

    @strawberry.mutation(description="For operators.")
    async def rekey_meter(self, info: Info, input: RekeyMeterInput) -> RegisteredMeterPayload:
        context = info.context
        meter = await context.services.meter_registry.rekey(context.viewer, input.serial, input.key)
        return RegisteredMeterPayload(meter=registered_of(meter))


async def meters_of(resident_id: ObjectId, info: Info) -> list[Meter]:
    """The resident's meters, for a viewer who may see readings."""
    context = info.context
    found = await context.services.meters.of(context.viewer, resident_id)
    return [meter_of(each, resident_id, info) for each in found]


def meter_of(meter: domain.Meter, resident_id: ObjectId, info: Info) -> Meter:
    context = info.context
    by = meter.bound_by
    return Meter(
        id=global_id("Meter", resident_id, meter.id),
        serial=meter.serial,
        model=meter.model,
        state=meter.state,
        bound_at=meter.bound_at,
        bound_by=recorded_by(by, context.viewer.account_id) if by else None,
        last_seen_at=meter.last_seen_at,
        suspected_at=meter.suspected_at,
        refusals=[
            MeterRefusal(
                received_at=each.received_at,
                position=each.position,
                code=each.error.code,
                message=each.error.message(context.language),
            )
            for each in meter.refusals
        ],
    )


def registered_of(meter: domain.Meter) -> RegisteredMeter:
    return RegisteredMeter(
        serial=meter.serial,
        model=meter.model,
        state=meter.state,
        bound=meter.resident_id is not None,
        registered_at=meter.registered_at,
        last_seen_at=meter.last_seen_at,
        suspected_at=meter.suspected_at,
        revoked_at=meter.revoked_at,
    )
