"""A hospital's paper on a desk, photographed with a phone: drawn, for there is no real one.

Pixels only; what is read from them is recognition's work. The libraries that draw are loaded
here, late.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from backend.demo.writing import instant_of

if TYPE_CHECKING:
    from PIL.Image import Image

_PAGE = (1480, 900)
_MARGIN = 70
_COLUMNS = (0, 90, 440, 580, 760, 930)
_TIMES = ("collected", "reported")
_HEAD = ("序号", "项目名称", "代号", "结果", "单位", "参考范围")
_LINE = 52
_DESK = (112, 92, 74)
_INK = 25
_CORNERS = ((0.055, 0.07), (0.965, 0.035), (0.945, 0.955), (0.03, 0.93))
"""Where the page's corners lie in the photo, as shares of it: held a little askew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is printed. A row: name, abbreviation, result with its mark, unit, range."""

    title: str
    lines: Sequence[str]
    rows: Sequence[Sequence[str]]
    foot: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPaper:
    """``by`` takes the photo and uploads it ``at``."""

    by: str
    at: datetime
    sheet: Sheet

    @classmethod
    def of(cls, raw: dict[str, Any], anchor: date) -> PlannedPaper:
        times = {name: f"{instant_of(raw[name], anchor):%Y-%m-%d %H:%M}" for name in _TIMES}
        sheet = Sheet(
            title=raw["title"],
            lines=tuple(raw["lines"]),
            rows=tuple(map(tuple, raw["rows"])),
            foot=tuple(line.format(**times) for line in raw["foot"]),
        )
        return cls(by=raw["by"], at=instant_of(raw["at"], anchor), sheet=sheet)


def photographed(sheet: Sheet, seed: int) -> bytes | None:
    """A JPEG as a phone makes it; None where the machine has no Chinese font."""
    from backend.summary.fonts import faces

    found = faces()
    if found is None:
        return None
    photo = _on_a_desk(_printed(sheet, found[0]), seed)
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=82)
    return buffer.getvalue()


def _printed(sheet: Sheet, face: Any) -> Image:
    from PIL import Image, ImageDraw, ImageFont

    def font(size: int) -> Any:
        return ImageFont.truetype(str(face.path), size, index=face.number)

    small, large = font(27), font(42)
    page = Image.new("L", _PAGE, 250)
    draw = ImageDraw.Draw(page)
    width = draw.textlength(sheet.title, font=large)
    draw.text(((_PAGE[0] - width) / 2, 45), sheet.title, font=large, fill=_INK)
    numbered = [(str(number), *row) for number, row in enumerate(sheet.rows, 1)]
    y = 130
    for line in sheet.lines:
        draw.text((_MARGIN, y), line, font=small, fill=_INK)
        y += _LINE
    for row in (_HEAD, *numbered):
        for x, text in zip(_COLUMNS, row, strict=True):
            draw.text((_MARGIN + x, y), text, font=small, fill=_INK)
        y += _LINE
    for rows in (0, len(numbered)):
        _rule(draw, y - rows * _LINE - 8)
    for line in sheet.foot:
        draw.text((_MARGIN, y + 8), line, font=small, fill=_INK)
        y += _LINE
    return page


def _rule(draw: Any, y: float) -> None:
    draw.line([(_MARGIN, y), (_PAGE[0] - _MARGIN, y)], fill=_INK, width=2)


def _on_a_desk(page: Image, seed: int) -> Image:
    """Perspective, uneven light, a soft lens and a little noise."""
    import cv2
    import numpy as np
    from PIL import Image

    width, height = size = (_PAGE[0] + 140, _PAGE[1] + 120)
    corners = [[x * width, y * height] for x, y in _CORNERS]
    flat = [[0, 0], [_PAGE[0], 0], [_PAGE[0], _PAGE[1]], [0, _PAGE[1]]]
    matrix = cv2.getPerspectiveTransform(
        np.array(flat, dtype=np.float32), np.array(corners, dtype=np.float32)
    )
    paper = cv2.warpPerspective(np.asarray(page), matrix, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full(_PAGE[::-1], 255, np.uint8), matrix, size)
    photo = np.where(
        mask[:, :, None] > 127, paper[:, :, None].astype(np.float64), np.array(_DESK, np.float64)
    )
    across = np.linspace(1.0, 0.78, width)[None, :] * np.linspace(0.92, 1.0, height)[:, None]
    photo = photo * across[:, :, None] * np.array([1.0, 0.985, 0.95])
    photo = cv2.GaussianBlur(photo, (0, 0), 0.7)
    noise = np.random.default_rng(seed)
    photo = photo + noise.normal(0, 3.0, photo.shape)
    return Image.fromarray(np.clip(photo, 0, 255).astype(np.uint8))
