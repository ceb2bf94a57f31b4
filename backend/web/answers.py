"""One mapping from domain errors to HTTP answers."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from backend.core.errors import KangbanError
from backend.identity.viewer import Language

log = structlog.get_logger(__name__)


def language_of(header: str | None) -> Language:
    """zh-CN unless the client prefers English."""
    preferred = (header or "").split(",")[0].strip().lower()
    return Language.EN if preferred.startswith("en") else Language.ZH


def domain_error(request: Request[Any, Any, Any], error: KangbanError) -> Response[Any]:
    """The error's own status, with code, message and data."""
    language = language_of(request.headers.get("accept-language"))
    return Response(as_json(error, language), status_code=error.status)


def http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Litestar's own refusals (no such route, body too large) in the same form."""
    code = {404: "ROUTE_NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "BODY_TOO_LARGE"}.get(
        error.status_code, "REQUEST_INVALID"
    )
    body = {"error": {"code": code, "message": error.detail, "data": {}}}
    return Response(body, status_code=error.status_code, headers=error.headers)


def unknown_error(_: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A number to quote; the text, which may hold a record, stays out of answer and log."""
    number = secrets.token_hex(6)
    log.error("internal error", id=number, type=type(error).__name__)
    message = f"服务出了问题，请告知编号 {number}。 Something went wrong; quote {number}."
    body = {"error": {"code": "INTERNAL", "message": message, "data": {"id": number}}}
    return Response(body, status_code=500)


def as_json(error: KangbanError, language: str) -> dict[str, Any]:
    return {"error": {"code": error.code, "message": error.message(language), "data": error.data}}


HANDLERS: dict[Any, Any] = {
    KangbanError: domain_error,
    HTTPException: http_error,
    Exception: unknown_error,
}
