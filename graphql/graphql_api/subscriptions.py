"""Live updates, fed by change streams: they work whichever server process wrote."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator

import strawberry
from bson import ObjectId

from backend.access.categories import Category
from backend.core.database import Raw
from backend.measurements.events import ReadingsRecorded
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.measurements.alerts import Alert, alert_of
from graphql_api.measurements.types import Reading, reading_of


@strawberry.type
class Subscription:
    @strawberry.subscription(description="Readings as they are recorded.")
    async def reading_recorded(
        self, info: Info, resident_id: strawberry.ID
    ) -> AsyncGenerator[Reading, None]:
        subject = ids.resident_id(resident_id)
        readings = info.context.services.readings
        async with _heard(info, "outbox", subject) as feed:
            async for raw in feed:
                if raw["name"] != ReadingsRecorded.name:
                    continue
                await _check(info, subject)
                found = await readings.by_ids(subject, raw["body"]["reading_ids"])
                for each in sorted(found, key=lambda reading: reading.at):
                    yield reading_of(each, info)

    @strawberry.subscription(description="Alerts as they are raised, joined or taken care of.")
    async def alert_changed(
        self, info: Info, resident_id: strawberry.ID
    ) -> AsyncGenerator[Alert, None]:
        context = info.context
        subject = ids.resident_id(resident_id)
        async with _heard(info, "alerts", subject) as feed:
            async for raw in feed:
                await _check(info, subject)
                yield alert_of(
                    await context.services.alerts.get(context.viewer, subject, raw["_id"]), info
                )


@contextlib.asynccontextmanager
async def _heard(
    info: Info, collection: str, subject: ObjectId
) -> AsyncIterator[AsyncIterator[Raw]]:
    context = info.context
    await _check(info, subject)
    with context.streams.one_more(context.viewer.account_id):
        async with context.services.core.changes.listen(collection, subject) as feed:
            yield feed


async def _check(info: Info, resident_id: ObjectId) -> None:
    # Asked anew for every event: a grant that ended ends the stream, a session too.
    context = info.context
    viewer = context.viewer
    viewer.memo.clear()
    await context.services.access.log.again()
    await context.services.identity.still_signed_in(viewer)
    await context.services.access.require(viewer, resident_id, Category.READINGS)
