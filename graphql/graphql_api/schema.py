"""The schema: every folder's types put together, with its limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache
from strawberry.extensions.disable_introspection import DisableIntrospection
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from graphql_api.archive.mutations import ArchiveMutation
from graphql_api.archive.resident import Resident, resident_of
from graphql_api.catalogue import KindInfo, kind_infos
from graphql_api.common import ids, limits
from graphql_api.common.context import Info
from graphql_api.common.errors import ErrorMapper, log_nothing
from graphql_api.common.scalars import SCALARS, Node, global_id
from graphql_api.identity.mutations import IdentityMutation
from graphql_api.identity.types import CareLink, Me, care_circle
from graphql_api.measurements.mutations import MeasurementMutation
from graphql_api.node import load_node
from graphql_api.subscriptions import Subscription


@strawberry.type
class Query:
    @strawberry.field(description="The account that is signed in.")
    async def me(self, info: Info) -> Me:
        viewer = info.context.viewer
        return Me(id=global_id("Account", viewer.account_id), roles=sorted(viewer.roles))

    @strawberry.field(description="A person whose record the viewer may see a part of.")
    async def resident(self, info: Info, id: strawberry.ID) -> Resident:
        context = info.context
        resident_id = ids.resident_id(id)
        await context.services.access.categories(context.viewer, resident_id)
        return resident_of(resident_id)

    @strawberry.field(description="Everybody whose record the viewer may see.")
    async def care_circle(self, info: Info) -> list[CareLink]:
        return await care_circle(info)

    @strawberry.field(description="Anything by its id.")
    async def node(self, info: Info, id: strawberry.ID) -> Node:
        return await load_node(info, id)

    @strawberry.field(description="What can be measured, with components and units. Public.")
    async def measurement_kinds(self, info: Info) -> list[KindInfo]:
        return kind_infos(info.context.language)


@strawberry.type
class Mutation(IdentityMutation, ArchiveMutation, MeasurementMutation):
    pass


class Schema(strawberry.Schema):
    """Strawberry's, except that errors are logged by ``ErrorMapper`` alone, scrubbed."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        log_nothing(errors, execution_context)


def build_schema(*, production: bool = False) -> Schema:
    """The schema; in production without introspection and field suggestions."""
    extensions: list[type[SchemaExtension] | Callable[[], Any]] = [
        ErrorMapper,
        ParserCache,
        ValidationCache,
        limits.token_limiter,
        limits.alias_limiter,
        limits.depth_limiter,
        limits.NodeLimiter,
    ]
    if production:
        extensions.append(DisableIntrospection)
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        extensions=extensions,
        config=StrawberryConfig(
            scalar_map=SCALARS, disable_field_suggestions=production, relay_max_results=100
        ),
    )
