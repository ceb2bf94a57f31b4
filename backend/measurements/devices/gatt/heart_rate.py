"""Heart Rate Measurement, 0x2A37. It carries no time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.measurements.devices.gatt.characteristic import Characteristic, Finding
from backend.measurements.devices.gatt.reader import Reader
from backend.measurements.draft import Kind, Quantity


@dataclass(frozen=True, slots=True)
class HeartRateMeasurement:
    """``contact``: whether the sensor touches skin, None where it cannot tell.

    ``energy_expended`` in kJ since reset; ``rr`` intervals in 1/1024 s.
    """

    rate: int
    contact: bool | None
    energy_expended: int | None
    rr: tuple[int, ...]


def parse(payload: bytes) -> HeartRateMeasurement:
    """Raises ``PayloadTruncated``, ``PayloadOverlong``."""
    reader = Reader(payload)
    flags = reader.unsigned(1)
    rate = reader.unsigned(2 if flags & 1 else 1)
    energy = reader.unsigned(2) if flags & 8 else None
    intervals = []
    while flags & 16 and reader.left:
        intervals.append(reader.unsigned(2))
    reader.done()
    return HeartRateMeasurement(
        rate=rate,
        contact=bool(flags & 2) if flags & 4 else None,
        energy_expended=energy,
        rr=tuple(intervals),
    )


def find(payload: bytes, companion: bytes | None) -> Iterator[Finding]:
    sent = parse(payload)
    contact = {} if sent.contact is None else {"contact": str(sent.contact).lower()}
    yield Finding(
        kind=Kind.HEART_RATE,
        values={"rate": Quantity(float(sent.rate), "/min")},
        attributes=contact,
    )


DECODERS = (Characteristic("Heart Rate Measurement", 0x2A37, find),)
