"""CTC decoding that keeps where along the strip each character stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Glyph


def decode(
    probabilities: NDArray[np.float32], alphabet: list[str], used: float = 1.0
) -> list[Glyph]:
    """Greedy decoding of ``probabilities`` (steps x alphabet, index 0 = blank).

    ``used`` is the share of the steps that the strip fills; the rest is padding.
    Spans are fractions of the strip, halfway between neighbouring characters.
    """
    best = probabilities.argmax(axis=1)
    steps = len(best) * used
    runs = _runs(best)
    centres = [min(1.0, (first + last + 1) / 2 / steps) for _, first, last in runs]
    glyphs: list[Glyph] = []
    half = _half_width(centres)
    for place, (index, first, last) in enumerate(runs):
        centre = centres[place]
        start, end = centre - half, centre + half
        if place > 0:
            start = max(start, (centres[place - 1] + centre) / 2)
        if place + 1 < len(runs):
            end = min(end, (centre + centres[place + 1]) / 2)
        score = float(probabilities[first : last + 1, index].max())
        glyphs.append(Glyph(alphabet[index], score, max(0.0, start), min(1.0, end)))
    return glyphs


def _runs(best: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    runs: list[tuple[int, int, int]] = []
    for step, index in enumerate(best.tolist()):
        if index == 0:
            continue
        if runs and runs[-1][0] == index and runs[-1][2] == step - 1:
            runs[-1] = (index, runs[-1][1], step)
        else:
            runs.append((index, step, step))
    return runs


def _half_width(centres: list[float]) -> float:
    if len(centres) < 2:
        return 0.5
    return float(np.median(np.diff(centres))) * 0.6
