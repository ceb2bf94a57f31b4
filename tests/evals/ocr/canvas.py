"""Drawing with exact truth: every drawn text gives back the box of its ink."""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Box = tuple[int, int, int, int]
FONTS = [
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/arphic/uming.ttc", 0),
]


def fonts_here() -> list[tuple[str, int]]:
    """The Chinese fonts that this machine has."""
    return [f for f in FONTS if Path(f[0]).exists()]


@lru_cache(maxsize=256)
def font(path: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    """A font at a pixel size."""
    return ImageFont.truetype(path, size, index=index)


class Canvas:
    """A white page with one font."""

    def __init__(self, width: int, height: int, rng: random.Random) -> None:
        self.image = Image.new("RGB", (width, height), "white")
        self.draw = ImageDraw.Draw(self.image)
        self.width, self.height = width, height
        self.rng = rng
        self.face = rng.choice(fonts_here())
        self.ink = rng.choice([(0, 0, 0), (20, 20, 30), (45, 45, 45)])

    def text(self, x: float, y: float, text: str, size: int, bold: bool = False) -> Box:
        """Draws text with its top left at (x, y); the box around its ink."""
        face = font(self.face[0], self.face[1], size)
        width = 1 if bold else 0
        self.draw.text(
            (x, y), text, font=face, fill=self.ink, stroke_width=width, stroke_fill=self.ink
        )
        left, top, right, bottom = self.draw.textbbox((x, y), text, font=face, stroke_width=width)
        return int(left), int(top), int(right), int(bottom)

    def length(self, text: str, size: int) -> float:
        """The advance width of text."""
        return float(self.draw.textlength(text, font=font(self.face[0], self.face[1], size)))

    def centred(self, y: float, text: str, size: int, bold: bool = False) -> Box:
        """Draws text in the middle of the page."""
        return self.text((self.width - self.length(text, size)) / 2, y, text, size, bold)

    def line(self, x0: float, y0: float, x1: float, y1: float, width: int = 2) -> None:
        """A rule."""
        self.draw.line((x0, y0, x1, y1), fill=self.ink, width=width)
