"""PLX Spot-Check Measurement, 0x2A5E, and PLX Continuous Measurement, 0x2A5F."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.measurements.devices.errors import PayloadValueMissing
from backend.measurements.devices.gatt.characteristic import Characteristic, Finding, flagged
from backend.measurements.devices.gatt.mder import Special
from backend.measurements.devices.gatt.reader import Reader, Stamp, number
from backend.measurements.draft import Kind, Quantity

_STATUS = {
    5: "measurement_ongoing",
    6: "early_estimate",
    12: "calibration_ongoing",
    13: "measurement_unavailable",
    14: "questionable_measurement",
}
_NOBODYS = {10: "demonstration", 11: "test", 15: "invalid"}
_SENSOR = {
    0: "extended_display_update",
    1: "equipment_malfunction",
    2: "signal_irregular",
    3: "inadequate_signal",
    4: "poor_signal",
    5: "low_perfusion",
    6: "erratic_signal",
    7: "non_pulsatile_signal",
    8: "questionable_pulse",
    9: "signal_analysis_ongoing",
    10: "sensor_interference",
    11: "sensor_unconnected",
    12: "unknown_sensor",
    13: "sensor_displaced",
    14: "sensor_malfunctioning",
    15: "sensor_disconnected",
}


@dataclass(frozen=True, slots=True)
class OximeterMeasurement:
    """SpO2 in %, pulse per minute; ``clock_set`` False where the device's clock never was."""

    spo2: float | Special
    pulse: float | Special
    stamp: Stamp | None
    status: int | None
    sensor_status: int | None
    pulse_amplitude_index: float | Special | None
    clock_set: bool = True


def parse_spot_check(payload: bytes) -> OximeterMeasurement:
    """Raises ``PayloadTruncated``, ``PayloadOverlong``, ``TimeInvalid``."""
    reader = Reader(payload)
    flags = reader.unsigned(1)
    measurement = OximeterMeasurement(
        spo2=reader.sfloat(),
        pulse=reader.sfloat(),
        stamp=reader.stamp() if flags & 1 else None,
        status=reader.unsigned(2) if flags & 2 else None,
        sensor_status=reader.unsigned(3) if flags & 4 else None,
        pulse_amplitude_index=reader.sfloat() if flags & 8 else None,
        clock_set=not flags & 16,
    )
    reader.done()
    return measurement


def parse_continuous(payload: bytes) -> OximeterMeasurement:
    """The normal pair; the fast and slow pairs are read over. Raises as ``parse_spot_check``."""
    reader = Reader(payload)
    flags = reader.unsigned(1)
    spo2, pulse = reader.sfloat(), reader.sfloat()
    reader.unsigned((4 if flags & 1 else 0) + (4 if flags & 2 else 0))
    measurement = OximeterMeasurement(
        spo2=spo2,
        pulse=pulse,
        stamp=None,
        status=reader.unsigned(2) if flags & 4 else None,
        sensor_status=reader.unsigned(3) if flags & 8 else None,
        pulse_amplitude_index=reader.sfloat() if flags & 16 else None,
    )
    reader.done()
    return measurement


def find_spot_check(payload: bytes, companion: bytes | None) -> Iterator[Finding]:
    yield _finding(parse_spot_check(payload))


def find_continuous(payload: bytes, companion: bytes | None) -> Iterator[Finding]:
    yield _finding(parse_continuous(payload))


def _finding(sent: OximeterMeasurement) -> Finding:
    for special in flagged(sent.status or 0, _NOBODYS):
        raise PayloadValueMissing(component="spo2", special=special)
    values = {"spo2": Quantity(number("spo2", sent.spo2), "%")}
    if not isinstance(sent.pulse, Special) and sent.pulse > 0:
        values["pulse"] = Quantity(sent.pulse, "/min")
    return Finding(
        kind=Kind.SPO2,
        values=values,
        stamp=sent.stamp if sent.clock_set else None,
        attributes=flagged(sent.status or 0, _STATUS) | flagged(sent.sensor_status or 0, _SENSOR),
    )


DECODERS = (
    Characteristic("PLX Spot-Check Measurement", 0x2A5E, find_spot_check),
    Characteristic("PLX Continuous Measurement", 0x2A5F, find_continuous),
)
