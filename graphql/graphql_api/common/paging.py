"""Connections from pages: the types are Relay's, the cursors are ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from strawberry import relay

from backend.core.paging import Cursor, Page

T = TypeVar("T")


def connection(kind: type[T], page: Page[Any], node: Callable[[Any], Any]) -> T:
    """A ``relay.Connection[...]`` of ``kind`` with a node for each item of the page."""
    edges = [relay.Edge(cursor=page.cursor(each).encode(), node=node(each)) for each in page.items]
    info = relay.PageInfo(
        has_next_page=page.has_next,
        has_previous_page=False,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return kind(page_info=info, edges=edges)  # type: ignore[call-arg]


def after(cursor: str | None) -> Cursor | None:
    """Raises ``CURSOR_INVALID``."""
    return Cursor.decode(cursor) if cursor else None
