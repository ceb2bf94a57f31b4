"""Which engines there are. An engine is made once per process and thread count."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ocr.engines.base import Engine
from ocr.errors import EngineUnknown


def _rapidocr(threads: int) -> Engine:
    from ocr.engines.rapid import RapidEngine

    return RapidEngine(threads)


def _tesseract(threads: int) -> Engine:
    from ocr.engines.tesseract import TesseractEngine

    return TesseractEngine(threads)


ENGINES: dict[str, Callable[[int], Engine]] = {"rapidocr": _rapidocr, "tesseract": _tesseract}


@lru_cache(maxsize=4)
def get(name: str, threads: int = 1) -> Engine:
    """The engine called ``name``.

    Raises ``EngineUnknown``, or ``EngineMissing`` where its parts are not installed.
    """
    if name not in ENGINES:
        raise EngineUnknown(engine=name)
    return ENGINES[name](threads)
