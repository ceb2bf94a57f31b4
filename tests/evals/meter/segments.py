"""Seven-segment digits drawn from polygons, with a truth that is exact."""

from __future__ import annotations

import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
LIT = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc",
    "5": "afgcd", "6": "afgedc", "7": "abc", "8": "abcdefg", "9": "abcdfg", "-": "g", "E": "afged",
}  # fmt: skip
_SHIFT = 4


@dataclass(frozen=True, slots=True)
class Style:
    """Shares of a digit's height: stroke, width, gap between segments; slant in x per y."""

    stroke: float
    width: float
    gap: float
    slant: float
    space: float
    pointed: bool
    ghost: float
    tail: bool

    @classmethod
    def drawn(cls, rng: random.Random) -> Style:
        stroke = rng.uniform(0.075, 0.18)
        return cls(
            stroke=stroke,
            width=rng.uniform(0.48, 0.6),
            gap=rng.choice([0.0, rng.uniform(0.01, 0.04)]),
            slant=rng.choice([0.0, 0.0, rng.uniform(0.05, 0.2)]),
            space=max(rng.uniform(0.14, 0.28), 1.1 * stroke),
            pointed=rng.random() < 0.6,
            ghost=rng.choice([0.0, 0.0, rng.uniform(0.03, 0.16)]),
            tail=rng.random() < 0.9,
        )


def width_of(text: str, style: Style, height: float) -> float:
    """Of a number on the display, its decimal point included."""
    digits = sum(each not in ".:" for each in text)
    points = len(text) - digits
    return height * (digits * style.width + (digits - 1 + points * 0.35) * style.space)


def draw(
    ink: Plane, text: str, at: tuple[float, float], height: float, style: Style, blanks: int = 0
) -> tuple[float, float, float, float]:
    """Into ``ink`` (0 nothing, 1 lit), the top right corner at ``at``; the box of what is lit."""
    right, top = at
    left = right - width_of(text, style, height)
    pitch = (style.width + style.space) * height
    for blank in range(1, blanks + 1):
        _digit(ink, "", (left - blank * pitch, top), height, style)
    x = left
    for each in text:
        if each in ".:":
            x -= style.space * height * 0.65
            _points(ink, each, (x, top), height, style)
            x += style.space * height
            continue
        _digit(ink, each, (x, top), height, style)
        x += pitch
    lean = style.slant * height
    return left, top, right + lean, top + height


def _digit(ink: Plane, digit: str, at: tuple[float, float], height: float, style: Style) -> None:
    lit = LIT.get(digit, "")
    if not style.tail:
        lit = {"6": "fgedc", "9": "abcfg"}.get(digit, lit)
    for name, polygon in _polygons(style).items():
        level = 1.0 if name in lit else style.ghost
        if level:
            _fill(ink, polygon, at, height, style, level)


def _points(ink: Plane, sign: str, at: tuple[float, float], height: float, style: Style) -> None:
    side = max(style.stroke, 0.1)
    for y in [1 - side] if sign == "." else [0.25, 0.65]:
        x = style.space * 0.5 - side / 2
        square = np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]])
        _fill(ink, square, at, height, style, 1.0)


def _polygons(style: Style) -> dict[str, NDArray[np.float64]]:
    w, s, g = style.width, style.stroke, style.gap
    h = s / 2
    across = {"a": h, "g": 0.5, "d": 1 - h}
    down = {"f": (h, h, 0.5), "b": (w - h, h, 0.5), "e": (h, 0.5, 1 - h), "c": (w - h, 0.5, 1 - h)}
    shapes = {}
    for name, y in across.items():
        x0, x1 = h + g, w - h - g
        shapes[name] = _bar(x0, x1, y, h, style.pointed)
    for name, (x, y0, y1) in down.items():
        shapes[name] = _bar(y0 + g, y1 - g, x, h, style.pointed)[:, ::-1]
    return shapes


def _bar(
    start: float, end: float, middle: float, half: float, pointed: bool
) -> NDArray[np.float64]:
    if not pointed:
        return np.array(
            [
                [start - half * 0.6, middle - half],
                [end + half * 0.6, middle - half],
                [end + half * 0.6, middle + half],
                [start - half * 0.6, middle + half],
            ]
        )
    return np.array(
        [
            [start, middle],
            [start + half, middle - half],
            [end - half, middle - half],
            [end, middle],
            [end - half, middle + half],
            [start + half, middle + half],
        ]
    )


def _fill(
    ink: Plane,
    polygon: NDArray[np.float64],
    at: tuple[float, float],
    height: float,
    style: Style,
    level: float,
) -> None:
    placed = polygon * height
    placed[:, 0] += at[0] + style.slant * (height - placed[:, 1])
    placed[:, 1] += at[1]
    left, top = (max(0, int(each) - 2) for each in placed.min(axis=0))
    right, bottom = (int(each) + 3 for each in placed.max(axis=0))
    part = ink[top:bottom, left:right]
    layer = np.zeros_like(part)
    points = np.round((placed - [left, top]) * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(layer, [points], level, lineType=cv2.LINE_AA, shift=_SHIFT)
    np.maximum(part, layer, out=part)
