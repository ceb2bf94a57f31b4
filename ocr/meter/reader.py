"""A photo in, what the display shows out: the only place that knows every step."""

from __future__ import annotations

import cv2
import numpy as np

from ocr import engines
from ocr.engines.base import Engine, Image
from ocr.errors import FormatUnsupported
from ocr.image import load, sniff
from ocr.meter.assign import Assigned, assign, kind_of, main_numbers
from ocr.meter.errors import (
    MeterBlurred,
    MeterKindUnknown,
    MeterNoDisplay,
    MeterNotRead,
    MeterTooDark,
    MeterUnclear,
    MeterUnitUnseen,
)
from ocr.meter.find import Found, numbers_in
from ocr.meter.model import Box, Meter, Shown
from ocr.meter.table import KINDS, READING
from ocr.meter.words import words_beside, words_in


def read_meter(
    data: bytes,
    name: str = "",
    kind: str | None = None,
    engine: str = "rapidocr",
    threads: int = 1,
) -> Meter:
    """The display on a JPEG, PNG or HEIC photo; ``kind`` (key of ``data/meter.toml``) if known.

    Raises ``MeterNotRead`` where anything is in doubt, and the errors of ``ocr.image``.
    """
    file = sniff.kind_of(data, name)
    if file == "pdf":
        raise FormatUnsupported()
    image = _sized(load.picture(data, file))
    found = numbers_in(image)
    try:
        numbers = main_numbers(found)
    except (MeterNoDisplay, MeterUnclear) as error:
        raise _reason(image, error) from None
    device, shown = _assigned(image, numbers, kind, engines.get(engine, threads))
    order = list(KINDS[device]["components"])
    return Meter(
        device,
        tuple(_shown(each, *shown[each], image) for each in sorted(shown, key=order.index)),
    )


def _assigned(
    image: Image, numbers: list[Found], kind: str | None, engine: Engine
) -> tuple[str, Assigned]:
    words = words_in(image, engine)
    try:
        device = kind_of(words, kind)
        return device, assign(device, numbers, words)
    except (MeterUnitUnseen, MeterKindUnknown):
        words += [word for each in numbers for word in words_beside(image, each, engine)]
        device = kind_of(words, kind)
        return device, assign(device, numbers, words)


def _sized(image: Image) -> Image:
    scale = READING["side"] / max(image.shape[:2])
    if abs(scale - 1) < 0.05 or 1 < scale < 1.5:
        return image
    size = (round(image.shape[1] * min(scale, 2)), round(image.shape[0] * min(scale, 2)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=way), dtype=np.uint8)


def _reason(image: Image, error: MeterNotRead) -> MeterNotRead:
    """What is wrong with the photo itself, where that explains that nothing was read."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    if float(np.percentile(grey, 99)) < READING["dark"]:
        return MeterTooDark()
    if _sharpness(grey) < READING["sharp"]:
        return MeterBlurred()
    return error


def _sharpness(grey: Image) -> float:
    """How steep the steepest edges are, in levels a pixel, as a share of all contrast."""
    smooth = cv2.medianBlur(grey, 5).astype(np.float32)
    steep = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)) / 8
    contrast = float(np.percentile(smooth, 99) - np.percentile(smooth, 1))
    return float(np.percentile(steep, 99.8)) / max(contrast, 1.0)


def _shown(component: str, number: Found, unit: str, image: Image) -> Shown:
    height, width = image.shape[:2]
    left, top, right, bottom = number.box
    box = Box(
        max(0.0, left / width),
        max(0.0, top / height),
        min(1.0, right / width),
        min(1.0, bottom / height),
    )
    return Shown(component, number.text, float(number.text), unit, round(number.confidence, 2), box)
