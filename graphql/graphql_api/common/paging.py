"""Connections from pages: Relay's shape, our own cursors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

import strawberry
from strawberry import relay

from backend.core.paging import Cursor

T = TypeVar("T")


# Relay's own classes of this shape want every node to be a ``relay.Node``, whose ids are
# resolved field by field; ours are plain values.
@strawberry.type(description="An entry of a list and its place in it.")
class Edge(Generic[T]):
    cursor: str
    node: T


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    page_info: relay.PageInfo
    edges: list[Edge[T]]


class Pages(Protocol):
    """Some items in an order, each with a place that encodes itself."""

    @property
    def items(self) -> list[Any]: ...

    @property
    def has_next(self) -> bool: ...

    def cursor(self, item: Any) -> Any: ...


def connection(page: Pages, node: Callable[[Any], T]) -> Connection[T]:
    """A node for each item of the page."""
    edges = [Edge(cursor=page.cursor(each).encode(), node=node(each)) for each in page.items]
    info = relay.PageInfo(
        has_next_page=page.has_next,
        has_previous_page=False,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(page_info=info, edges=edges)


def after(cursor: str | None) -> Cursor | None:
    """Raises ``CURSOR_INVALID``."""
    return Cursor.decode(cursor) if cursor else None
