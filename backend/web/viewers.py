"""The viewer of a request, from its bearer token."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection

from backend.identity.viewer import Channel, Language, Role, Viewer
from backend.services import Services
from backend.web.answers import language_of

_BEARER = "bearer "


def bearer(header: str | None) -> str | None:
    """The token of an ``Authorization: Bearer`` header, or None."""
    if header is None or not header.lower().startswith(_BEARER):
        return None
    return header[len(_BEARER) :].strip() or None


async def viewer_of(connection: ASGIConnection[Any, Any, Any, Any], services: Services) -> Viewer:
    """Raises ``TOKEN_MISSING``, ``TOKEN_EXPIRED`` and the others of identity."""
    header = connection.headers.get("authorization")
    language = language_of(connection.headers.get("accept-language"))
    return await viewer_from(header, language, services)


async def viewer_from(header: str | None, language: Language, services: Services) -> Viewer:
    """As ``viewer_of``, from an ``Authorization`` header's value."""
    viewer = await services.identity.viewer_from_token(bearer(header), Channel.APP, language)
    if viewer.has(Role.INSTITUTION):
        viewer.channel = Channel.API
    return viewer


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Where the request comes from; behind a proxy the server must be told to trust it."""
    return connection.client.host if connection.client else ""
