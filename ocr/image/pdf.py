"""PDF pages at 200 dpi; a real text layer is read, not recognised."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ocr.engines.base import Glyph, Image, Token
from ocr.errors import (
    FileCorrupt,
    PdfEncrypted,
    PictureTooSmall,
    TooManyPages,
    TooManyPixels,
)
from ocr.image.limits import MAX_PAGES, MAX_PIXELS, MIN_SIDE, PDF_DPI

SCALE = PDF_DPI / 72
MIN_CHARS = 20
SCAN_SHARE = 0.7


def pages(data: bytes) -> Iterator[tuple[Image, tuple[Token, ...] | None]]:
    """Rendered pages, with tokens where the page carries its own text."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise PdfEncrypted() from error
        raise FileCorrupt() from error
    try:
        count = len(document)
        if count == 0:
            raise FileCorrupt()
        if count > MAX_PAGES:
            raise TooManyPages(pages=count, limit=MAX_PAGES)
        for index in range(count):
            yield _page(document, index)
    finally:
        document.close()


def _page(document: Any, index: int) -> tuple[Image, tuple[Token, ...] | None]:
    try:
        page = document[index]
    except pdfium.PdfiumError as error:
        raise FileCorrupt() from error
    try:
        width, height = page.get_size()
        if width * SCALE * height * SCALE > MAX_PIXELS:
            raise TooManyPixels(limit_mp=MAX_PIXELS // 1_000_000)
        if min(width, height) * SCALE < MIN_SIDE:
            raise PictureTooSmall()
        bitmap = page.render(scale=SCALE, rev_byteorder=False, prefer_bgrx=False)
        image = np.ascontiguousarray(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
        return image, _tokens(page, height)
    except pdfium.PdfiumError as error:
        raise FileCorrupt() from error
    finally:
        page.close()


def _tokens(page: Any, height: float) -> tuple[Token, ...] | None:
    """The text layer as tokens; None where there is none, or only one laid under a scan."""
    if page.get_rotation() != 0 or _is_scan(page):
        return None
    text = page.get_textpage()
    try:
        chars = _chars(text, height)
    finally:
        text.close()
    solid = [c for c, *_ in chars if not c.isspace()]
    if len(solid) < MIN_CHARS or _garbage(solid):
        return None
    return tuple(_run(run) for run in _runs(chars))


def _is_scan(page: Any) -> bool:
    width, height = page.get_size()
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = thing.get_bounds()
        if (right - left) * (top - bottom) > SCAN_SHARE * width * height:
            return True
    return False


Placed = tuple[str, float, float, float, float]


def _chars(text: Any, height: float) -> list[Placed]:
    """Characters with left, top, right, bottom in pixels at 200 dpi."""
    found: list[Placed] = []
    for index in range(text.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(text, index))
        if char in "\r\n\x00\ufffe\x02":
            continue
        box = raw.FS_RECTF()
        if not raw.FPDFText_GetLooseCharBox(text, index, ctypes.byref(box)):
            continue
        found.append(
            (
                unicodedata.normalize("NFC", char),
                box.left * SCALE,
                (height - box.top) * SCALE,
                box.right * SCALE,
                (height - box.bottom) * SCALE,
            )
        )
    return found


def _garbage(chars: list[str]) -> bool:
    """Whether the layer is unreadable (fonts without a Unicode table)."""
    odd = sum(unicodedata.category(c) in {"Co", "Cn", "Cc"} or c == "\ufffd" for c in chars)
    return odd > 0.1 * len(chars)


def _runs(chars: list[Placed]) -> list[list[Placed]]:
    runs: list[list[Placed]] = []
    for char in chars:
        last = runs[-1][-1] if runs else None
        if last is not None and _continues(last, char):
            runs[-1].append(char)
        elif not char[0].isspace():
            runs.append([char])
    for run in runs:
        while run and run[-1][0].isspace():
            run.pop()
    return [run for run in runs if run]


def _continues(last: Placed, char: Placed) -> bool:
    size = max(last[4] - last[2], 1.0)
    level = abs((last[2] + last[4]) - (char[2] + char[4])) / 2 < 0.5 * size
    gap = char[1] - last[3]
    if char[0].isspace():
        return level and gap < 0.4 * size and char[3] - char[1] < 1.2 * size
    return level and -0.6 * size < gap < (0.2 if last[0].isspace() else 0.6) * size


def _run(run: list[Placed]) -> Token:
    left, right = run[0][1], max(run[-1][3], run[0][1] + 1)
    top, bottom = min(c[2] for c in run), max(c[4] for c in run)
    width = right - left
    glyphs = tuple(
        Glyph(
            c, 1.0, min(1.0, max(0.0, (x0 - left) / width)), min(1.0, max(0.0, (x1 - left) / width))
        )
        for c, x0, _, x1, _ in run
    )
    quad = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    return Token("".join(c[0] for c in run), 1.0, quad, glyphs)
