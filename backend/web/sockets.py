"""GraphQL over WebSocket (``graphql-transport-ws``): each operation by the rules of HTTP.

The connection keeps only its token. Every operation asks anew who that is,
so that a signed-out session or an expired token gets nothing over a socket
that was opened before.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import structlog
from strawberry.http import GraphQLRequestData
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)

from backend.core.errors import KangbanError
from backend.web.answers import language_of
from backend.web.documents import TrustedDocuments
from graphql_api.common.context import Context
from graphql_api.common.errors import TooManySubscriptions
from graphql_api.schema import Schema

log = structlog.get_logger(__name__)

Admit = Callable[[Context, str | None], Awaitable[None]]


class Door:
    """What a socket's operations go through: trusted documents, and a context of their own."""

    def __init__(self, schema: Schema, documents: TrustedDocuments, admit: Admit) -> None:
        self._schema = schema
        self._documents = documents
        self._admit = admit

    def text(self, payload: dict[str, Any]) -> str:
        """The operation's text. Raises ``DOCUMENT_NOT_TRUSTED``."""
        data = GraphQLRequestData(
            query=payload.get("query"),
            variables=None,
            operation_name=None,
            extensions=payload.get("extensions"),
        )
        return self._documents.resolve(data).query or ""

    async def stream(
        self, query: str, *, context_value: Context, **options: Any
    ) -> AsyncIterator[Any]:
        """The schema's ``stream``, as the account that the token belongs to now."""
        params = context_value.connection_params or {}
        context = Context(
            services=context_value.services,
            language=context_value.language,
            address=context_value.address,
            budget=context_value.budget,
            streams=context_value.streams,
            connection_params=params,
        )
        await self._admit(context, params["authorization"])
        results: AsyncIterator[Any] = await self._schema.stream(
            query, context_value=context, **options
        )
        return results


def socket_handler(door: Door) -> type[BaseGraphQLTransportWSHandler[Context, None]]:
    """Strawberry's handler of the protocol with our door in place of the bare schema."""

    class Handler(BaseGraphQLTransportWSHandler[Context, None]):
        def __init__(self, **options: Any) -> None:
            super().__init__(**{**options, "schema": door})
            self._reading: asyncio.Task[Any] | None = None

        async def handle(self) -> None:
            self._reading = asyncio.current_task()
            try:
                await super().handle()
            except asyncio.CancelledError:
                if not self.connection_timed_out or self._reading is None:
                    raise
                self._reading.uncancel()
                await self.websocket.close(4408, "Connection initialisation timeout")

        async def handle_connection_init_timeout(self) -> None:
            # Granian sends no close frame while somebody waits for a message: end the wait first.
            await asyncio.sleep(self.connection_init_wait_timeout.total_seconds())
            if not self.connection_init_received and self._reading is not None:
                self.connection_timed_out = True
                self._reading.cancel()

        async def handle_task_exception(self, error: Exception) -> None:
            # Strawberry would log the text, which may quote a record.
            log.error("socket operation failed", type=type(error).__name__)

        async def handle_message(self, message: Any) -> None:
            fault = _fault(message)
            if fault is not None:
                await self.handle_invalid_message(fault)
                return
            await super().handle_message(message)

        async def handle_connection_init(self, message: Any) -> None:
            payload = message.get("payload") or {}
            if isinstance(payload, dict):
                message["payload"] = _params(self.context, payload)
            await super().handle_connection_init(message)

        async def handle_subscribe(self, message: Any) -> None:
            payload, most = message["payload"], self.max_subscriptions_per_connection
            try:
                if most is not None and len(self.operations) >= most:
                    raise TooManySubscriptions(limit=most)
                payload["query"] = door.text(payload)
            except KangbanError as error:
                await self._refuse(message["id"], error)
                return
            await super().handle_subscribe(message)

        async def _refuse(self, id: str, error: KangbanError) -> None:
            shown = {
                "message": error.message(self.context.language),
                "extensions": {"code": error.code, "data": error.data},
            }
            await self.websocket.send_json({"id": id, "type": "error", "payload": [shown]})

    return Handler


def _params(context: Context, payload: dict[str, Any]) -> dict[str, Any]:
    """A browser cannot set headers on a WebSocket: token and language come in the first message."""
    language = payload.get("acceptLanguage")
    if isinstance(language, str):
        context.language = language_of(language)
    header = payload.get("authorization")
    handshake = context.websocket.headers.get("authorization") if context.websocket else None
    return {"authorization": header if isinstance(header, str) else handshake}


def _fault(message: Any) -> str | None:
    """Why the message is none of the protocol's, where Strawberry would stumble over it."""
    if not isinstance(message, dict):
        return "Message must be an object"
    if message.get("type") != "subscribe":
        return None
    payload = message.get("payload")
    if not isinstance(message.get("id"), str) or not isinstance(payload, dict):
        return "Failed to parse message"
    fits = {"query": str, "variables": dict, "operationName": str, "extensions": dict}
    for name, kind in fits.items():
        if not isinstance(payload.get(name), (kind, type(None))):
            return f"payload.{name} is not valid"
    return None
