"""The schema: every folder's types put together, with its limits."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from functools import cache
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult

from backend.identity.viewer import Language
from graphql_api.access.circle import CircleMutation, CircleQuery
from graphql_api.access.consent import ConsentMutation
from graphql_api.access.corrections import CorrectionMutation, CorrectionQuery
from graphql_api.access.doctors import DoctorMutation, DoctorQuery
from graphql_api.access.log import AccessLogMutation, AccessLogQuery
from graphql_api.access.notices import NoticeQuery
from graphql_api.access.rights import RightsMutation
from graphql_api.access.sharing import SharingMutation
from graphql_api.access.watch import answered, each_answered
from graphql_api.access.watched import WatchQuery
from graphql_api.appointments.clinics import ClinicMutation, ClinicQuery
from graphql_api.appointments.fields import SlotQuery
from graphql_api.appointments.mutations import AppointmentMutation
from graphql_api.archive.mutations import ArchiveMutation
from graphql_api.archive.resident import Resident, resident_of
from graphql_api.assistant.mutations import AssistantMutation
from graphql_api.care.fields import CareQuery
from graphql_api.care.mutations import CareMutation
from graphql_api.catalogue import KindInfo, kind_infos
from graphql_api.chat.mutations import ChatMutation
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.doors import Documents, doors
from graphql_api.common.executor import QuickExecutor
from graphql_api.common.mapping import mapped
from graphql_api.common.plain import read_plainly
from graphql_api.common.scalars import SCALARS, Node, global_id
from graphql_api.content.fields import ArticleQuery
from graphql_api.content.mutations import ArticleMutation
from graphql_api.identity.mutations import IdentityMutation
from graphql_api.identity.types import CareLink, Me, care_circle
from graphql_api.measurements.alert_mutations import AlertMutation
from graphql_api.measurements.meters import MeterMutation, MeterQuery
from graphql_api.measurements.mutations import ReadingMutation
from graphql_api.node import load_node
from graphql_api.notifications.fields import NotificationQuery
from graphql_api.notifications.mutations import NotificationMutation
from graphql_api.plans.mutations import CarePlanMutation
from graphql_api.questionnaires.mutations import QuestionnaireMutation
from graphql_api.reminders.mutations import ReminderMutation
from graphql_api.reports.alerts import ResultAlertMutation
from graphql_api.reports.mutations import ReportMutation
from graphql_api.rewards.fields import PointQuery
from graphql_api.rewards.mutations import MerchantQuery, PointMutation
from graphql_api.rewards.operating import PointOperatorMutation, PointOperatorQuery
from graphql_api.subscriptions import Subscription


@strawberry.type
class Query(
    MeterQuery,
    NoticeQuery,
    CorrectionQuery,
    CircleQuery,
    DoctorQuery,
    WatchQuery,
    AccessLogQuery,
    CareQuery,
    PointQuery,
    ArticleQuery,
    MerchantQuery,
    PointOperatorQuery,
    NotificationQuery,
    SlotQuery,
    ClinicQuery,
):
    @strawberry.field(description="The account that is signed in.")
    async def me(self, info: Info) -> Me:
        viewer = info.context.viewer
        return Me(id=global_id("Account", viewer.account_id), roles=sorted(viewer.roles))

    @strawberry.field(description="A person whose record the viewer may see a part of.")
    async def resident(self, info: Info, id: strawberry.ID) -> Resident | None:
        context = info.context
        resident_id = ids.resident_id(id)
        await context.services.access.enter(context.viewer, resident_id)
        return resident_of(resident_id)

    @strawberry.field(description="Everybody whose record the viewer may see.")
    async def care_circle(self, info: Info) -> list[CareLink]:
        return await care_circle(info)

    @strawberry.field(description="Anything by its id.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        return await load_node(info, id)

    @strawberry.field(description="What can be measured, with components and units. Public.")
    async def measurement_kinds(self, info: Info) -> list[KindInfo]:
        return kind_infos(info.context.language)


@strawberry.type
class Mutation(
    IdentityMutation,
    ArchiveMutation,
    ReadingMutation,
    AlertMutation,
    MeterMutation,
    ConsentMutation,
    RightsMutation,
    CorrectionMutation,
    SharingMutation,
    AccessLogMutation,
    ReportMutation,
    ResultAlertMutation,
    CircleMutation,
    DoctorMutation,
    AssistantMutation,
    CareMutation,
    QuestionnaireMutation,
    PointMutation,
    ArticleMutation,
    PointOperatorMutation,
    NotificationMutation,
    ReminderMutation,
    CarePlanMutation,
    AppointmentMutation,
    ClinicMutation,
    ChatMutation,
):
    pass


class Schema(strawberry.Schema):
    """Strawberry's, except that every error leaves with a code and none is logged as it came."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Strawberry would log the original texts, which may quote a record."""

    async def execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        result = await answered(super().execute(*args, **kwargs))
        _show(result, kwargs.get("context_value"))
        return result

    async def stream(self, *args: Any, **kwargs: Any) -> Any:
        results = await super().stream(*args, **kwargs)
        return _each_shown(each_answered(results), kwargs.get("context_value"))


async def _each_shown(results: Any, context: Any) -> AsyncGenerator[Any, None]:
    async with contextlib.aclosing(results):
        async for result in results:
            _show(result, context)
            yield result


def _show(result: Any, context: Any) -> None:
    if result.errors:
        language = getattr(context, "language", Language.ZH)
        result.errors = [mapped(error, language) for error in result.errors]


@cache
def build_schema(*, production: bool = False) -> Schema:
    """The schema, one a process; in production without introspection and field suggestions."""
    return schema_of(Query, Mutation, Subscription, production=production)


def schema_of(
    query: type, mutation: type, subscription: type, *, production: bool = False
) -> Schema:
    """A schema of these roots behind our doors."""
    schema = Schema(
        query=query,
        mutation=mutation,
        subscription=subscription,
        execution_context_class=QuickExecutor,
        extensions=[doors(Documents(introspection=not production))],
        config=StrawberryConfig(
            scalar_map=SCALARS, disable_field_suggestions=production, relay_max_results=100
        ),
    )
    read_plainly(schema._schema)
    return schema
