"""Alerts of reports: results outside the range that the report itself prints."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.archive.sections.result import Flag
from backend.measurements.thresholds import Level
from backend.reports.alerts import alert as domain
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.scalars import Node, global_id
from graphql_api.reports.evidence import evidence
from graphql_api.reports.parts import PaperEvidence
from graphql_api.reports.types import PaperReport, report_of


@strawberry.type(description="A result outside its range, as on the paper.")
class ResultOutside:
    name: str
    text: str
    unit: str | None
    reference: str | None
    flag: Flag | None
    level: Level
    entry_id: strawberry.ID
    entry: strawberry.Private[tuple[ObjectId, ObjectId]]

    @strawberry.field(description="Where on which page it stands.")
    async def evidence(self, info: Info) -> PaperEvidence | None:
        return await evidence(info, *self.entry)


@strawberry.type(description="What a confirmed report gives reason to tell; the worst first.")
class ResultAlert(Node):
    level: Level
    reason: str
    what_to_do: str
    source: str
    results: list[ResultOutside]
    at: datetime
    raised_at: datetime
    open: bool
    acknowledged_at: datetime | None
    place: strawberry.Private[tuple[ObjectId, ObjectId]]

    @strawberry.field
    async def report(self, info: Info) -> PaperReport:
        context = info.context
        found = await context.services.reports.reports.get(context.viewer, *self.place)
        return report_of(found, info)


@strawberry.input
class AcknowledgeResultAlertInput:
    id: strawberry.ID


@strawberry.type
class ResultAlertPayload:
    alert: ResultAlert


@strawberry.type
class ResultAlertMutation:
    @strawberry.mutation(description="Seen; it comes back only where a correction makes it news.")
    async def acknowledge_result_alert(
        self, info: Info, input: AcknowledgeResultAlertInput
    ) -> ResultAlertPayload:
        context = info.context
        place = ids.decode(input.id, "ResultAlert")
        alert = await context.services.reports.alerts.acknowledge(context.viewer, *place)
        return ResultAlertPayload(alert=result_alert_of(alert, info))


async def result_alert(info: Info, resident_id: ObjectId, report_id: ObjectId) -> Node:
    """For ``node(id:)``."""
    context = info.context
    found = await context.services.reports.alerts.get(context.viewer, resident_id, report_id)
    return result_alert_of(found, info)


def result_alert_of(alert: domain.ResultAlert, info: Info) -> ResultAlert:
    language, place = info.context.language, (alert.resident_id, alert.id)
    return ResultAlert(
        id=global_id("ResultAlert", *place),
        level=alert.level,
        reason=alert.reason.get(language),
        what_to_do=alert.what_to_do.get(language),
        source=alert.source.get(language),
        results=[_result(each, alert.resident_id) for each in alert.results],
        at=alert.at,
        raised_at=alert.raised_at,
        open=alert.open and alert.acknowledged_at is None,
        acknowledged_at=alert.acknowledged_at,
        place=place,
    )


def _result(each: domain.ResultOutside, resident_id: ObjectId) -> ResultOutside:
    return ResultOutside(
        name=each.name,
        text=each.text,
        unit=each.unit,
        reference=each.reference,
        flag=Flag(each.flag) if each.flag else None,
        level=each.level,
        entry_id=global_id("Entry", resident_id, each.entry_id),
        entry=(resident_id, each.entry_id),
    )
