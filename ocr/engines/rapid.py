"""RapidOCR: PP-OCR v6 through onnxruntime, models from the wheel.

The library's own three steps are used one by one. Its recogniser pads every crop to
320 px and turns narrow crops on their side, which costs time on table cells and turns
a lone ↑ into →; here crops keep their direction and are batched by width.
"""

from __future__ import annotations

import math
from importlib.metadata import version
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Image, Quad, Token
from ocr.engines.ctc import decode
from ocr.errors import EngineMissing

HEIGHT = 48
MIN_WIDTH = 64
MAX_WIDTH = 3200
BATCH_WIDTH = 2400
MIN_SCORE = 0.3


class RapidEngine:
    """Detection, direction and recognition by PP-OCR."""

    name = "rapidocr"

    def __init__(self, threads: int = 1) -> None:
        try:
            from rapidocr import RapidOCR
        except ImportError as error:
            raise EngineMissing(engine=self.name, hint="pip install rapidocr") from error
        parts: Any = RapidOCR(
            params={
                "Global.log_level": "critical",
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.limit_type": "max",
                "Det.limit_side_len": 4000,
                "Det.box_thresh": 0.4,
                "Det.unclip_ratio": 1.7,
            }
        )
        self._detector = parts._load_det_model()
        self._recogniser = parts._load_rec_model()
        self._classifier = parts._load_cls_model()
        self._alphabet: list[str] = list(self._recogniser.postprocess_op.character)

    def find(self, image: Image) -> list[Quad]:
        found = self._detector(image)
        if found.boxes is None:
            return []
        return [np.asarray(box, dtype=np.float64) for box in found.boxes]

    def upside_down(self, image: Image, quads: list[Quad]) -> float:
        crops = [crop(image, quad) for quad in quads]
        if not crops:
            return 0.0
        result = self._classifier(crops).cls_res
        turned = sum(score for label, score in result if "180" in label)
        return float(turned / max(sum(score for _, score in result), 1e-6))

    def read(self, image: Image) -> list[Token]:
        return self.read_at(image, self.find(image))

    def read_at(self, image: Image, quads: list[Quad]) -> list[Token]:
        """The text inside each quad; quads without text are left out."""
        crops = [_norm(crop(image, quad)) for quad in quads]
        tokens: list[Token] = []
        for group in _batches([c.shape[2] for c in crops]):
            width = max(MIN_WIDTH, max(crops[i].shape[2] for i in group))
            batch = np.zeros((len(group), 3, HEIGHT, width), dtype=np.float32)
            for row, index in enumerate(group):
                batch[row, :, :, : crops[index].shape[2]] = crops[index]
            probabilities = self._recogniser.session(batch)
            for row, index in enumerate(group):
                token = self._token(probabilities[row], crops[index].shape[2] / width, quads[index])
                if token is not None:
                    tokens.append(token)
        return tokens

    def _token(self, probabilities: NDArray[np.float32], used: float, quad: Quad) -> Token | None:
        glyphs = decode(probabilities, self._alphabet, used)
        text = "".join(g.char for g in glyphs)
        if not text.strip():
            return None
        score = float(np.mean([g.score for g in glyphs]))
        if score < MIN_SCORE:
            return None
        return Token(text, score, quad, tuple(glyphs))

    def version(self) -> dict[str, Any]:
        return {
            "engine": self.name,
            "rapidocr": version("rapidocr"),
            "onnxruntime": version("onnxruntime"),
            "models": "PP-OCRv6 small",
        }


def crop(image: Image, quad: Quad) -> Image:
    """The quad straightened into an upright strip."""
    width = max(1, round(_length(quad[0] - quad[1], quad[3] - quad[2])))
    height = max(1, round(_length(quad[0] - quad[3], quad[1] - quad[2])))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    strip = cv2.warpPerspective(
        image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(strip, dtype=np.uint8)


def _length(a: Quad, b: Quad) -> float:
    return max(float(np.linalg.norm(a)), float(np.linalg.norm(b)))


def _norm(strip: Image) -> NDArray[np.float32]:
    height, width = strip.shape[:2]
    scaled = min(MAX_WIDTH, max(8, math.ceil(HEIGHT * width / height)))
    resized = cv2.resize(strip, (scaled, HEIGHT)).astype(np.float32)
    return np.asarray(resized.transpose(2, 0, 1) / 127.5 - 1.0, dtype=np.float32)


def _batches(widths: list[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    for index in sorted(range(len(widths)), key=widths.__getitem__):
        full = groups and (len(groups[-1]) + 1) * widths[index] > BATCH_WIDTH
        if not groups or full or widths[index] > 1.35 * max(MIN_WIDTH, widths[groups[-1][0]]):
            groups.append([])
        groups[-1].append(index)
    return groups
