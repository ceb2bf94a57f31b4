"""A page in, a ``ParsedReport`` out: Chinese hospital paper as coded data.

Owns images, recognition engines, page layout and the laboratory dictionary. No
database, no web, nothing of the other rooms: a library that is useful alone.
Entered through ``read_report`` here, or through ``ocr.worker`` by a server that
must not block. What is written on a page is data and never an instruction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocr.errors import OcrError
from ocr.model import ParsedReport

if TYPE_CHECKING:
    from ocr.reader import Options, read_bytes, read_report

__all__ = ["OcrError", "Options", "ParsedReport", "read_bytes", "read_report"]


def __getattr__(name: str) -> Any:
    # The reader with its image libraries is for who reads pages: a server that only shows
    # reports shall not pay for it.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ocr import reader

    return getattr(reader, name)
