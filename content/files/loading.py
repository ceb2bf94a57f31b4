"""Every piece of the library, or the first fault with its file and line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files

from content.errors import ContentInvalid
from content.files.blocks import Unsafe, blocks_of
from content.files.checks import check_front, check_piece
from content.files.front import Lines, front_of
from content.files.lists import allergens, foods, nutrition_of, sources
from content.piece import EATING, Block, Front, Ingredient, Piece

_SUFFIX = ".md"


def read_piece(name: str, text: str, today: date = date.max) -> Piece:
    """One file's piece; ``name`` as it stands in the library. Raises ``ContentInvalid``."""
    lines = Lines(name, text)
    front = front_of(lines)
    check_front(front, lines, today)
    try:
        blocks = blocks_of(lines.body, lines.body_line)
    except Unsafe as error:
        raise lines.invalid(error.line, error.reason) from error
    ingredients = tuple(Ingredient(food, grams) for food, grams in front.ingredients.items())
    piece = Piece(
        slug=name.removesuffix(_SUFFIX),
        front=front,
        blocks=blocks,
        sources=tuple(sources()[key] for key in front.sources),
        ingredients=ingredients,
        nutrition=nutrition_of(ingredients, front.serves or 1) if ingredients else None,
        allergens=_allergens(front, ingredients, blocks),
    )
    check_piece(piece, lines)
    return piece


def _allergens(
    front: Front, ingredients: tuple[Ingredient, ...], blocks: tuple[Block, ...]
) -> frozenset[str]:
    found = {key for each in ingredients for key in foods()[each.name].allergens}
    if front.kind in EATING:
        text = "\n".join(block.text for block in blocks)
        found |= {key for key, each in allergens().items() if each.in_text.search(text)}
    return frozenset(found | set(front.allergens))


def read_library(texts: Iterable[tuple[str, str]], today: date = date.max) -> tuple[Piece, ...]:
    """Pairs of file name and text. Raises ``ContentInvalid``, also for links into nowhere."""
    pieces = {each.slug: each for each in (read_piece(*pair, today) for pair in sorted(texts))}
    for piece in pieces.values():
        for block in piece.blocks:
            for span in block.spans:
                if span.piece is not None and span.piece not in pieces:
                    reason = f"there is no piece {span.piece}"
                    raise ContentInvalid(file=piece.slug + _SUFFIX, line=block.line, reason=reason)
    return tuple(pieces.values())


def slugs() -> frozenset[str]:
    """The library's names, without reading a piece."""
    names = (each.name for each in files("content").joinpath("library").iterdir())
    return frozenset(each.removesuffix(_SUFFIX) for each in names if each.endswith(_SUFFIX))


@cache
def packaged() -> tuple[Piece, ...]:
    """The library that comes with the program, read once. Raises ``ContentInvalid``."""
    folder = files("content").joinpath("library")
    found = [each for each in folder.iterdir() if each.name.endswith(_SUFFIX)]
    return read_library((each.name, each.read_text("utf-8")) for each in found)
