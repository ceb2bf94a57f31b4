"""What hangs under the resident: reports, unfinished uploads, trends of laboratory items."""

from __future__ import annotations

from datetime import datetime, timedelta

import strawberry
from bson import ObjectId

from backend.reports.documents import ReportState
from backend.reports.limits import TREND_YEARS
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.reports.alerts import ResultAlert, result_alert_of
from graphql_api.reports.lab_trends import LabTrend, lab_trend_of
from graphql_api.reports.types import PaperReport, report_of

_PAGE = 20
_YEAR = timedelta(days=365.25)


@strawberry.type(description="A file of which not all has arrived; go on at the offset.")
class UnfinishedUpload:
    key: str
    offset: int
    length: int
    expires_at: datetime


@strawberry.type
class ResidentReports:
    """Inherited by ``Resident``."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(description="Newest first; without states all but those put away.")
    async def reports(
        self,
        info: Info,
        states: list[ReportState] | None = None,
        first: int = _PAGE,
        after: str | None = None,
    ) -> Connection[PaperReport] | None:
        context = info.context
        page = await context.services.reports.reports.page(
            context.viewer,
            self.key,
            first=first,
            after=cursor(after),
            states=frozenset(states or ()),
        )
        return connection(page, lambda each: report_of(each, info))

    @strawberry.field(description="Results outside their reports' ranges; the newest first.")
    async def result_alerts(
        self, info: Info, open: bool = True, first: int = _PAGE, after: str | None = None
    ) -> Connection[ResultAlert] | None:
        context = info.context
        page = await context.services.reports.alerts.page(
            context.viewer, self.key, first=first, after=cursor(after), open_only=open
        )
        return connection(page, lambda each: result_alert_of(each, info))

    @strawberry.field(description="The viewer's own uploads that wait for their next piece.")
    async def unfinished_uploads(self, info: Info) -> list[UnfinishedUpload] | None:
        context = info.context
        found = await context.services.reports.uploads.unfinished(context.viewer, self.key)
        return [
            UnfinishedUpload(
                key=str(each.id),
                offset=each.offset,
                length=each.length,
                expires_at=each.expires_at,
            )
            for each in found
        ]

    @strawberry.field(description="A LOINC code's values; without dates those of five years.")
    async def lab_trend(
        self,
        info: Info,
        loinc: str,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> LabTrend | None:
        context = info.context
        end = until or context.services.core.clock.now() + timedelta(days=1)
        start = since or _years_before(end)
        trend = await context.services.reports.lab_trends.trend(
            context.viewer, self.key, loinc, since=start, until=end
        )
        return lab_trend_of(trend, self.key)


def _years_before(end: datetime) -> datetime:
    try:
        return end - TREND_YEARS * _YEAR
    except OverflowError:
        return end
