"""One mapping from domain errors to HTTP answers."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from backend.core.errors import KangbanError
from backend.identity.viewer import Language
from backend.web.errors import BY_STATUS, RequestInvalid
from graphql_api.common.errors import Internal

log = structlog.get_logger(__name__)


def language_of(header: str | None) -> Language:
    """zh-CN unless the client prefers English."""
    preferred = (header or "").split(",")[0].strip().lower()
    return Language.EN if preferred.startswith("en") else Language.ZH


def domain_error(request: Request[Any, Any, Any], error: KangbanError) -> Response[Any]:
    """The error's own status, with code, message and data."""
    language = language_of(request.headers.get("accept-language"))
    return Response(as_json(error, language), status_code=error.status)


def http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Litestar's own refusals (no such route, body too large) in the same form."""
    refusal = refusal_of(error.status_code, error.detail)
    language = language_of(request.headers.get("accept-language"))
    return Response(
        as_json(refusal, language), status_code=error.status_code, headers=error.headers
    )


def unknown_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A number to quote; the text, which may hold a record, stays out of answer and log."""
    number = secrets.token_hex(6)
    log.error("internal error", id=number, type=type(error).__name__)
    language = language_of(request.headers.get("accept-language"))
    return Response(as_json(Internal(id=number), language), status_code=500)


def refusal_of(status: int, detail: str) -> KangbanError:
    """The domain error for a web framework's refusal."""
    known = BY_STATUS.get(status)
    return known() if known else RequestInvalid(detail=detail)


def as_json(error: KangbanError, language: str) -> dict[str, Any]:
    return {"error": {"code": error.code, "message": error.message(language), "data": error.data}}


HANDLERS: dict[Any, Any] = {
    KangbanError: domain_error,
    HTTPException: http_error,
    Exception: unknown_error,
}
