"""Cursor paging by (time, id), newest first."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from bson import ObjectId

from backend.core.errors import Invalid

LARGEST_PAGE = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PACKED = struct.Struct(">q12s")


class PageSizeInvalid(Invalid):
    code = "PAGE_SIZE_INVALID"
    zh = "每页条数须在 1 到 {limit} 之间。"
    en = "A page has 1 to {limit} entries."


class CursorInvalid(Invalid):
    code = "CURSOR_INVALID"
    zh = "翻页位置无效，请从第一页重新开始。"
    en = "This cursor is not valid; start again from the first page."


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two entries: everything older than (``at``, ``id``) comes next."""

    at: datetime
    id: ObjectId

    def encode(self) -> str:
        millis = (self.at - _EPOCH) // timedelta(milliseconds=1)
        packed = _PACKED.pack(millis, self.id.binary)
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Raises ``CursorInvalid`` for whatever did not come from ``encode``."""
        try:
            packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            millis, binary = _PACKED.unpack(packed)
            return cls(_EPOCH + timedelta(milliseconds=millis), ObjectId(binary))
        except (binascii.Error, struct.error, ValueError, OverflowError) as error:
            raise CursorInvalid from error

    def older_than(self, field: str = "at") -> dict[str, Any]:
        """The MongoDB condition for what comes after this place."""
        return {"$or": [{field: {"$lt": self.at}}, {field: self.at, "_id": {"$lt": self.id}}]}


class Placed(Protocol):
    """Something that has a place in a list: a time and an id."""

    @property
    def at(self) -> datetime: ...

    @property
    def id(self) -> ObjectId: ...


T = TypeVar("T", bound=Placed)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list; ``has_next`` tells whether older ones follow."""

    items: list[T]
    has_next: bool

    @classmethod
    def of(cls, found: Sequence[T], size: int) -> Page[T]:
        """From one entry more than the page holds."""
        return cls(list(found[:size]), len(found) > size)

    def cursor(self, item: T) -> Cursor:
        return Cursor(item.at.astimezone(UTC), item.id)


def page_size(first: int) -> int:
    """``first`` if it is from 1 to 100. Raises ``PageSizeInvalid``."""
    if not 1 <= first <= LARGEST_PAGE:
        raise PageSizeInvalid(limit=LARGEST_PAGE)
    return first
