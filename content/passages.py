"""The library as passages for an index of words, each with its piece and its sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bson import ObjectId

from content.piece import Block, BlockKind, Piece, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryPassage:
    """What stands below one heading. ``text`` begins with title and heading, to be found by."""

    piece_id: ObjectId
    slug: str
    title: str
    heading: str | None
    said: str
    topics: tuple[str, ...]
    sources: tuple[Source, ...]
    reviewed: date

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.title, self.heading, self.said) if part)


def passages(pieces: Iterable[Piece]) -> list[LibraryPassage]:
    """Every passage of the pieces, in their order. General words: they say nothing of anybody,
    and nothing about whether a piece suits somebody (``content.choosing.fitting``)."""
    return [
        LibraryPassage(
            piece_id=piece.id,
            slug=piece.slug,
            title=piece.front.title,
            heading=heading,
            said="\n".join(block.text for block in blocks),
            topics=piece.front.topics,
            sources=piece.sources,
            reviewed=piece.front.reviewed,
        )
        for piece in pieces
        for heading, blocks in _sections(piece)
    ]


def _sections(piece: Piece) -> Iterator[tuple[str | None, list[Block]]]:
    heading: str | None = None
    held: list[Block] = []
    for block in piece.blocks:
        if block.kind is BlockKind.HEADING:
            if held:
                yield heading, held
            heading, held = block.text, []
        else:
            held.append(block)
    if held:
        yield heading, held
