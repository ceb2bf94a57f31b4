"""Tesseract (``chi_sim+eng``) through pytesseract: the second engine, slower to be misled
by layout but weaker on photos; its orientation detector is a second opinion."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from typing import Any

import cv2
import numpy as np

from ocr.engines.base import Glyph, Image, Quad, Token
from ocr.errors import EngineMissing

LANGUAGES = "chi_sim+eng"
_HINT = "apt-get install tesseract-ocr tesseract-ocr-chi-sim, pip install pytesseract"


class TesseractEngine:
    """Tesseract's LSTM recogniser over its own layout analysis."""

    name = "tesseract"

    def __init__(self, threads: int = 1) -> None:
        try:
            import pytesseract
        except ImportError as error:
            raise EngineMissing(engine=self.name, hint=_HINT) from error
        if shutil.which("tesseract") is None:
            raise EngineMissing(engine=self.name, hint=_HINT)
        have = set(pytesseract.get_languages())
        if not {"chi_sim", "eng"} <= have:
            raise EngineMissing(engine=self.name, hint=_HINT)
        os.environ.setdefault("OMP_THREAD_LIMIT", str(threads))
        self._tesseract: Any = pytesseract

    def read(self, image: Image) -> list[Token]:
        data = self._data(image)
        lines: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for index, text in enumerate(data["text"]):
            if text.strip() and float(data["conf"][index]) > 20:
                key = tuple(int(data[k][index]) for k in ("block_num", "par_num", "line_num"))
                lines[key].append(index)
        return [t for indices in lines.values() for t in self._runs(data, indices)]

    def _data(self, image: Image) -> dict[str, list[Any]]:
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        found: dict[str, list[Any]] = self._tesseract.image_to_data(
            grey, lang=LANGUAGES, config="--oem 1 --psm 6", output_type="dict"
        )
        return found

    def _runs(self, data: dict[str, list[Any]], indices: list[int]) -> list[Token]:
        """Words of a line, joined where they stand closer than a column gap."""
        runs: list[list[int]] = []
        for index in indices:
            if runs:
                last = runs[-1][-1]
                gap = data["left"][index] - data["left"][last] - data["width"][last]
                if gap < 0.9 * max(data["height"][index], data["height"][last]):
                    runs[-1].append(index)
                    continue
            runs.append([index])
        return [_token(data, run) for run in runs]

    def find(self, image: Image) -> list[Quad]:
        return [token.quad for token in self.read(image)]

    def upside_down(self, image: Image, quads: list[Quad]) -> float:
        try:
            said = self._tesseract.image_to_osd(image, output_type="dict")
        except self._tesseract.TesseractError:
            return 0.0
        return 1.0 if int(said["rotate"]) == 180 and float(said["orientation_conf"]) > 1 else 0.0

    def version(self) -> dict[str, Any]:
        return {
            "engine": self.name,
            "tesseract": str(self._tesseract.get_tesseract_version()),
            "models": LANGUAGES,
        }


def _token(data: dict[str, list[Any]], run: list[int]) -> Token:
    left = min(data["left"][i] for i in run)
    right = max(data["left"][i] + data["width"][i] for i in run)
    top = min(data["top"][i] for i in run)
    bottom = max(data["top"][i] + data["height"][i] for i in run)
    width = max(1, right - left)
    glyphs: list[Glyph] = []
    for place, index in enumerate(run):
        word, start = str(data["text"][index]), (data["left"][index] - left) / width
        step = data["width"][index] / width / max(1, len(word))
        score = float(data["conf"][index]) / 100
        if place and _spaced(data, run[place - 1], index, word):
            glyphs.append(Glyph(" ", score, glyphs[-1].end, start))
        glyphs.extend(
            Glyph(c, score, start + k * step, start + (k + 1) * step) for k, c in enumerate(word)
        )
    quad = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float64)
    text = "".join(g.char for g in glyphs)
    return Token(text, float(np.mean([g.score for g in glyphs])), quad, tuple(glyphs))


def _spaced(data: dict[str, list[Any]], before: int, after: int, word: str) -> bool:
    gap = data["left"][after] - data["left"][before] - data["width"][before]
    han = "一" <= word[0] <= "鿿" or "一" <= str(data["text"][before])[-1] <= "鿿"
    return bool(gap > (0.6 if han else 0.25) * data["height"][after])
