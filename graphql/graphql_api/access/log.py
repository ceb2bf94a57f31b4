"""The log of who looked: read in plain words, filtered, taken along, and complained about."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.log.looks import LookFilter
from backend.access.log.reading import ToldLook
from backend.access.log.reports import Report
from backend.identity.operators import require_operator
from backend.identity.viewer import Channel
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.common.scalars import Node, global_id

enum(Action)
enum(Channel)
_PAGE = 20


@strawberry.enum
class AccessReportState(Enum):
    OPEN = "open"
    ANSWERED = "answered"


@strawberry.type(
    description="Somebody looked at the record or changed it: one request's entries together."
)
class AccessLogEntry(Node):
    at: datetime
    sentence: str = strawberry.field(description="In plain words, in the reader's language.")
    who: str
    account_id: strawberry.ID
    relation: str
    kinship: str | None
    channel: str
    categories: list[Category]
    action: Action
    why: str
    purpose: str | None


@strawberry.type(description="An entry that the resident says should not be there.")
class AccessReport(Node):
    at: datetime
    state: AccessReportState
    reason: str
    answer: str | None
    answered_at: datetime | None
    entry: AccessLogEntry


@strawberry.input(description="Empty lists mean all; since is inclusive, until exclusive.")
class AccessLogFilterInput:
    account_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    categories: list[Category] = strawberry.field(default_factory=list)
    actions: list[Action] = strawberry.field(default_factory=list)
    channels: list[Channel] = strawberry.field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None

    def to_domain(self) -> LookFilter:
        """Raises ``ID_INVALID``."""
        return LookFilter(
            accounts=frozenset(ids.decode_one(each, "Account") for each in self.account_ids),
            categories=frozenset(self.categories),
            actions=frozenset(self.actions),
            channels=frozenset(self.channels),
            since=self.since,
            until=self.until,
        )


@strawberry.type
class ResidentAccessLog:
    """Fields of ``Resident`` about who looked; for the resident and a guardian only."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(description="Who looked at the record or changed it, newest first.")
    async def access_log(
        self,
        info: Info,
        filter: AccessLogFilterInput | None = None,
        first: int = _PAGE,
        after: str | None = None,
    ) -> Connection[AccessLogEntry] | None:
        context = info.context
        page = await context.services.access_log.reading.page(
            context.viewer,
            self.key,
            filter.to_domain() if filter else LookFilter(),
            first=first,
            after=cursor(after),
        )
        return connection(page, look_of)

    @strawberry.field(
        description="Where the whole log is downloaded as JSON Lines with its proof; ten minutes."
    )
    async def access_log_download(self, info: Info) -> str | None:
        context = info.context
        await context.services.access_log.reading.admit(context.viewer, self.key)
        path = f"/access-log/{self.key}/proof.jsonl"
        signed = context.services.links.sign(path, (), context.viewer.account_id)
        return context.services.core.settings.public_url.rstrip("/") + signed

    @strawberry.field(description="Entries that were reported, newest first, with the answers.")
    async def access_reports(self, info: Info) -> list[AccessReport] | None:
        context = info.context
        found = await context.services.access_log.reports.of_resident(context.viewer, self.key)
        return [report_of(each) for each in found]


@strawberry.type
class AccessLogQuery:
    @strawberry.field(description="Operators: reported entries of all residents, newest first.")
    async def reported_access(
        self,
        info: Info,
        state: AccessReportState = AccessReportState.OPEN,
        first: int = _PAGE,
        after: str | None = None,
    ) -> Connection[AccessReport]:
        context = info.context
        page = await context.services.access_log.reports.waiting(
            context.viewer,
            first=first,
            after=cursor(after),
            answered=state is AccessReportState.ANSWERED,
        )
        return connection(page, report_of)


@strawberry.input
class ReportAccessEntryInput:
    id: strawberry.ID
    reason: str
    idempotency_key: str


@strawberry.input
class AnswerAccessReportInput:
    id: strawberry.ID
    answer: str


@strawberry.type
class AccessReportPayload:
    report: AccessReport


@strawberry.type
class AccessLogMutation:
    @strawberry.mutation(description="Say that an entry should not be there; staff look into it.")
    async def report_access_entry(
        self, info: Info, input: ReportAccessEntryInput
    ) -> AccessReportPayload:
        context = info.context
        report = await context.services.access_log.reports.report(
            context.viewer,
            *ids.decode(input.id, "AccessLogEntry"),
            input.reason,
            idempotency_key=input.idempotency_key,
        )
        return AccessReportPayload(report=report_of(report))

    @strawberry.mutation(description="Operators: what was found; the resident reads it.")
    async def answer_access_report(
        self, info: Info, input: AnswerAccessReportInput
    ) -> AccessReportPayload:
        context = info.context
        require_operator(context.viewer)
        report = await context.services.access_log.reports.answer(
            context.viewer, *ids.decode(input.id, "AccessReport"), input.answer
        )
        return AccessReportPayload(report=report_of(report))


def look_of(told: ToldLook) -> AccessLogEntry:
    look = told.look
    return AccessLogEntry(
        id=global_id("AccessLogEntry", look.resident_id, look.entry_id),
        at=look.at,
        sentence=told.sentence,
        who=told.who,
        account_id=global_id("Account", look.account_id),
        relation=look.relation,
        kinship=look.kinship,
        channel=look.channel,
        categories=[each for each in Category if each in look.categories],
        action=look.action,
        why=look.why,
        purpose=look.purpose,
    )


def report_of(report: Report) -> AccessReport:
    return AccessReport(
        id=global_id("AccessReport", report.resident_id, report.id),
        at=report.at,
        state=AccessReportState(report.state),
        reason=report.reason,
        answer=report.answer,
        answered_at=report.answered_at,
        entry=look_of(report.look),
    )


async def access_log_entry(info: Info, resident_id: ObjectId, entry_id: ObjectId) -> Node:
    """For ``node(id:)``."""
    context = info.context
    reading = context.services.access_log.reading
    return look_of(await reading.get(context.viewer, resident_id, entry_id))
