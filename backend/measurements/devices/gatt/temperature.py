"""Temperature Measurement, 0x2A1C."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.measurements.devices.gatt.characteristic import Characteristic, Finding
from backend.measurements.devices.gatt.mder import Special
from backend.measurements.devices.gatt.reader import Reader, Stamp, number
from backend.measurements.draft import Kind, Quantity

_SITES = {
    1: "armpit",
    2: "body",
    3: "ear",
    4: "finger",
    5: "gastrointestinal",
    6: "mouth",
    7: "rectum",
    8: "toe",
    9: "eardrum",
}


@dataclass(frozen=True, slots=True)
class TemperatureMeasurement:
    """``temperature`` in ``unit`` (Cel or [degF])."""

    temperature: float | Special
    unit: str
    stamp: Stamp | None
    site: int | None


def parse(payload: bytes) -> TemperatureMeasurement:
    """Raises ``PayloadTruncated``, ``PayloadOverlong``, ``TimeInvalid``."""
    reader = Reader(payload)
    flags = reader.unsigned(1)
    measurement = TemperatureMeasurement(
        temperature=reader.float32(),
        unit="[degF]" if flags & 1 else "Cel",
        stamp=reader.stamp() if flags & 2 else None,
        site=reader.unsigned(1) if flags & 4 else None,
    )
    reader.done()
    return measurement


def find(payload: bytes, companion: bytes | None) -> Iterator[Finding]:
    sent = parse(payload)
    temperature = Quantity(number("temperature", sent.temperature), sent.unit)
    yield Finding(
        kind=Kind.TEMPERATURE,
        values={"temperature": temperature},
        stamp=sent.stamp,
        attributes={"site": _SITES[sent.site]} if sent.site in _SITES else {},
    )


DECODERS = (Characteristic("Temperature Measurement", 0x2A1C, find),)
