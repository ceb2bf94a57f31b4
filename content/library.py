"""The shelf: pieces by id, by what they are about, by words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bson import ObjectId

from backend.core import words
from backend.core.paging import Cursor, Page, page_size
from content.errors import ArticleNotFound, TopicUnknown
from content.files.lists import topics
from content.piece import Constitution, Piece, PieceKind, Season


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Everything that is given must hold; ``text`` is a search."""

    kind: PieceKind | None = None
    topic: str | None = None
    item: str | None = None
    season: Season | None = None
    constitution: Constitution | None = None
    text: str | None = None


class Library:
    """Says nothing of anybody: whoever is signed in may read it all.

    ``read`` is called once, by whoever is first: the pieces take half a second, and a server
    is ready without them. It may raise ``ContentInvalid``.
    """

    def __init__(self, read: Callable[[], Sequence[Piece]]) -> None:
        self._read = read

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(self._read())

    @cached_property
    def _by_id(self) -> Mapping[ObjectId, Piece]:
        return {piece.id: piece for piece in self.pieces}

    @cached_property
    def _by_slug(self) -> Mapping[str, Piece]:
        return {piece.slug: piece for piece in self.pieces}

    def get(self, piece_id: ObjectId) -> Piece:
        """Raises ``ArticleNotFound``."""
        if piece_id not in self._by_id:
            raise ArticleNotFound
        return self._by_id[piece_id]

    def named(self, slug: str) -> Piece:
        """Raises ``ArticleNotFound``."""
        if slug not in self._by_slug:
            raise ArticleNotFound
        return self._by_slug[slug]

    def page(self, wanted: Wanted, *, first: int, after: Cursor | None = None) -> Page[Piece]:
        """The last reviewed first. Raises ``TopicUnknown``, ``PageSizeInvalid``."""
        size = page_size(first)
        if wanted.topic is not None and wanted.topic not in topics():
            raise TopicUnknown(topic=wanted.topic[:40])
        found = [each for each in self.pieces if _is_wanted(each, wanted)]
        found.sort(key=lambda each: (each.at, each.id), reverse=True)
        if after is not None:
            found = [each for each in found if (each.at, each.id) < (after.at, after.id)]
        return Page.of(found, size)


def _is_wanted(piece: Piece, wanted: Wanted) -> bool:
    front = piece.front
    tags = (
        wanted.kind in (None, front.kind),
        wanted.topic is None or wanted.topic in front.topics,
        wanted.item is None or wanted.item in front.items,
        wanted.season is None or wanted.season in front.seasons,
        wanted.constitution is None or wanted.constitution in front.constitutions,
    )
    return all(tags) and (wanted.text is None or _says(piece, wanted.text))


def _says(piece: Piece, text: str) -> bool:
    front = piece.front
    names = [row.zh for key, row in topics().items() if key in front.topics]
    said = (front.title, front.title_en, front.summary, front.summary_en, *names, piece.text)
    return bool(words.query_tokens(text)) and words.matches("\n".join(said), text)
