"""GraphQL over HTTP and WebSocket: Strawberry's Litestar controller with our context and doors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from cross_web import HTTPException
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.types import Scope
from strawberry.litestar import make_graphql_controller
from strawberry.litestar.controller import GraphQLController
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from backend.core.errors import KangbanError
from backend.identity.viewer import Channel
from backend.services import Services
from backend.web.answers import language_of
from backend.web.documents import TrustedDocuments
from backend.web.viewers import address_of, bearer, viewer_of
from graphql_api.common.context import Context
from graphql_api.schema import Schema

_INIT_WITHIN = timedelta(seconds=5)
_OPERATIONS_A_SOCKET = 20  # subscriptions, and the queries sent over the same socket


def graphql_controller(
    services: Services, schema: Schema, documents: TrustedDocuments
) -> type[GraphQLController]:
    """The controller at ``/graphql``."""
    settings = services.core.settings

    async def context(scope: Scope) -> Context:
        return await _context(ASGIConnection(scope), services)

    base: Any = make_graphql_controller(
        schema,
        path="/graphql",
        context_getter=context,
        graphql_ide=None if settings.production else "graphiql",
        allow_queries_via_get=not settings.production,
        subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
        connection_init_wait_timeout=_INIT_WITHIN,
        max_subscriptions_per_connection=_OPERATIONS_A_SOCKET,
        allowed_origins=[settings.public_url, *settings.allowed_origins],
    )

    class KangbanGraphQL(base):  # type: ignore[misc]
        def decode_json(self, data: str | bytes) -> object:
            return orjson.loads(data)

        def encode_json(self, data: object) -> str:
            return orjson.dumps(data).decode()

        async def parse_http_body(self, request: Any) -> Any:
            return documents.resolve(await super().parse_http_body(request))

        async def on_ws_connect(self, context: Context) -> Any:
            await _sign_in(context, services)
            return await super().on_ws_connect(context)

        async def execute_request(
            self, request: Request[Any, Any, Any], context: Context, root_value: Any
        ) -> Response[Any]:
            try:
                response: Response[Any] = await self.run(
                    request, context=context, root_value=root_value
                )
            except HTTPException as error:
                return _refused(error.status_code, "REQUEST_INVALID", error.reason)
            except KangbanError as error:
                return _refused(error.status, error.code, error.message(context.language))
            return response

    return KangbanGraphQL


async def _context(connection: ASGIConnection[Any, Any, Any, Any], services: Services) -> Context:
    """With the viewer where a good token came, else with why there is none."""
    context = Context(
        services=services,
        language=language_of(connection.headers.get("accept-language")),
        address=address_of(connection),
    )
    if connection.headers.get("authorization"):
        try:
            context.signed_in = await viewer_of(connection, services)
        except KangbanError as error:
            context.refusal = error
    return context


async def _sign_in(context: Context, services: Services) -> None:
    """A browser cannot set headers on a WebSocket: the token comes in ``connection_init``."""
    params = context.connection_params or {}
    language = params.get("acceptLanguage")
    if isinstance(language, str):
        context.language = language_of(language)
    header = params.get("authorization")
    if not isinstance(header, str):
        return
    try:
        context.signed_in = await services.identity.viewer_from_token(
            bearer(header), Channel.APP, context.language
        )
    except KangbanError as error:
        context.refusal = error


def _refused(status: int, code: str, message: str) -> Response[Any]:
    body = {"data": None, "errors": [{"message": message, "extensions": {"code": code}}]}
    return Response(body, status_code=status)
