"""An A4 sheet of paper: lines, columns, tables and sparklines, in millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fpdf import FPDF

from backend.summary.fonts import Face
from backend.summary.model import Spark

WIDTH, HEIGHT = 210.0, 297.0
MARGIN = 11.0
_FONT = "chinese"
INK, GREY, RED, GREEN, BROWN = (
    (20, 33, 27),
    (74, 90, 82),
    (163, 20, 15),
    (10, 92, 54),
    (138, 75, 8),
)
LINE = 4.5  # one line of 9 pt text
_DOTS = "…"


class Sheet:
    """One page. What is too long for its place ends in "…"; nothing starts a second page."""

    def __init__(self, faces: tuple[Face, Face], *, at: datetime, title: str) -> None:
        self._pdf = FPDF(format="A4", unit="mm")
        self._pdf.set_auto_page_break(False)
        self._pdf.set_creation_date(at)
        self._pdf.set_title(title)
        for style, face in zip(("", "B"), faces, strict=True):
            self._pdf.add_font(_FONT, style, str(face.path), collection_font_number=face.number)
        self._pdf.add_page()

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        width: float = WIDTH - 2 * MARGIN,
        size: float = 9,
        bold: bool = False,
        right: bool = False,
        colour: tuple[int, int, int] = INK,
    ) -> float:
        """One line with its top at ``y``, cut to ``width``; how wide it came."""
        self._pdf.set_font(_FONT, "B" if bold else "", size)
        self._pdf.set_text_color(*colour)
        shown = self._cut(text, width)
        self._pdf.set_xy(x, y)
        self._pdf.cell(width, size * 0.5, shown, align="R" if right else "L")
        return float(self._pdf.get_string_width(shown))

    def runs(
        self,
        x: float,
        y: float,
        parts: Sequence[tuple[str, bool, tuple[int, int, int]]],
        *,
        width: float,
        size: float = 9,
    ) -> None:
        """Texts one after the other on one line: (text, bold, colour)."""
        left = width
        for text, bold, colour in parts:
            if text and left > size:
                used = self.text(
                    x + width - left, y, text, width=left, size=size, bold=bold, colour=colour
                )
                left -= used + 1.2

    def width_of(self, text: str, *, size: float = 9, bold: bool = False) -> float:
        """How wide a line of it would be."""
        self._pdf.set_font(_FONT, "B" if bold else "", size)
        return float(self._pdf.get_string_width(text)) + 2 * float(self._pdf.c_margin)

    def heading(self, x: float, y: float, text: str, *, width: float) -> float:
        """A section's title with its line; where what follows begins."""
        self.text(x, y, text, width=width, size=10, bold=True, colour=GREEN)
        self.rule(x, y + 5.4, width, GREEN, 0.35)
        return y + 6.4

    def rule(
        self,
        x: float,
        y: float,
        width: float,
        colour: tuple[int, int, int] = (185, 198, 191),
        weight: float = 0.1,
    ) -> None:
        self._pdf.set_draw_color(*colour)
        self._pdf.set_line_width(weight)
        self._pdf.line(x, y, x + width, y)

    def spark(self, spark: Spark | None, x: float, y: float, width: float, height: float) -> None:
        if spark is None:
            return
        self._pdf.set_line_width(0.1)
        if spark.split is not None:
            self._pdf.set_draw_color(*GREY)
            at = x + spark.split * width
            self._pdf.line(at, y - 0.4, at, y + height + 0.4)
        self._pdf.set_line_width(0.25)
        for points, colour in zip(spark.lines, (GREEN, BROWN), strict=False):
            self._pdf.set_draw_color(*colour)
            self._pdf.polyline([(x + px * width, y + (1 - py) * height) for px, py in points])

    def pdf(self) -> bytes:
        return bytes(self._pdf.output())

    def _cut(self, text: str, width: float) -> str:
        measure = self._pdf.get_string_width
        room = width - 2 * self._pdf.c_margin
        text = " ".join(text.split())
        if measure(text) <= room:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if measure(text[:middle] + _DOTS) <= room:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + _DOTS
