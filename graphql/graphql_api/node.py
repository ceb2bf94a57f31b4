"""``node(id:)``: anything by its id, through the same door as everything else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bson import ObjectId

from graphql_api.access.log import access_log_entry
from graphql_api.access.rights import download
from graphql_api.access.sharing import share_link
from graphql_api.appointments.types import appointment
from graphql_api.archive.resident import resident_of
from graphql_api.archive.types import entry_of
from graphql_api.assistant.types import conversation
from graphql_api.care.fields import ticket
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.scalars import Node
from graphql_api.measurements.alerts import alert_of
from graphql_api.measurements.meters import meter_of
from graphql_api.measurements.types import reading_of
from graphql_api.plans.types import care_plan
from graphql_api.questionnaires.fields import response
from graphql_api.reminders.types import occurrence, reminder
from graphql_api.reports.alerts import result_alert
from graphql_api.reports.types import report_of
from graphql_api.rewards.fields import voucher


async def _resident(info: Info, resident_id: ObjectId) -> Node:
    await info.context.load.resident.load(resident_id)
    return resident_of(resident_id)


async def _reading(info: Info, resident_id: ObjectId, reading_id: ObjectId) -> Node:
    context = info.context
    found = await context.services.readings.get(context.viewer, resident_id, reading_id)
    return reading_of(found, info)


async def _entry(info: Info, resident_id: ObjectId, entry_id: ObjectId) -> Node:
    context = info.context
    found = await context.services.entries.get(context.viewer, resident_id, entry_id)
    return entry_of(found, info)


async def _alert(info: Info, resident_id: ObjectId, alert_id: ObjectId) -> Node:
    context = info.context
    found = await context.services.alerts.get(context.viewer, resident_id, alert_id)
    return alert_of(found, info)


async def _meter(info: Info, resident_id: ObjectId, meter_id: ObjectId) -> Node:
    context = info.context
    found = await context.services.meters.get(context.viewer, resident_id, meter_id)
    return meter_of(found, resident_id, info)


async def _report(info: Info, resident_id: ObjectId, report_id: ObjectId) -> Node:
    context = info.context
    found = await context.services.reports.reports.get(context.viewer, resident_id, report_id)
    return report_of(found, info)


_LOADERS: dict[str, tuple[int, Callable[..., Awaitable[Node]]]] = {
    "Resident": (1, _resident),
    "Reading": (2, _reading),
    "Entry": (2, _entry),
    "Alert": (2, _alert),
    "Meter": (2, _meter),
    "Voucher": (2, voucher),
    "Download": (2, download),
    "PaperReport": (2, _report),
    "ResultAlert": (2, result_alert),
    "ShareLink": (2, share_link),
    "Ticket": (2, ticket),
    "Reminder": (2, reminder),
    "ReminderOccurrence": (2, occurrence),
    "HealthPlan": (2, care_plan),
    "Appointment": (2, appointment),
    "QuestionnaireResponse": (2, response),
    "Conversation": (2, conversation),
    "AccessLogEntry": (2, access_log_entry),
}


async def load_node(info: Info, text: str) -> Node:
    """Raises ``ID_INVALID``, ``ACCESS_DENIED`` or the thing's own not-found error."""
    type_name, parts = ids.decode_any(text)
    count, load = _LOADERS.get(type_name, (0, None))
    if load is None or len(parts) != count:
        raise ids.IdInvalid
    return await load(info, *parts)
