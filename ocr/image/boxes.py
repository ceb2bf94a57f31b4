"""The rectangle around a value on the page as displayed, drawn close to the ink."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Image, Quad
from ocr.engines.rapid import crop
from ocr.image.level import Matrix, apply
from ocr.layout.pieces import Piece
from ocr.model import Box

PAD = 0.08
Mask = NDArray[np.uint8]


class Boxes:
    """Maps pieces to boxes. ``to_image`` leads from layout to ``image``, ``to_page`` from
    ``image`` to the page as displayed, whose (height, width) is ``shape``.
    """

    def __init__(
        self, image: Image, to_image: Matrix, to_page: Matrix, shape: tuple[int, int]
    ) -> None:
        self._image = image
        self._to_image = to_image
        self._to_page = to_page
        self._shape = shape

    def around(self, pieces: list[Piece]) -> Box:
        """The box around a value, close to its ink."""
        corners = [apply(self._to_image, self._tight(_quad(p))) for p in pieces]
        return self._box(np.concatenate(corners))

    def loose(self, pieces: list[Piece]) -> Box:
        """The box around running text, as found."""
        corners = [apply(self._to_image, _quad(p)) for p in pieces]
        return self._box(np.concatenate(corners))

    def _box(self, points: Quad) -> Box:
        page = apply(self._to_page, points)
        height, width = self._shape
        low = np.clip(page.min(axis=0), 0, [width, height])
        high = np.clip(page.max(axis=0), 0, [width, height])
        left, top = int(np.floor(low[0])), int(np.floor(low[1]))
        return left, top, max(left + 1, int(np.ceil(high[0]))), max(top + 1, int(np.ceil(high[1])))

    def _tight(self, quad: Quad) -> Quad:
        """The part of a quad (layout coordinates) that holds ink, with a small margin."""
        strip = crop(self._image, _grown(apply(self._to_image, quad)))
        found = _ink(strip)
        if found is None:
            return quad
        left, top, right, bottom = found
        grown = _grown(quad)
        across, down = grown[1] - grown[0], grown[3] - grown[0]
        at = [(left, top), (right, top), (right, bottom), (left, bottom)]
        return np.array([grown[0] + u * across + v * down for u, v in at])


def _quad(piece: Piece) -> Quad:
    first, last = piece.chars[0].quad, piece.chars[-1].quad
    return np.array([first[0], last[1], last[2], first[3]])


def _grown(quad: Quad) -> Quad:
    """A little wider: character spans come from the recogniser and may cut a stroke."""
    along = quad[1] - quad[0]
    height = float(np.linalg.norm(quad[3] - quad[0]))
    step = along / max(float(np.linalg.norm(along)), 1e-6) * 0.12 * height
    return np.array([quad[0] - step, quad[1] + step, quad[2] + step, quad[3] - step])


def _ink(strip: Image) -> tuple[float, float, float, float] | None:
    """Ink bounds of a strip as fractions of it; None where they cannot be told."""
    grey = cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY)
    height, width = grey.shape
    if height < 8 or width < 6:
        return None
    smooth = cv2.GaussianBlur(grey, (0, 0), max(0.6, height / 40))
    _, dark = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    if (dark > 0).mean() > 0.6:
        return None
    dark = _without_rules(np.asarray(dark, dtype=np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark)
    boxes = [
        stats[i]
        for i in range(1, count)
        if stats[i][4] >= max(4, 0.005 * height * height)
        and not (stats[i][2] > 0.6 * width and stats[i][3] < 0.2 * height and width > 0.8 * height)
        and not (stats[i][3] > 0.9 * height and stats[i][2] < 0.15 * height)
    ]
    whole = [b for b in boxes if not _cut_off(b, width, height)]
    boxes = whole or boxes
    if not boxes:
        return None
    left = min(b[0] for b in boxes)
    right = max(b[0] + b[2] for b in boxes)
    top = min(b[1] for b in boxes)
    bottom = max(b[1] + b[3] for b in boxes)
    pad = PAD * (bottom - top)
    return (
        max(0.0, (left - pad) / width),
        max(0.0, (top - pad) / height),
        min(1.0, (right + pad) / width),
        min(1.0, (bottom + pad) / height),
    )


def _without_rules(dark: Mask) -> Mask:
    """The strip without the table's rules, which may lie a little askew."""
    height, width = dark.shape
    kept = dark.copy()
    for kernel, grow in (
        ((max(6, round(0.8 * height)), 1), (1, 3)),
        ((1, max(6, round(0.85 * height))), (3, 1)),
    ):
        if kernel[0] > width:
            continue
        rules = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(kernel[::-1], np.uint8))
        kept[cv2.dilate(rules, np.ones(grow[::-1], np.uint8)) > 0] = 0
    return kept


def _cut_off(box: object, width: int, height: int) -> bool:
    """A stroke at the strip's end that belongs to a neighbour (an arrow, a border)."""
    left, _, wide, _, _ = (int(v) for v in box)  # type: ignore[attr-defined]
    reach = 0.17 * height
    middle = left + wide / 2
    at_end = (left <= 1 and middle < reach) or (left + wide >= width - 1 and middle > width - reach)
    return at_end and wide < 0.3 * height
