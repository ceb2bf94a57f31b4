"""One file in, one ``ParsedReport`` out: the only place that knows every step."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ocr import engines
from ocr.image import load
from ocr.model import ParsedReport
from ocr.page import PageText, read_page
from ocr.report import report_of

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How to read: engine, threads, and whom the step reports go to."""

    engine: str = "rapidocr"
    threads: int = 1
    progress: Progress | None = None


def read_report(path: str | Path, options: Options | None = None) -> ParsedReport:
    """Reads a file; raises a subclass of ``OcrError`` that says why it cannot."""
    return _read(list_pages(load.load(Path(path)), options or Options()), options or Options())


def read_bytes(data: bytes, name: str = "", options: Options | None = None) -> ParsedReport:
    """As ``read_report``, from bytes; ``name`` gives the extension that must agree."""
    return _read(
        list_pages(load.load_bytes(data, name), options or Options()), options or Options()
    )


def read_files(files: Sequence[tuple[bytes, str]], options: Options | None = None) -> ParsedReport:
    """As ``read_bytes``, from several files (bytes, name) that are pages of one report, in order.

    Pages are numbered through, so that a table may go on from one photo to the next.
    """
    every = itertools.chain.from_iterable(load.load_bytes(data, name) for data, name in files)
    numbered = (replace(page, number=number) for number, page in enumerate(every, start=1))
    return _read(list_pages(numbered, options or Options()), options or Options())


def list_pages(pages: Iterator[load.Page], options: Options) -> list[PageText]:
    """All pages of a file as placed text; pixels are let go page by page."""
    engine = engines.get(options.engine, options.threads)
    read: list[PageText] = []
    for page in pages:
        read.append(read_page(page, engine, options.progress))
    return read


def _read(pages: list[PageText], options: Options) -> ParsedReport:
    report = report_of(pages, options.engine)
    if options.progress is not None:
        options.progress("understood", len(pages))
    return report
