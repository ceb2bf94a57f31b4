"""Uneven and poor light made even: the paper's own brightness is divided out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Image

DIM = 110.0
UNEVEN = 0.5
PAPER = 235.0


def even(image: Image) -> Image:
    """The picture with level light; as it came where it is light and level enough."""
    paper = _paper(image)
    bright, shade = float(np.percentile(paper, 90)), float(np.percentile(paper, 10))
    if bright >= DIM and shade >= UNEVEN * bright:
        return image
    if bright < 4:
        return image
    floor = max(8.0, 0.25 * bright)
    gain = PAPER / np.maximum(paper, floor)
    height, width = image.shape[:2]
    wide = np.asarray(cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR))
    return np.asarray(np.clip(image * wide[:, :, None], 0, 255), dtype=np.uint8)


def _paper(image: Image) -> NDArray[np.float32]:
    """The paper's brightness on a coarse grid, ink taken out."""
    height, width = image.shape[:2]
    scale = min(1.0, 240 / max(height, width))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    closed = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    return np.asarray(cv2.GaussianBlur(closed, (0, 0), 4), dtype=np.float32)
