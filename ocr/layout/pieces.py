"""Characters and runs of characters, placed on the flattened page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ocr.engines.base import Quad, Token


@dataclass(frozen=True, slots=True)
class Char:
    """One character: flattened span in pixels, and where its ink lies (token quad)."""

    char: str
    score: float
    left: float
    right: float
    quad: Quad


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of one line, on flattened coordinates."""

    chars: tuple[Char, ...]
    top: float
    bottom: float

    @property
    def text(self) -> str:
        return "".join(c.char for c in self.chars)

    @property
    def left(self) -> float:
        return self.chars[0].left

    @property
    def right(self) -> float:
        return self.chars[-1].right

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def score(self) -> float:
        return float(np.mean([c.score for c in self.chars]))

    @property
    def weakest(self) -> float:
        """The least certain character, spaces aside."""
        return min((c.score for c in self.chars if not c.char.isspace()), default=0.0)

    def part(self, start: int, end: int) -> Piece | None:
        """Characters ``start:end`` without outer spaces; None where nothing is left."""
        chars = list(self.chars[start:end])
        while chars and chars[0].char.isspace():
            chars.pop(0)
        while chars and chars[-1].char.isspace():
            chars.pop()
        return Piece(tuple(chars), self.top, self.bottom) if chars else None


def char_quads(token: Token) -> list[Quad]:
    """The quad of every glyph of a token, by its span along the token."""
    q = token.quad
    quads = []
    for glyph in token.glyphs:
        a, b = glyph.start, glyph.end
        top = q[1] - q[0]
        low = q[2] - q[3]
        quads.append(np.array([q[0] + a * top, q[0] + b * top, q[3] + b * low, q[3] + a * low]))
    return quads


def join(pieces: Iterable[Piece]) -> str:
    """Texts of a line from left to right, a space between pieces."""
    return " ".join(p.text for p in sorted(pieces, key=lambda p: p.left))


def span(pieces: Iterable[Piece]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of all pieces together, on flattened coordinates."""
    all_ = list(pieces)
    return (
        min(p.left for p in all_),
        min(p.top for p in all_),
        max(p.right for p in all_),
        max(p.bottom for p in all_),
    )


def ink(pieces: Iterable[Piece]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of all pieces together, on the prepared image."""
    points = np.concatenate([c.quad for p in pieces for c in p.chars if not c.char.isspace()])
    low, high = points.min(axis=0), points.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
