"""Live updates, fed by change streams: they work whichever server process wrote."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from functools import partial

import strawberry

from backend.access.categories import Category
from backend.access.contract.events import BreakGlassReviewed, BreakGlassUsed
from backend.measurements.events import ReadingsRecorded
from backend.measurements.write_errors import AlertNotFound
from backend.reports.report import job_from_raw
from graphql_api.access.contract_types import EmergencyAccess, emergency_of
from graphql_api.assistant.mutations import AnswerSubscription
from graphql_api.care.live import TicketSubscription
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.listening import check, heard
from graphql_api.measurements.alerts import Alert, alert_of
from graphql_api.measurements.types import Reading, reading_of
from graphql_api.notifications.live import InboxSubscription
from graphql_api.reports.alerts import ResultAlert, result_alert_of
from graphql_api.reports.types import ReportProgress, progress_of


@strawberry.type
class Subscription(AnswerSubscription, TicketSubscription, InboxSubscription):
    @strawberry.subscription(description="Readings as they are recorded.")
    async def reading_recorded(
        self, info: Info, resident_id: strawberry.ID
    ) -> AsyncGenerator[Reading, None]:
        subject = ids.resident_id(resident_id)
        readings = info.context.services.readings
        async with heard(info, "outbox", subject) as feed:
            async for raw in feed:
                if raw["name"] != ReadingsRecorded.name:
                    continue
                await check(info, subject)
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
        async with heard(info, "alerts", subject) as feed:
            async for raw in feed:
                await check(info, subject)
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
        async with heard(info, "outbox", subject, speaker) as feed:
            async for raw in feed:
                if raw["name"] not in (BreakGlassUsed.name, BreakGlassReviewed.name):
                    continue
                await check(info, subject, speaker)
                told = await emergencies.told(context.viewer, subject, raw["body"]["emergency_id"])
                yield emergency_of(told)

    @strawberry.subscription(description="How far the reading of reports is, step by step.")
    async def report_progressed(
        self, info: Info, resident_id: strawberry.ID
    ) -> AsyncGenerator[ReportProgress, None]:
        subject = ids.resident_id(resident_id)
        async with heard(info, "report_jobs", subject, Category.REPORTS) as feed:
            async for raw in feed:
                await check(info, subject, Category.REPORTS)
                yield progress_of(job_from_raw(raw), info)

    @strawberry.subscription(description="Alerts of reports as they are raised or taken care of.")
    async def result_alert_changed(
        self, info: Info, resident_id: strawberry.ID
    ) -> AsyncGenerator[ResultAlert, None]:
        context = info.context
        subject = ids.resident_id(resident_id)
        async with heard(info, "report_alerts", subject, Category.REPORTS) as feed:
            async for raw in feed:
                await check(info, subject, Category.REPORTS)
                alerts = context.services.reports.alerts
                alert = await alerts.get(context.viewer, subject, raw["_id"])
                yield result_alert_of(alert, info)
