"""Measures the reader on generated papers.

``python -m tests.evals.ocr.measure [--sets lab,foreign,papers,none] [--modes scan,photo]
[--count 20] [--first 0] [--engine rapidocr] [--threads 1] [--bare] [--wrong]`` prints one JSON
object a set and mode. Seconds are processor seconds, so a busy machine does not change them.
Seeds from 2000 on were not used while developing.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from ocr.contract import to_json
from ocr.reader import Options, read_bytes
from tests.evals.ocr import degrade, foreign, lab, papers
from tests.evals.ocr.lab import Truth
from tests.evals.ocr.score import Score

Maker = Callable[[random.Random], tuple[Any, Truth]]
SETS: dict[str, list[Maker]] = {
    "lab": [lab.draw],
    "foreign": [foreign.draw],
    "papers": [papers.checkup, papers.imaging, papers.ecg, papers.prescription, papers.discharge],
    "none": [papers.chat, papers.landscape, papers.blank],
}


def _spent() -> float:
    """Processor seconds of this process and of the ones it ran."""
    return sum(os.times()[:4])


def page(maker: Maker, seed: int, mode: str) -> tuple[bytes, Truth]:
    """One page as a file, and its truth in that file's pixels."""
    rng = random.Random(seed)
    drawn, truth = maker(rng)
    image = drawn if isinstance(drawn, Image.Image) else drawn.image
    if mode == "photo":
        image, matrix = degrade.photo(image, rng)
        for item in truth.items:
            item["box"] = degrade.moved(item["box"], matrix)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92 if mode == "photo" else 85)
    return buffer.getvalue(), truth


def measure(name: str, mode: str, seeds: range, options: Options) -> Score:
    """Reads a set and scores it."""
    score = Score()
    makers = SETS[name]
    for place, seed in enumerate(seeds):
        maker = makers[place % len(makers)]
        data, truth = page(maker, seed, mode)
        start = _spent()
        report = read_bytes(data, "page.jpg", options)
        seconds = _spent() - start
        score.add(truth, to_json(report, "page.jpg"), seconds, f"{maker.__name__}-{mode}-{seed}")
    return score


def bare_seconds(name: str, mode: str, seeds: range, threads: int) -> float:
    """Processor seconds a page of RapidOCR as it comes, at the picture's full size."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": 10000,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    spent = 0.0
    for place, seed in enumerate(seeds):
        data, _ = page(SETS[name][place % len(SETS[name])], seed, mode)
        pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))[:, :, ::-1]
        start = _spent()
        engine(np.ascontiguousarray(pixels))
        spent += _spent() - start
    return spent / len(seeds)


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", default="lab,foreign,papers,none")
    parser.add_argument("--modes", default="scan,photo")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--first", type=int, default=2000)
    parser.add_argument("--engine", default="rapidocr")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--wrong", action="store_true")
    chosen = parser.parse_args(arguments)
    options = Options(chosen.engine, chosen.threads)
    seeds = range(chosen.first, chosen.first + chosen.count)
    for name in chosen.sets.split(","):
        for mode in chosen.modes.split(","):
            score = measure(name, mode, seeds, options)
            row: dict[str, Any] = {
                "set": name,
                "mode": mode,
                "engine": chosen.engine,
                "pages": len(seeds),
            }
            row |= {k: round(v, 4) for k, v in score.table().items() if v is not None}
            if chosen.bare:
                row["bare_seconds"] = round(bare_seconds(name, mode, seeds, chosen.threads), 3)
            print(json.dumps(row, ensure_ascii=False), flush=True)
            if chosen.wrong:
                print("\n".join(score.wrong), file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
