"""Run as a program: reads a made-up export of so many MB and prints what it cost.

Prints the counts of drafts and refusals, the bytes read and the peak memory in MB.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from backend.measurements.devices import Refusal, Skipped, decode_file
from tests.measurements.devices.samples import CONTEXT

SHANGHAI = timezone(timedelta(hours=8))
DEVICE = "&lt;&lt;HKDevice: 0x282a45810&gt;, name:Apple Watch, manufacturer:Apple, model:Watch&gt;"
SHARES = [
    *["ActiveEnergyBurned"] * 6, *["BasalEnergyBurned"] * 4, *["HeartRate"] * 5,
    *["StepCount"] * 3, "BloodPressureSystolic", "BloodPressureDiastolic", "Sleep",
]  # fmt: skip
VALUES = {"BloodPressureSystolic": "138", "BloodPressureDiastolic": "86"}
UNITS = {"HeartRate": "count/min", "StepCount": "count"}


class LongExport(io.RawIOBase):
    """A seekable-to-zero stream of an export that is never in memory as a whole."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.given = 0
        self._pieces = self._write()
        self._rest = b""

    def seek(self, offset: int, whence: int = 0) -> int:
        self.given, self._rest, self._pieces = 0, b"", self._write()
        return 0

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._rest += piece
        chunk, self._rest = self._rest[:size], self._rest[size:]
        self.given += len(chunk)
        return chunk

    def _write(self) -> Iterator[bytes]:
        yield b'<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="zh_CN">\n'
        written, at = 0, datetime(2016, 1, 1, tzinfo=SHANGHAI)
        while written < self._size:
            piece = "".join(
                _record(name, at + timedelta(minutes=n)) for n, name in enumerate(SHARES * 20)
            ).encode()
            at += timedelta(minutes=len(SHARES) * 20)
            written += len(piece)
            yield piece
        yield b"</HealthData>\n"


def _record(name: str, at: datetime) -> str:
    if name.startswith("BloodPressure"):
        at = at.replace(minute=0)
    start = _written(at)
    if name == "Sleep":
        kind = "HKCategoryTypeIdentifierSleepAnalysis"
        value, unit = "HKCategoryValueSleepAnalysisAsleepCore", ""
    else:
        kind, value = f"HKQuantityTypeIdentifier{name}", VALUES.get(name, str(60 + at.minute))
        unit = f'unit="{UNITS.get(name, "mmHg")}"'
    end = _written(at + timedelta(minutes=5))
    return (
        f'<Record type="{kind}" sourceName="Watch" sourceVersion="10.1" device="{DEVICE}" {unit} '
        f'creationDate="{start}" startDate="{start}" endDate="{end}" value="{value}"/>\n'
    )


def _written(at: datetime) -> str:
    return f"{at.isoformat(' ')[:19]} +0800"


def _peak_mb() -> float:
    """Linux's own count; getrusage's would begin with that of the process that forked us."""
    status = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main(megabytes: int) -> None:
    stream = LongExport(megabytes * 1_000_000)
    found = refused = 0
    for outcome in decode_file(stream, "export.xml", CONTEXT):  # type: ignore[arg-type]
        refused += isinstance(outcome, Refusal)
        found += not isinstance(outcome, Refusal | Skipped)
    result = {"drafts": found, "refused": refused, "bytes": stream.given, "peak_mb": _peak_mb()}
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[1]))
