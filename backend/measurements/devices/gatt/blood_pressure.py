"""Blood Pressure Measurement, 0x2A35."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.measurements.devices.gatt.characteristic import Characteristic, Finding, flagged
from backend.measurements.devices.gatt.mder import Special
from backend.measurements.devices.gatt.reader import Reader, Stamp, number
from backend.measurements.draft import Kind, Quantity

_STATUS = {0: "body_movement", 1: "cuff_too_loose", 2: "irregular_pulse", 5: "improper_position"}
_PULSE_RANGE = {1: "above", 2: "below"}


@dataclass(frozen=True, slots=True)
class BloodPressureMeasurement:
    """Pressures in ``unit`` (mmHg or kPa), pulse per minute."""

    systolic: float | Special
    diastolic: float | Special
    mean: float | Special
    unit: str
    stamp: Stamp | None
    pulse: float | Special | None
    user_id: int | None
    status: int | None


def parse(payload: bytes) -> BloodPressureMeasurement:
    """Raises ``PayloadTruncated``, ``PayloadOverlong``, ``TimeInvalid``."""
    reader = Reader(payload)
    flags = reader.unsigned(1)
    measurement = BloodPressureMeasurement(
        systolic=reader.sfloat(),
        diastolic=reader.sfloat(),
        mean=reader.sfloat(),
        unit="kPa" if flags & 1 else "mmHg",
        stamp=reader.stamp() if flags & 2 else None,
        pulse=reader.sfloat() if flags & 4 else None,
        user_id=reader.unsigned(1) if flags & 8 else None,
        status=reader.unsigned(2) if flags & 16 else None,
    )
    reader.done()
    return measurement


def find(payload: bytes, companion: bytes | None) -> Iterator[Finding]:
    sent = parse(payload)
    values = {
        "systolic": Quantity(number("systolic", sent.systolic), sent.unit),
        "diastolic": Quantity(number("diastolic", sent.diastolic), sent.unit),
    }
    # Many cuffs send no mean, as NaN or as zero.
    if not isinstance(sent.mean, Special) and sent.mean > 0:
        values["mean"] = Quantity(sent.mean, sent.unit)
    if isinstance(sent.pulse, float) and sent.pulse > 0:
        values["pulse"] = Quantity(sent.pulse, "/min")
    yield Finding(
        kind=Kind.BLOOD_PRESSURE, values=values, stamp=sent.stamp, attributes=_attributes(sent)
    )


def _attributes(sent: BloodPressureMeasurement) -> dict[str, str]:
    status = sent.status or 0
    attributes = flagged(status, _STATUS)
    if (side := _PULSE_RANGE.get(status >> 3 & 3)) is not None:
        attributes["pulse_range"] = side
    if sent.user_id is not None and sent.user_id != 0xFF:
        attributes["device_user"] = str(sent.user_id)
    return attributes


DECODERS = (Characteristic("Blood Pressure Measurement", 0x2A35, find),)
