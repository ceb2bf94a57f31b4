"""GraphQL over HTTP and WebSocket: Strawberry's Litestar controller with our context and doors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from cross_web import HTTPException
from litestar import MediaType, Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException as LitestarHTTPException
from litestar.types import Scope
from strawberry.exceptions import MissingQueryError
from strawberry.litestar import make_graphql_controller
from strawberry.litestar.controller import GraphQLController
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from backend.core.errors import KangbanError
from backend.services import Services
from backend.web.answers import language_of, refusal_of
from backend.web.documents import TrustedDocuments
from backend.web.errors import (
    ContentTypeUnsupported,
    JsonInvalid,
    MethodNotAllowed,
    RequestInvalid,
)
from backend.web.graphiql_page import without_elsewhere
from backend.web.sockets import Door, socket_handler
from backend.web.viewers import address_of, viewer_from
from graphql_api.common.budget import Budget
from graphql_api.common.context import Context
from graphql_api.common.errors import OperationMissing, OperationUnknown
from graphql_api.common.streams import Streams
from graphql_api.schema import Schema

_INIT_WITHIN = timedelta(seconds=5)
_OPERATIONS_A_SOCKET = 20  # subscriptions, and the queries sent over the same socket


def graphql_controller(
    services: Services, schema: Schema, documents: TrustedDocuments
) -> type[GraphQLController]:
    """The controller at ``/graphql``."""
    settings = services.core.settings
    budget, streams = Budget.of(settings.graphql_points), Streams()

    async def context(scope: Scope) -> Context:
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        made = Context(
            services=services,
            language=language_of(connection.headers.get("accept-language")),
            address=address_of(connection),
            budget=budget,
            streams=streams,
        )
        await admit(made, connection.headers.get("authorization"))
        return made

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
        graphql_transport_ws_handler_class = socket_handler(Door(schema, documents, admit))

        def decode_json(self, data: str | bytes) -> object:
            return orjson.loads(data)

        def encode_json(self, data: object) -> str:
            return orjson.dumps(data).decode()

        def parse_json(self, data: str | bytes) -> Any:
            parsed = super().parse_json(data)
            if not isinstance(parsed, (dict, list)):
                raise RequestInvalid(detail="the body is an object")
            return parsed

        async def parse_http_body(self, request: Any) -> Any:
            data = documents.resolve(await super().parse_http_body(request))
            if not isinstance(data.operation_name, (str, type(None))):
                raise RequestInvalid(detail="operationName is a string")
            return data

        async def render_graphql_ide(self, request: Request[Any, Any, Any]) -> Response[str]:
            return Response(without_elsewhere(self.graphql_ide_html), media_type=MediaType.HTML)

        async def execute_request(
            self, request: Request[Any, Any, Any], context: Context, root_value: Any
        ) -> Response[Any]:
            try:
                response: Response[Any] = await self.run(
                    request, context=context, root_value=root_value
                )
            except HTTPException as error:
                return _refused(_meant(error), context)
            except LitestarHTTPException as error:
                return _refused(refusal_of(error.status_code, error.detail), context)
            except KangbanError as error:
                return _refused(error, context)
            return response

    return KangbanGraphQL


async def admit(context: Context, header: str | None) -> None:
    """Put in the viewer where a good token came, else why there is none."""
    context.signed_in, context.refusal = None, None
    if not header:
        return
    try:
        context.signed_in = await viewer_from(header, context.language, context.services)
    except KangbanError as error:
        context.refusal = error


def _meant(error: HTTPException) -> KangbanError:
    # Strawberry tells its refusals apart by their texts and causes only.
    cause = error.__cause__
    if isinstance(cause, MissingQueryError):
        return OperationMissing()
    if isinstance(cause, CannotGetOperationTypeError):
        return OperationUnknown()
    if isinstance(cause, InvalidOperationTypeError):
        return MethodNotAllowed()
    if isinstance(cause, ValueError):
        return JsonInvalid()
    if error.reason == "Unsupported content type":
        return ContentTypeUnsupported()
    if error.status_code == 400:
        return RequestInvalid(detail=error.reason)
    return refusal_of(error.status_code, error.reason)


def _refused(error: KangbanError, context: Context) -> Response[Any]:
    shown = {
        "message": error.message(context.language),
        "extensions": {"code": error.code, "data": error.data},
    }
    return Response({"data": None, "errors": [shown]}, status_code=error.status)
