"""A file as pages: pixels as displayed, or the text layer of a PDF."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from ocr.engines.base import Image, Token
from ocr.errors import FileCorrupt, PictureTooSmall, TooManyPixels
from ocr.image import pdf, sniff
from ocr.image.limits import MAX_PIXELS, MIN_SIDE

_FORMATS = {"jpeg": ("JPEG",), "png": ("PNG",), "heic": ("HEIF",)}


@dataclass(frozen=True, slots=True)
class Page:
    """One page as displayed: BGR pixels; ``tokens`` where a PDF's own text was read."""

    number: int
    image: Image
    tokens: tuple[Token, ...] | None = None


def load(path: Path) -> Iterator[Page]:
    """The pages of a file, one at a time.

    Raises the errors of ``sniff``, ``FileCorrupt``, ``PictureTooSmall``,
    ``TooManyPixels``, ``TooManyPages`` or ``PdfEncrypted``.
    """
    return load_bytes(sniff.read_bytes(path), path.name)


def load_bytes(data: bytes, name: str = "") -> Iterator[Page]:
    """As ``load``, from bytes; ``name`` gives the extension that must agree."""
    kind = sniff.kind_of(data, name)
    if kind == "pdf":
        for number, (image, tokens) in enumerate(pdf.pages(data), start=1):
            yield Page(number, image, tokens)
        return
    yield Page(1, picture(data, kind))


def picture(data: bytes, kind: str) -> Image:
    """Pixels of an image file after EXIF orientation, BGR."""
    if kind == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            with Pillow.open(io.BytesIO(data), formats=_FORMATS[kind]) as opened:
                check_size(*opened.size)
                upright = ImageOps.exif_transpose(opened)
                return to_bgr(upright)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise FileCorrupt() from error
    except Pillow.DecompressionBombError as error:
        raise TooManyPixels(limit_mp=MAX_PIXELS // 1_000_000) from error


def check_size(width: int, height: int) -> None:
    """Refuses what is too large to open safely or too small to hold text."""
    if width * height > MAX_PIXELS:
        raise TooManyPixels(limit_mp=MAX_PIXELS // 1_000_000)
    if min(width, height) < MIN_SIDE:
        raise PictureTooSmall()


def to_bgr(picture: Pillow.Image) -> Image:
    """Any Pillow mode on white paper, as BGR."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Pillow.new("RGBA", layered.size, (255, 255, 255, 255))
        picture = Pillow.alpha_composite(paper, layered)
    elif picture.mode.startswith("I;16") or picture.mode in {"I", "F"}:
        values = np.asarray(picture, dtype=np.float64)
        top = max(float(values.max()), 1.0)
        picture = Pillow.fromarray((values / (65535 if top > 255 else 255) * 255).astype(np.uint8))
    rgb = np.asarray(picture.convert("RGB"), dtype=np.uint8)
    return np.ascontiguousarray(rgb[:, :, ::-1])
