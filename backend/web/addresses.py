"""Whose record an address names, and who opens a signed one."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from bson import ObjectId
from litestar import Request

from backend.core.links import is_signed
from backend.identity.accounts import Account, AccountStatus
from backend.identity.errors import AccountSuspended
from backend.identity.viewer import Language, Viewer
from backend.services import Services
from backend.web.answers import language_of
from backend.web.fhir import resident_key
from backend.web.viewers import viewer_of
from graphql_api.common import ids


def resident_in(text: str) -> ObjectId:
    """From the plain hex id or GraphQL's. Raises ``ResidentUnknown``."""
    try:
        return ids.resident_id(text)
    except ids.IdInvalid:
        return resident_key(text)


def query_of(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """Every parameter as sent, repeated ones too."""
    return parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)


async def viewer_by_token_or_link(request: Request[Any, Any, Any], services: Services) -> Viewer:
    """A bearer token counts first. Raises as ``viewer_of`` and ``Links.opened`` do."""
    query = query_of(request)
    if request.headers.get("authorization") or not is_signed(query):
        return await viewer_of(request, services)
    account_id = services.links.opened(request.scope["path"], query)
    account = await Account.get(account_id)
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise AccountSuspended
    language: Language = language_of(request.headers.get("accept-language"))
    return Viewer(account_id=account_id, roles=account.roles, language=language)
