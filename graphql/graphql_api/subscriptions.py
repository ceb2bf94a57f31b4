"""Live updates, fed by change streams: they work whichever server process wrote."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from functools import partial

import strawberry
from bson import ObjectId

from backend.access.categories import Category
from backend.access.contract.events import BreakGlassReviewed, BreakGlassUsed
from backend.core.changes import Heard
from backend.core.database import Raw
from backend.identity.viewer import Role
from backend.measurements.events import ReadingsRecorded
from backend.measurements.granted import granted_kinds
from backend.measurements.write_errors import AlertNotFound
from backend.reports.report import job_from_raw
from graphql_api.access.contract_types import EmergencyAccess, emergency_of
from graphql_api.assistant.mutations import AnswerSubscription
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.measurements.alerts import Alert, alert_of
from graphql_api.measurements.types import Reading, reading_of
from graphql_api.reports.alerts import ResultAlert, result_alert_of
from graphql_api.reports.types import ReportProgress, progress_of

Right = Category | Callable[[], Awaitable[None]] | None
"""What a listener must be allowed: a category, something of their own, or any measurement."""


@strawberry.type
class Subscription(AnswerSubscription):
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
                viewer, ids_heard = info.context.viewer, raw["body"]["reading_ids"]
                found = await readings.granted(viewer, subject, ids_heard)
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
                with contextlib.suppress(AlertNotFound):  # of a kind that is not granted
                    alert = await context.services.alerts.get(context.viewer, subject, raw["_id"])
                    yield alert_of(alert, info)

    @strawberry.subscription(
        description="Emergency accesses to the record, as they are taken and reviewed; for the "
        "resident's side only."
    )
    async def emergency_access_changed(
        self, info: Info, resident_id: strawberry.ID
    ) -> AsyncGenerator[EmergencyAccess, None]:
        context = info.context
        subject = ids.resident_id(resident_id)
        emergencies = context.services.family_doctors.emergencies
        # What was done without asking is told without consent, too.
        speaker = partial(emergencies.check_told, context.viewer, subject)
        async with _heard(info, "outbox", subject, speaker) as feed:
            async for raw in feed:
                if raw["name"] not in (BreakGlassUsed.name, BreakGlassReviewed.name):
                    continue
                await _check(info, subject, speaker)
                told = await emergencies.told(context.viewer, subject, raw["body"]["emergency_id"])
                yield emergency_of(told)

    @strawberry.subscription(description="How far the reading of reports is, step by step.")
    async def report_progressed(
        self, info: Info, resident_id: strawberry.ID
    ) -> AsyncGenerator[ReportProgress, None]:
        subject = ids.resident_id(resident_id)
        async with _heard(info, "report_jobs", subject, Category.REPORTS) as feed:
            async for raw in feed:
                await _check(info, subject, Category.REPORTS)
                yield progress_of(job_from_raw(raw), info)

    @strawberry.subscription(description="Alerts of reports as they are raised or taken care of.")
    async def result_alert_changed(
        self, info: Info, resident_id: strawberry.ID
    ) -> AsyncGenerator[ResultAlert, None]:
        context = info.context
        subject = ids.resident_id(resident_id)
        async with _heard(info, "report_alerts", subject, Category.REPORTS) as feed:
            async for raw in feed:
                await _check(info, subject, Category.REPORTS)
                alerts = context.services.reports.alerts
                alert = await alerts.get(context.viewer, subject, raw["_id"])
                yield result_alert_of(alert, info)


@contextlib.asynccontextmanager
async def _heard(
    info: Info, collection: str, subject: ObjectId, right: Right = None
) -> AsyncIterator[AsyncIterator[Raw]]:
    context = info.context
    await _check(info, subject, right)
    with context.streams.one_more(context.viewer.account_id):
        wanted: dict[str, Raw] = {
            collection: {"resident_id": subject},
            "relations": {"resident_id": subject},
            "consents": {"resident_id": subject},
            "sessions": {"_id": context.viewer.session_id},
        }
        if context.viewer.has(Role.FAMILY_DOCTOR):
            wanted["care_teams"] = {}  # who left a team is no more in what changed
        async with (
            context.services.core.changes.listen_to(wanted) as feed,
            contextlib.aclosing(_of(collection, feed, info, subject, right)) as heard,
        ):
            yield heard


async def _of(
    collection: str,
    feed: AsyncIterator[Heard],
    info: Info,
    subject: ObjectId,
    right: Right,
) -> AsyncGenerator[Raw, None]:
    """What changed in ``collection``; what changes who may listen is only asked about."""
    async for name, document in feed:
        if name == collection:
            yield document
        else:
            await _check(info, subject, right)


async def _check(info: Info, resident_id: ObjectId, right: Right = None) -> None:
    # Asked anew for every event: a grant that ended ends the stream, a session too.
    context = info.context
    viewer = context.viewer
    viewer.memo.clear()
    await context.services.access.log.again()
    await context.services.identity.still_signed_in(viewer)
    if right is None:
        await granted_kinds(context.services.access, viewer, resident_id)
    elif isinstance(right, Category):
        await context.services.access.require(viewer, resident_id, right)
    else:
        await right()
