"""Recognition engines behind one Protocol; ``get`` makes one by its name."""

from __future__ import annotations

from ocr.engines.base import Engine, Glyph, Image, Quad, Token
from ocr.engines.registry import ENGINES, get

__all__ = ["ENGINES", "Engine", "Glyph", "Image", "Quad", "Token", "get"]
