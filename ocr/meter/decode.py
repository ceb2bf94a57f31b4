"""A laid row as a number: each segment measured against the display's own contrast."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.meter.rows import HEIGHT, Row, Span
from ocr.meter.strokes import Plane

DIGITS = {
    "abcdef": "0", "bc": "1", "abdeg": "2", "abcdg": "3", "bcfg": "4", "acdfg": "5",
    "acdefg": "6", "cdefg": "6", "abc": "7", "abcf": "7", "abcdefg": "8", "abcdfg": "9",
    "abcfg": "9",
}  # fmt: skip
"""Lit segments, in the usual letters; 6 and 9 with and without their tail, 7 with a hook."""

_GROUND = (0.35, 1.5)  # of a digit's height: how far the display's own light is looked for
_WHITE = 250.0
_ONE = 0.55  # of a digit's width: what is narrower is a 1, which stands at the right of its place
_USUAL_WIDTH = 0.52 * HEIGHT


@dataclass(frozen=True, slots=True)
class Levels:
    """Shares of contrast: lit from ``on``, not lit up to ``off``."""

    on: float
    off: float


@dataclass(frozen=True, slots=True)
class Number:
    """``text`` with ? for a figure that is no digit; ``doubt``: what is not clear, or nothing."""

    text: str
    confidence: float
    doubt: str
    row: Row


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a digit's seven segments lie."""

    left: float
    top: float
    right: float
    bottom: float


def read_row(row: Row, levels: Levels) -> Number | None:
    """None where the row cannot be a number."""
    wide = [each for each in row.spans if each.width > 0.3 * HEIGHT]
    width = float(np.median([each.width for each in wide])) if wide else _USUAL_WIDTH
    if not all(_fits(each, width) for each in row.spans):
        return None
    places = _places(row, width)
    thick = _thickness(row)
    shares = _contrast(row, places, thick)
    if shares is None:
        return None
    open_ground = np.where(_near(row), 0, row.bright)
    measured = [_digit(shares, open_ground, each, thick, levels) for each in places]
    points, clock, smudge = _points(row, shares, places, thick, levels)
    if clock:
        return None
    text = "".join(
        digit + ("." if index in points else "") for index, (digit, _) in enumerate(measured)
    )
    beside = _stroke_beside(shares, places, thick, levels)
    confidence = min(score for _, score in measured)
    doubts = {"figure": "?" in text, "point": smudge, "beside": beside}
    return Number(text, confidence, " ".join(name for name, is_so in doubts.items() if is_so), row)


def _fits(span: Span, width: float) -> bool:
    return span.width <= _ONE * width or 0.8 * width <= span.width <= 1.25 * width


def _places(row: Row, width: float) -> list[_Place]:
    full = [each for each in row.spans if each.width > _ONE * width] or list(row.spans)
    top, bottom = (
        float(np.median([getattr(each, side) for each in full])) for side in ("top", "bottom")
    )
    found = []
    for span in row.spans:
        own = abs(span.top - top) < 0.07 * HEIGHT and abs(span.bottom - bottom) < 0.07 * HEIGHT
        one = span.width <= _ONE * width
        found.append(
            _Place(
                span.right - width if one else span.left,
                span.top if own and not one else top,
                span.right,
                span.bottom if own and not one else bottom,
            )
        )
    return found


def _thickness(row: Row) -> float:
    inside = cv2.distanceTransform(_own(row), cv2.DIST_L2, 3)
    return max(4.0, 2.2 * float(np.percentile(inside[inside > 0], 90)))


def _own(row: Row) -> NDArray[np.uint8]:
    """The mask of the row's own figures."""
    only = np.zeros_like(row.mask)
    for span in row.spans:
        area = np.s_[int(span.top) : int(span.bottom) + 1, int(span.left) : int(span.right) + 1]
        only[area] = row.mask[area]
    return only


def _ground(ink: Plane, back: NDArray[np.bool_]) -> Plane:
    """The display without its ink: what lies around, nearer parts counting more."""
    weight = back.astype(np.float32)
    near, far = (
        (cv2.blur(ink * weight, (side, side)), cv2.blur(weight, (side, side)))
        for side in (round(share * HEIGHT) for share in _GROUND)
    )
    total = near[1] + 0.05 * far[1]
    return np.asarray((near[0] + 0.05 * far[0]) / np.maximum(total, 1e-6), dtype=np.float32)


def _near(row: Row) -> NDArray[np.bool_]:
    """Ink and its soft edge."""
    return cv2.dilate(row.mask, np.ones((5, 5), np.uint8)) > 0


def _contrast(row: Row, places: list[_Place], thick: float) -> Plane | None:
    """Ink as a share: 0 as the display beside the digits, 1 as what is lit on it."""
    own = _own(row) > 0
    near = _near(row)
    shares = np.zeros_like(row.ink)
    edge = int(0.12 * HEIGHT)
    top = max(0, int(min(each.top for each in places)) - edge)
    bottom = int(max(each.bottom for each in places)) + edge
    field = np.zeros_like(near)
    field[top:bottom] = True
    back = field & ~near
    if back.sum() < 50 or own.sum() < 50:
        return None
    ground = _ground(row.ink, back)
    core = cv2.erode(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    lit = float(np.percentile((row.ink - ground)[core if core.sum() > 30 else own], 70))
    if lit < 8:
        return None
    shares[:] = (row.ink - ground) / lit
    return shares


def _digit(
    shares: Plane, bright: Plane, place: _Place, thick: float, levels: Levels
) -> tuple[str, float]:
    measured = {name: _mean(shares, box) for name, box in _segments(place, thick).items()}
    holes = [_mean(shares, box, (0.0,)) for box in _holes(place, thick)]
    lit = "".join(sorted(name for name, level in measured.items() if level >= levels.on))
    middle = (levels.on + levels.off) / 2
    score = min(abs(level - middle) for level in measured.values()) / (1 - middle)
    clear = all(level >= levels.on or level <= levels.off for level in measured.values())
    if not clear or max(holes) > levels.off or _glare(bright, place, thick):
        return DIGITS.get(lit, "?"), 0.0
    return DIGITS.get(lit, "?"), min(1.0, 1.4 * score)


def _segments(place: _Place, thick: float) -> dict[str, tuple[float, float, float, float]]:
    """Centre, half length along x and y of each segment's inner part."""
    left, right = place.left + thick / 2, place.right - thick / 2
    top, bottom = place.top + thick / 2, place.bottom - thick / 2
    x, y = (left + right) / 2, (top + bottom) / 2
    along_x, along_y, across = (right - left) * 0.22, (bottom - top) * 0.11, thick * 0.22
    return {
        "a": (x, top, along_x, across),
        "g": (x, y, along_x, across),
        "d": (x, bottom, along_x, across),
        "f": (left, (top + y) / 2, across, along_y),
        "b": (right, (top + y) / 2, across, along_y),
        "e": (left, (bottom + y) / 2, across, along_y),
        "c": (right, (bottom + y) / 2, across, along_y),
    }


def _holes(place: _Place, thick: float) -> list[tuple[float, float, float, float]]:
    x, y = (place.left + place.right) / 2, (place.top + place.bottom) / 2
    quarter = (place.bottom - place.top - thick) / 4
    half = max(1.0, (place.right - place.left - 2 * thick) * 0.2)
    return [(x, y - quarter, half, half), (x, y + quarter, half, half)]


def _mean(
    plane: Plane,
    box: tuple[float, float, float, float],
    shifts: tuple[float, ...] = (-0.5, 0.0, 0.5),
) -> float:
    """The strongest mean of a box shifted a little across its thin side."""
    x, y, half_x, half_y = box
    thin_x = half_x < half_y
    found = []
    for shift in shifts:
        dx, dy = (shift * half_x, 0.0) if thin_x else (0.0, shift * half_y)
        part = plane[
            max(0, round(y + dy - half_y)) : round(y + dy + half_y) + 1,
            max(0, round(x + dx - half_x)) : round(x + dx + half_x) + 1,
        ]
        found.append(float(part.mean()) if part.size else 0.0)
    return max(found)


def _glare(bright: Plane, place: _Place, thick: float) -> bool:
    """A white spot over part of a digit can hide a segment."""
    part = bright[
        max(0, int(place.top)) : int(place.bottom) + 1,
        max(0, int(place.left)) : int(place.right) + 1,
    ]
    seen = part[part > 0]
    if seen.size < 10:
        return False
    white = seen >= _WHITE
    return bool(white.mean() > 0.04 and float(np.percentile(seen, 30)) < _WHITE - 12)


def _points(
    row: Row, shares: Plane, places: list[_Place], thick: float, levels: Levels
) -> tuple[set[int], bool, bool]:
    """After which digits a decimal point stands; whether it is a clock; whether one is unclear."""
    found: set[int] = set()
    clock = smudge = False
    for index, (before, after) in enumerate(pairwise(places)):
        end = after.left
        dots = [
            each
            for each in row.dots
            if before.right - 0.3 * thick <= (each.left + each.right) / 2 <= end + 0.3 * thick
            and 0.35 * thick <= each.bottom - each.top <= 2.0 * thick
        ]
        low = [each for each in dots if abs(each.bottom - before.bottom) < 0.75 * thick]
        clock |= any(before.top < each.top and each.bottom < before.bottom - thick for each in dots)
        seen = _speck(shares, before, end, thick)
        if low and seen > levels.on:
            found.add(index)
        elif seen > levels.off:
            smudge = True
    return found, clock, smudge


def _speck(shares: Plane, before: _Place, end: float, thick: float) -> float:
    """The strongest square of ink between two digits at their feet."""
    side = max(2, round(0.6 * thick))
    left, right = round(before.right + 0.25 * thick), round(end - 0.25 * thick)
    top, bottom = round(before.bottom - 1.1 * thick), round(before.bottom + 0.1 * thick)
    part = shares[top:bottom, left:right]
    if part.shape[0] < side or part.shape[1] < side:
        return 0.0
    return float(cv2.blur(part, (side, side)).max())


def _stroke_beside(shares: Plane, places: list[_Place], thick: float, levels: Levels) -> bool:
    """Whether something as tall as a digit stands where one more digit would: a lost figure."""
    width = places[0].right - places[0].left
    top, bottom = places[0].top, places[0].bottom
    reach = 1.15 * width
    sides = [
        (places[0].left - reach, places[0].left - 0.6 * thick),
        (places[-1].right + 0.6 * thick, places[-1].right + reach),
    ]
    return any(
        _upright(shares, (round(left), round(top), round(right), round(bottom)), thick, levels)
        for left, right in sides
    )


def _upright(shares: Plane, box: tuple[int, int, int, int], thick: float, levels: Levels) -> bool:
    """A thin upright stroke that ends where the box ends; the edge of a display goes on."""
    left, top, right, bottom = max(0, box[0]), box[1], max(0, box[2]), box[3]
    if right - left < 3:
        return False
    middle, edge, out = (top + bottom) // 2, round(0.1 * HEIGHT), round(0.2 * HEIGHT)
    side = max(1, round(0.5 * thick))

    def columns(start: int, end: int) -> NDArray[np.float32]:
        mean = shares[max(0, start) : max(0, end), left:right].mean(axis=0)[None, :]
        return np.asarray(cv2.blur(mean.astype(np.float32), (side, 1))[0])

    body = np.minimum(
        columns(top + edge, middle - edge // 2), columns(middle + edge // 2, bottom - edge)
    )
    beyond = np.maximum(columns(top - out, top - edge), columns(bottom + edge, bottom + out))
    wide = max(1, round(0.4 * HEIGHT))
    beyond = cv2.dilate(beyond[None, :], np.ones((1, wide), np.uint8))[0]
    lit = (body > levels.off) & (beyond < 0.5 * body)
    runs = np.diff(np.flatnonzero(np.diff(np.concatenate([[0], lit, [0]]))))[::2]
    return bool(((runs >= 0.3 * thick) & (runs <= 2.5 * thick)).any())
