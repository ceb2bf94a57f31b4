"""Print and lit words of a device, read by the engine of reports."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np

from ocr.engines.base import Engine, Image
from ocr.meter.find import Found
from ocr.meter.table import KINDS

_LEAST_SCORE = 0.5


@dataclass(frozen=True, slots=True)
class Word:
    """Folded text (capitals, no spaces, points or brackets) and the middle of its place."""

    text: str
    x: float
    y: float
    height: float


def words_in(image: Image, engine: Engine) -> list[Word]:
    """Every run of text; runs of several words are also given apart."""
    found = []
    for token in engine.read(image):
        if token.score < _LEAST_SCORE:
            continue
        x, y = token.quad.mean(axis=0)
        height = float(token.quad[:, 1].max() - token.quad[:, 1].min())
        parts = () if fold(token.text) in _names() else token.text.split()
        for text in {token.text, *parts}:
            found.append(Word(fold(text), float(x), float(y), height))
    return found


def words_beside(image: Image, number: Found, engine: Engine) -> list[Word]:
    """Small print right of a number and under it, which large digits outshine: looked at alone.

    Places are those of the strips; what counts is that the words are there.
    """
    left, top, right, bottom = number.box
    high = number.height
    strips = (
        (right + 0.03 * high, top - 0.1 * high, right + 1.4 * high, bottom + 0.2 * high),
        (left, bottom + 0.05 * high, right + 1.2 * high, bottom + 0.7 * high),
    )
    return [word for strip in strips for word in words_in(_cut(image, strip), engine)]


def _cut(image: Image, box: tuple[float, float, float, float]) -> Image:
    height, width = image.shape[:2]
    left, top = max(0, round(box[0])), max(0, round(box[1]))
    right, bottom = min(width, round(box[2])), min(height, round(box[3]))
    part = image[top : max(top + 8, bottom), left : max(left + 8, right)]
    edge = max(8, part.shape[0] // 3)
    return np.asarray(
        cv2.copyMakeBorder(part, edge, edge, edge, edge, cv2.BORDER_REPLICATE), dtype=np.uint8
    )


@cache
def _names() -> frozenset[str]:
    """Words that name a device as a whole: their parts are no labels."""
    return frozenset(word for kind in KINDS.values() for word in kind["words"])


def fold(text: str) -> str:
    """As labels of ``data/meter.toml`` are written."""
    return re.sub(r"[\s.:：,，()（）\[\]_-]", "", text).upper()


def kinds_of(words: list[Word]) -> set[str]:
    """The kinds of device whose words were seen."""
    texts = {word.text for word in words}
    return {name for name, kind in KINDS.items() if texts & set(kind["words"])}


def units_of(words: list[Word], component: dict[str, Any]) -> set[str]:
    """The units (UCUM) of a component that were seen."""
    texts = {word.text for word in words}
    return {unit for unit, written in component["units"].items() if texts & set(written)}


def labels_of(words: list[Word], component: dict[str, Any]) -> list[Word]:
    """Where a component's name stands."""
    return [word for word in words if word.text in component["labels"]]
