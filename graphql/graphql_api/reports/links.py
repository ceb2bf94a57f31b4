"""Signed addresses of a report's pages: open for ten minutes, to who asked for them."""

from __future__ import annotations

from bson import ObjectId

from graphql_api.common import ids
from graphql_api.common.context import Info


def page_url(
    info: Info,
    place: tuple[ObjectId, ObjectId],
    page: int,
    *,
    item: str | None = None,
    crop: bool = False,
) -> str:
    """The page, the page with the item's rectangle, or the crop around it."""
    context = info.context
    path = f"/reports/{ids.encode('PaperReport', *place)}/pages/{page}{'/crop' if crop else ''}"
    query = [("item", item)] if item is not None else []
    link = context.services.links.sign(path, query, context.viewer.account_id)
    return context.services.core.settings.public_url.rstrip("/") + link
