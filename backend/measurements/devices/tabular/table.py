"""Bytes to rows: encoding, delimiter, header row."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from backend.measurements.devices.errors import ColumnsUnknown, FileEncodingUnknown, FileMalformed
from backend.measurements.devices.tabular.columns import Columns, recognise

DELIMITERS = ",;\t|"
HEADER_ROWS = 20
"""How far down the header may stand, under a title and the patient's name."""
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` below the header, each with its row number in the file, from 1."""

    columns: Columns
    rows: Iterator[tuple[int, list[str]]]
    delimiter: str


def decode_text(content: bytes, *, whole: bool) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, else GB18030.

    ``whole`` False: the content may be cut within a character.
    Raises ``FileEncodingUnknown``.
    """
    marked = next((name for bom, name in _BOMS.items() if content.startswith(bom)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(content, final=whole)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileEncodingUnknown()


def read_table(text: str) -> Table:
    """Raises ``ColumnsUnknown`` where no row in the first 20 names a time and a measurement."""
    for delimiter in DELIMITERS:
        rows = enumerate(_rows(text, delimiter), start=1)
        for _, row in islice(rows, HEADER_ROWS):
            if (columns := recognise(row)) is not None:
                return Table(columns, rows, delimiter)
    raise ColumnsUnknown()


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error:
        raise FileMalformed(format="CSV") from None
