"""The one place where domain errors become GraphQL errors, and everything else becomes INTERNAL."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import structlog
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext, StreamExecutionResult

from backend.core.errors import KangbanError

log = structlog.get_logger(__name__)

INTERNAL = {
    "zh-CN": "服务出了问题，请稍后再试。如需帮助，请告知编号 {id}。",
    "en": "Something went wrong here. If you need help, quote {id}.",
}


class ErrorMapper(SchemaExtension):
    """Rewrites the errors of a result, and of each result of a stream."""

    def on_operation(self) -> Iterator[None]:
        self._streamed = False
        yield
        if not self._streamed:
            self._rewrite(self.execution_context.result)

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        self._streamed = True
        self._rewrite(result)
        yield None

    def _rewrite(self, result: Any) -> None:
        errors = getattr(result, "errors", None)
        if errors:
            language = self.execution_context.context.language
            result.errors = [mapped(error, language) for error in errors]


def mapped(error: GraphQLError, language: str) -> GraphQLError:
    """The error as the client may see it, with ``extensions.code``."""
    cause = error.original_error
    if isinstance(cause, KangbanError):
        return _renamed(error, cause.message(language), cause.code, cause.data)
    if cause is None:
        # GraphQL's own: syntax, validation, a variable that does not fit.
        code = (error.extensions or {}).get("code", "GRAPHQL_INVALID")
        return _renamed(error, error.message, code, {})
    if isinstance(cause, GraphQLError):
        return mapped(cause, language)
    number = secrets.token_hex(6)
    # The text may quote a record: only the type and the place go to the log.
    log.error("internal error", id=number, type=type(cause).__name__, at=_place(cause))
    return _renamed(error, INTERNAL[language].format(id=number), "INTERNAL", {"id": number})


def log_nothing(errors: list[GraphQLError], context: ExecutionContext | None = None) -> None:
    """Strawberry would log the original texts, which may quote a record."""


def _renamed(error: GraphQLError, message: str, code: str, data: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": code, "data": data},
    )


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
