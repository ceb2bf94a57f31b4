"""Weight Measurement, 0x2A9D: weight, and BMI and height where the scale knows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.measurements.devices.errors import PayloadValueMissing
from backend.measurements.devices.gatt.characteristic import Characteristic, Finding
from backend.measurements.devices.gatt.reader import Reader, Stamp
from backend.measurements.draft import Kind, Quantity

_UNSUCCESSFUL = 0xFFFF
_UNKNOWN_USER = 0xFF


@dataclass(frozen=True, slots=True)
class WeightMeasurement:
    """``weight`` is None where weighing failed; ``height`` in m or in."""

    weight: Quantity | None
    stamp: Stamp | None
    user_id: int | None
    bmi: float | None
    height: Quantity | None


def parse(payload: bytes) -> WeightMeasurement:
    """Raises ``PayloadTruncated``, ``PayloadOverlong``, ``TimeInvalid``."""
    reader = Reader(payload)
    flags = reader.unsigned(1)
    imperial, raw = bool(flags & 1), reader.unsigned(2)
    stamp = reader.stamp() if flags & 2 else None
    user = reader.unsigned(1) if flags & 4 else None
    bmi = reader.unsigned(2) / 10 if flags & 8 else None
    height = reader.unsigned(2) if flags & 8 else None
    reader.done()
    weight = Quantity(raw / 100, "lb") if imperial else Quantity(raw * 5 / 1000, "kg")
    return WeightMeasurement(
        weight=None if raw == _UNSUCCESSFUL else weight,
        stamp=stamp,
        user_id=user,
        bmi=bmi,
        height=None if height is None else _height(height, imperial),
    )


def find(payload: bytes, companion: bytes | None) -> Iterator[Finding]:
    sent = parse(payload)
    if sent.weight is None:
        raise PayloadValueMissing(component="weight", special="unsuccessful")
    known = sent.user_id is not None and sent.user_id != _UNKNOWN_USER
    attributes = {"device_user": str(sent.user_id)} if known else {}
    found = {Kind.WEIGHT: sent.weight}
    # A scale that does not know its user's height sends zeros.
    if sent.bmi:
        found[Kind.BMI] = Quantity(sent.bmi, "kg/m2")
    if sent.height and sent.height.value:
        found[Kind.HEIGHT] = sent.height
    for kind, quantity in found.items():
        values = {kind.value: quantity}
        yield Finding(kind=kind, values=values, stamp=sent.stamp, attributes=attributes)


def _height(raw: int, imperial: bool) -> Quantity:
    return Quantity(raw / 10, "in") if imperial else Quantity(raw / 1000, "m")


DECODERS = (Characteristic("Weight Measurement", 0x2A9D, find),)
