"""What an uploaded file is, looked at before anything of it is stored; pages as pictures.

Runs in the sandbox: a file that breaks a decoder breaks a process that holds nothing.
"""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from backend.reports import scrub
from backend.reports.inspected import Box, Inspected, SeenPage
from backend.reports.same_page import perceptual_hash
from ocr.errors import FileCorrupt, OcrError
from ocr.image import load, sniff

_ORIENTATION = 0x0112
_RED = (0, 0, 220)
_LEAST_HEIGHT = 16
_BEFORE, _AFTER = 18, 14  # of the rectangle's height: name, unit and range stand beside a value

Pixels = NDArray[np.uint8]


def inspect(data: bytes, name: str) -> Inspected:
    """Raises the errors of ``ocr.image``: what cannot be read later is refused now."""
    kind = sniff.kind_of(data, name)
    try:
        pages = tuple(_seen(page) for page in load.load_bytes(data, name))
        return Inspected(kind, without_traces(data, kind), pages)
    except (OcrError, MemoryError):
        raise
    except Exception as error:  # decoders fail in ways that nobody lists
        raise FileCorrupt() from error


def without_traces(data: bytes, kind: str) -> bytes:
    """The same pixels without EXIF, XMP, comments and what a phone appended."""
    if kind == "pdf":
        return scrub.in_place(data, [])
    if kind == "heic":
        return scrub.in_place(data, _heic_blocks(data))
    with Pillow.open(io.BytesIO(data)) as opened:
        orientation = int(opened.getexif().get(_ORIENTATION, 1))
    orientation = orientation if 1 <= orientation <= 8 else 1
    return scrub.jpeg(data, orientation) if kind == "jpeg" else scrub.png(data, orientation)


def page_png(data: bytes, number: int, mark: Box | None) -> bytes:
    """A page of the file (from 1) as PNG, with the rectangle drawn where one is given."""
    image = _page(data, number)
    if mark is not None:
        image = _marked(image, mark)
    return _png(image)


def crop_png(data: bytes, number: int, box: Box) -> bytes:
    """The rectangle and a margin around it, with the rectangle drawn."""
    image = _marked(_page(data, number), box)
    left, top, right, bottom = _inside(box, image)
    high = max(_LEAST_HEIGHT, bottom - top)
    height, width = image.shape[:2]
    part = image[
        max(0, top - 2 * high) : min(height, bottom + 2 * high),
        max(0, left - _BEFORE * high) : min(width, right + _AFTER * high),
    ]
    return _png(np.ascontiguousarray(part))


def _seen(page: load.Page) -> SeenPage:
    height, width = page.image.shape[:2]
    return SeenPage(width, height, perceptual_hash(page.image))


def _heic_blocks(data: bytes) -> list[bytes]:
    import pillow_heif

    found: list[bytes] = []
    for image in pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True):
        info: dict[str, Any] = dict(image.info)
        blocks = [info.get("exif"), info.get("xmp")]
        blocks += [each.get("data") for each in info.get("metadata") or ()]
        found.extend(bytes(block) for block in blocks if block)
    return found


def _page(data: bytes, number: int) -> Pixels:
    for page in load.load_bytes(data):
        if page.number == number:
            return page.image
    raise IndexError(number)


def _marked(image: Pixels, box: Box) -> Pixels:
    left, top, right, bottom = _inside(box, image)
    thick = max(2, round((bottom - top) / 14))
    drawn = image.copy()
    cv2.rectangle(drawn, (left - thick, top - thick), (right + thick, bottom + thick), _RED, thick)
    return drawn


def _inside(box: Box, image: Pixels) -> Box:
    height, width = image.shape[:2]
    left, top = min(max(0, box[0]), width - 1), min(max(0, box[1]), height - 1)
    return left, top, min(max(left + 1, box[2]), width), min(max(top + 1, box[3]), height)


def _png(image: Pixels) -> bytes:
    done, encoded = cv2.imencode(".png", image)
    if not done:
        raise ValueError("the picture cannot be encoded")
    return bytes(encoded.tobytes())
