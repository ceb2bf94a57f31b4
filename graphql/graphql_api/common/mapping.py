"""The one place where errors become GraphQL errors with a code; what is unknown, INTERNAL."""

from __future__ import annotations

import secrets

import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from backend.core.errors import KangbanError
from graphql_api.common.errors import (
    Internal,
    OperationInvalid,
    OperationMissing,
    OperationTooDeep,
    OperationUnknown,
    SyntaxInvalid,
    TooManyTokens,
    VariablesInvalid,
)
from graphql_api.common.limits import DEPTH, TOKENS

log = structlog.get_logger(__name__)


def mapped(error: GraphQLError, language: str) -> GraphQLError:
    """The error as the client may see it: ``extensions.code`` and ``extensions.data``."""
    shown = refusal_of(error)
    return GraphQLError(
        shown.message(language),
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": shown.code, "data": shown.data},
    )


def refusal_of(error: GraphQLError) -> KangbanError:
    """The domain error behind a GraphQL error."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, KangbanError):
        return cause
    if isinstance(cause, GraphQLError):
        return _own(cause, error)
    if isinstance(cause, (MissingQueryError, CannotGetOperationTypeError)):
        return OperationMissing() if isinstance(cause, MissingQueryError) else OperationUnknown()
    if isinstance(cause, InvalidOperationTypeError):
        return OperationInvalid(detail=error.message)
    if isinstance(cause, RecursionError) and error.path is None:
        # Brackets within brackets: the parser or validator gave up before any field ran.
        return OperationTooDeep(limit=DEPTH)
    return _unknown(cause)


def _own(cause: GraphQLError, error: GraphQLError) -> KangbanError:
    # GraphQL's own texts: about the client's document and variables, nothing of the store.
    if isinstance(cause, GraphQLSyntaxError):
        if "nested too deeply" in cause.message:
            return OperationTooDeep(limit=DEPTH)
        if "Document contains more than" in cause.message:
            return TooManyTokens(limit=TOKENS)
        return SyntaxInvalid(detail=cause.message)
    if error.path is not None:
        # A value that a resolver returned does not fit the schema: ours, not the client's.
        return _unknown(cause)
    # What does not fit the document was told by validation; what is left are the variables.
    return VariablesInvalid(detail=error.message)


def _unknown(cause: BaseException | None) -> Internal:
    number = secrets.token_hex(6)
    # The text may quote a record: only the type and the place go to the log.
    log.error("internal error", id=number, type=type(cause).__name__, at=_place(cause))
    return Internal(id=number)


def _place(error: BaseException | None) -> str:
    trace = error.__traceback__ if error else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
