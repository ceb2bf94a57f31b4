"""Print and lit words of a device, read by the engine of reports."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ocr.engines.base import Engine, Image
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
        for text in {token.text, *token.text.split()}:
            found.append(Word(fold(text), float(x), float(y), height))
    return found


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
