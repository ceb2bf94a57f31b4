"""How well a page could be seen: sharpness, glare, darkness, and what to do about it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Image, Quad
from ocr.model import PageQuality

BLURRED = 60.0
GLARING = 0.02
DARK = 70.0
SMALL = 11.0


def quality_of(image: Image, page: int, rotation: int, quads: list[Quad]) -> PageQuality:
    """Measures a page. Advice: ``blurred``, ``glare``, ``dark``, ``too_far``, ``no_text``."""
    height, width = image.shape[:2]
    scale = min(1.0, 1200 / max(height, width))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    sharp = _sharpness(image, quads)
    glare = _glare(grey)
    dark = float(np.percentile(grey, 90))
    advice: list[str] = []
    if not quads:
        advice.append("no_text")
    elif sharp < BLURRED:
        advice.append("blurred")
    if quads and _text_height(quads) < SMALL:
        advice.append("too_far")
    if glare > GLARING:
        advice.append("glare")
    if dark < DARK:
        advice.append("dark")
    return PageQuality(
        page,
        width,
        height,
        round(sharp, 1),
        round(glare, 4),
        round(255 - dark, 1),
        rotation,
        tuple(advice),
    )


def _text_height(quads: list[Quad]) -> float:
    return float(np.median([min(np.ptp(q[:, 0]), np.ptp(q[:, 1])) for q in quads]))


def _sharpness(image: Image, quads: list[Quad]) -> float:
    """Variance of the Laplacian over the text itself, at a common text height."""
    values: list[float] = []
    for quad in quads[:: max(1, len(quads) // 24)]:
        left, top = np.maximum(quad.min(axis=0), 0).astype(int)
        right, bottom = quad.max(axis=0).astype(int)
        part = image[top:bottom, left:right]
        if part.shape[0] < 6 or part.shape[1] < 6:
            continue
        grey = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_BGR2GRAY)
        factor = 32 / grey.shape[0]
        even = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        spread = max(float(even.std()), 1.0)
        values.append(float(cv2.Laplacian(even, cv2.CV_64F).var()) / spread**2 * 1000)
    return float(np.median(values)) if values else 0.0


def _glare(grey: NDArray[np.uint8]) -> float:
    """Share of the page in blown-out patches much brighter than the paper around them."""
    paper = float(np.median(grey))
    if paper > 225:
        return 0.0
    blown = (grey >= 252).astype(np.uint8)
    patches = cv2.morphologyEx(blown, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    return float(np.mean(patches))
