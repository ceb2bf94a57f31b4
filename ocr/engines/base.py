"""What every recognition engine gives: tokens with a place for each character."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Quad = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: how sure the engine is, and its span along the token (0..1)."""

    char: str
    score: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Token:
    """A run of text. ``quad`` is 4x2: top-left, top-right, bottom-right, bottom-left."""

    text: str
    score: float
    quad: Quad
    glyphs: tuple[Glyph, ...]


class Engine(Protocol):
    """A recognition engine. ``image`` is BGR, upright."""

    name: str

    def read(self, image: Image) -> list[Token]:
        """All text of the page, in no promised order."""
        ...

    def find(self, image: Image) -> list[Quad]:
        """Where text lies, unread: for orientation, cropping and deskew."""
        ...

    def upside_down(self, image: Image, quads: list[Quad]) -> float:
        """Share (0..1) of the given text lines that stand on their head."""
        ...

    def version(self) -> dict[str, Any]:
        """Library and models, for ``doctor``."""
        ...
