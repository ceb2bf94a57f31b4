"""Perceptual hash of a page: near for copies of one picture, far for other pages.

pHash (Zauner 2010) with 16 x 16 coefficients instead of 8 x 8: pages of one laboratory share
their layout and differ in small print only.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_SIDE = 128
_FREQUENCIES = 16


def perceptual_hash(image: NDArray[np.uint8]) -> str:
    """256 bits as hex, of BGR pixels as displayed."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    waves = cv2.dct(np.asarray(small, dtype=np.float32))[:_FREQUENCIES, :_FREQUENCIES].ravel()
    bits = waves > np.median(waves[1:])
    return np.packbits(bits).tobytes().hex()
