"""What every decoder of tables does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from backend.core.errors import KangbanError
from backend.measurements.devices import records
from backend.measurements.devices.errors import RecordInvalid
from backend.measurements.devices.outcome import Context, Outcome, Refusal
from backend.measurements.devices.tabular.columns import Columns, plain_name
from backend.measurements.devices.tabular.rows import RowReader
from backend.measurements.devices.tabular.table import decode_text, read_table

TABLE_LIMIT_MB = 32
MOST_LINES = 50
"""A cell of more lines is one whose quotation mark was never closed."""
_EXTENSIONS = frozenset({"", ".csv", ".tsv", ".txt"})


@dataclass(frozen=True, slots=True)
class TableDecoder:
    """Takes tables that have all of ``marks`` among their column names."""

    name: str
    rank: int
    system: str
    marks: frozenset[str] = frozenset()

    def accepts(self, filename: str, head: bytes) -> bool:
        if records.extension(filename) not in _EXTENSIONS:
            return False
        try:
            return self._fits(read_table(decode_text(head, whole=False)).columns)
        except KangbanError:
            return False

    def decode(self, stream: BinaryIO, context: Context) -> Iterator[Outcome]:
        table = read_table(decode_text(records.read_all(stream, TABLE_LIMIT_MB), whole=True))
        reader = RowReader(table.columns, context, self.system)
        for number, row in table.rows:
            if any(cell.strip() for cell in row):
                yield from _readings(reader, number, row)

    def _fits(self, columns: Columns) -> bool:
        return self.marks <= {plain_name(name) for name in columns.names}


def _readings(reader: RowReader, number: int, row: list[str]) -> Iterator[Outcome]:
    try:
        if any(cell.count("\n") > MOST_LINES for cell in row):
            raise RecordInvalid(field="quotation mark")
        drafts = list(reader.read(row))
    except KangbanError as error:
        yield Refusal(error, position=f"row {number}")
    else:
        yield from drafts
