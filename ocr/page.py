"""One page: found, straightened, read, and laid out as lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ocr.engines.base import Engine, Image, Quad, Token
from ocr.engines.rapid import RapidEngine
from ocr.image.boxes import Boxes
from ocr.image.level import Matrix, apply, find_text, inverse, rotation, turn_back
from ocr.image.light import even
from ocr.image.load import Page
from ocr.image.quality import quality_of
from ocr.layout.flatten import flatten
from ocr.layout.lines import Line, lines_of
from ocr.layout.pieces import Piece
from ocr.layout.relook import Look
from ocr.model import PageQuality

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's text in place: pieces, lines from top to bottom, and the way to its boxes."""

    number: int
    pieces: list[Piece]
    lines: list[Line]
    boxes: Boxes
    quality: PageQuality
    source: str
    look: Look | None = None


def read_page(page: Page, engine: Engine, progress: Progress | None = None) -> PageText:
    """Reads one page. Steps are reported as ``straightened`` and ``read``."""
    said = progress or (lambda step, number: None)
    height, width = page.image.shape[:2]
    if page.tokens is not None:
        said("straightened", page.number)
        tokens, angle, turn, image = list(page.tokens), 0.0, 0, page.image
    else:
        found = find_text(even(page.image), engine)
        said("straightened", page.number)
        tokens = _recognise(engine, found.image, found.quads)
        angle, turn, image = found.angle, found.turn, found.image
    said("read", page.number)
    level = rotation(angle)
    laid = [Token(t.text, t.score, apply(level, t.quad), t.glyphs) for t in tokens]
    pieces = flatten(laid)
    boxes = Boxes(image, inverse(level), turn_back((height, width), turn), (height, width))
    return PageText(
        page.number,
        pieces,
        lines_of(pieces),
        boxes,
        quality_of(page.image, page.number, turn * 90, [t.quad for t in tokens]),
        "text_layer" if page.tokens is not None else engine.name,
        None if page.tokens is not None else _look(engine, image, level),
    )


def _look(engine: Engine, image: Image, level: Matrix) -> Look | None:
    """Reads places given on the level page; None for an engine that reads whole pages only."""
    if not isinstance(engine, RapidEngine):
        return None
    back = inverse(level)

    def look(quads: list[Quad]) -> list[Token]:
        places = [apply(back, quad) for quad in quads]
        home = {id(place): quad for place, quad in zip(places, quads, strict=True)}
        return [
            Token(t.text, t.score, home[id(t.quad)], t.glyphs)
            for t in engine.read_at(image, places)
        ]

    return look


def _recognise(engine: Engine, image: Image, quads: list[Quad]) -> list[Token]:
    if isinstance(engine, RapidEngine):
        return engine.read_at(image, quads)
    return engine.read(image)
