"""All numbers of a picture: looked for in several ways, kept where the ways agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Image
from ocr.meter.decode import Levels, Number, read_row
from ocr.meter.rows import MARGIN, lay, rows_of
from ocr.meter.strokes import Plane, binarise, figures_of, strokes_of
from ocr.meter.table import READING

_LEVELS = Levels(READING["on"], READING["off"])
_WINDOWS = (7, 18)  # parts of the longer side
_LEAST = (9.0, 26.0)  # levels of 255; the lower one also takes the shadow of unlit segments
_JOINS = ((0.45, True), (0.9, False), (0.9, True))  # reach, and whether squares are segments
_TRUSTED = 0.25


@dataclass(frozen=True, slots=True)
class Found:
    """A number in its place: ``quad`` 4x2 in pixels of the picture, ``height`` of a digit."""

    text: str
    confidence: float
    doubt: str
    quad: NDArray[np.float64]
    height: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        (left, top), (right, bottom) = self.quad.min(axis=0), self.quad.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


def numbers_in(image: Image) -> list[Found]:
    """Rows of digits, tallest first; what is doubtful is marked, not left out."""
    every = [_placed(each) for each in _looks(image)]
    return sorted(_agreed(every), key=lambda each: -each.height)


def _looks(image: Image) -> Iterator[Number]:
    side = max(image.shape[:2])
    grey = cv2.GaussianBlur(image, (0, 0), 1.0)
    bright = np.asarray(grey.max(axis=2), np.float32)
    dark = 255 - np.asarray(cv2.cvtColor(grey, cv2.COLOR_BGR2GRAY), np.float32)
    for plane in (dark, bright):
        for part in _WINDOWS:
            for least in _LEAST:
                yield from _look(plane, bright, side // part, least)


def _look(plane: Plane, bright: Plane, window: int, least: float) -> Iterator[Number]:
    mask = binarise(plane, window, least)
    strokes = strokes_of(mask)
    for reach, squares in _JOINS:
        for row in rows_of(figures_of(strokes, reach, squares)):
            if len(row) == 1 and row[0].width < 0.4 * row[0].height:
                continue  # a lone stroke, of which a picture has many
            number = read_row(lay(row, strokes, plane, bright, mask), _LEVELS)
            if number is not None and _half_read(number):
                yield number


def _half_read(number: Number) -> bool:
    digits = [each for each in number.text if each != "."]
    return sum(each != "?" for each in digits) * 2 > len(digits)


def _placed(number: Number) -> Found:
    row = number.row
    left, right = row.spans[0].left, row.spans[-1].right
    top, bottom = MARGIN, row.ink.shape[0] - MARGIN
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)
    quad = corners @ row.back[:2, :2].T + row.back[:2, 2]
    return Found(number.text, number.confidence, number.doubt, quad, row.height)


def _agreed(every: list[Found]) -> list[Found]:
    """One for each place: the surest, in doubt where another sure look says something else."""
    order = sorted(every, key=lambda each: (each.doubt != "", -_digits(each), -each.confidence))
    kept: list[tuple[Found, list[Found]]] = []
    for number in order:
        home = next((others for first, others in kept if _same_place(first, number)), None)
        if home is None:
            kept.append((number, [number]))
        else:
            home.append(number)
    return [_settled(first, others) for first, others in kept]


def _settled(first: Found, others: list[Found]) -> Found:
    against = [
        each.text
        for each in others
        if not each.doubt
        and each.confidence >= _TRUSTED
        and _digits(each) > 1
        and not _part_of(each, first)
    ]
    if first.doubt or not against:
        return first
    doubt = f"also read as {against[0]}"
    return Found(first.text, first.confidence, doubt, first.quad, first.height)


def _part_of(less: Found, whole: Found) -> bool:
    """The same, or a piece of it that another look found alone."""
    if _digits(less) == _digits(whole):
        return less.text == whole.text
    return less.text.strip(".") in whole.text


def _digits(number: Found) -> int:
    return sum(each.isdecimal() for each in number.text)


def _same_place(a: Found, b: Found) -> bool:
    left, top, right, bottom = a.box
    other = b.box
    wide = min(right, other[2]) - max(left, other[0])
    high = min(bottom, other[3]) - max(top, other[1])
    if wide <= 0 or high <= 0:
        return False
    least = min((right - left) * (bottom - top), (other[2] - other[0]) * (other[3] - other[1]))
    return wide * high > 0.4 * least
