"""Glucose Measurement, 0x2A18, with the meal from its context (0x2A34) where one came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from backend.measurements.devices.errors import (
    PayloadContextMismatch,
    PayloadControlSolution,
    PayloadValueMissing,
    TimeInvalid,
)
from backend.measurements.devices.gatt import glucose_context
from backend.measurements.devices.gatt.characteristic import Characteristic, Finding, flagged
from backend.measurements.devices.gatt.mder import Special
from backend.measurements.devices.gatt.reader import Reader, Stamp, number
from backend.measurements.draft import Kind, Meal, Quantity

_CONTROL_SOLUTION_TYPE, _CONTROL_SOLUTION_SITE = 10, 4
_SITES = {1: "finger", 2: "alternate_site", 3: "earlobe"}
_SAMPLES = {
    1: "capillary_whole_blood",
    2: "capillary_plasma",
    3: "venous_whole_blood",
    4: "venous_plasma",
    5: "arterial_whole_blood",
    6: "arterial_plasma",
    7: "undetermined_whole_blood",
    8: "undetermined_plasma",
    9: "interstitial_fluid",
}
_STATUS = {
    0: "battery_low",
    1: "sensor_malfunction",
    2: "sample_insufficient",
    3: "strip_insertion_error",
    4: "strip_type_incorrect",
    5: "result_above_range",
    6: "result_below_range",
    7: "temperature_too_high",
    8: "temperature_too_low",
    9: "read_interrupted",
    10: "device_fault",
    11: "time_fault",
}


@dataclass(frozen=True, slots=True)
class GlucoseMeasurement:
    """``concentration`` in ``unit`` (kg/L or mol/L), None where not sent."""

    sequence_number: int
    base_time: Stamp
    time_offset: int | None
    concentration: float | Special | None
    unit: str
    sample: int | None
    site: int | None
    status: int | None
    context_follows: bool

    @property
    def stamp(self) -> Stamp:
        """Base time and offset (minutes) together. Raises ``TimeInvalid``."""
        if self.base_time.at is None or self.time_offset is None:
            return self.base_time
        try:
            return Stamp(self.base_time.at + timedelta(minutes=self.time_offset))
        except OverflowError:
            raise TimeInvalid(field="timestamp") from None


def parse(payload: bytes) -> GlucoseMeasurement:
    """Raises ``PayloadTruncated``, ``PayloadOverlong``, ``TimeInvalid``."""
    reader = Reader(payload)
    flags = reader.unsigned(1)
    sequence, base = reader.unsigned(2), reader.stamp()
    offset = reader.signed(2) if flags & 1 else None
    concentration = reader.sfloat() if flags & 2 else None
    origin = reader.unsigned(1) if flags & 2 else None
    status = reader.unsigned(2) if flags & 8 else None
    reader.done()
    return GlucoseMeasurement(
        sequence_number=sequence,
        base_time=base,
        time_offset=offset,
        concentration=concentration,
        unit="mol/L" if flags & 4 else "kg/L",
        sample=None if origin is None else origin & 0x0F,
        site=None if origin is None else origin >> 4,
        status=status,
        context_follows=bool(flags & 16),
    )


def find(payload: bytes, companion: bytes | None) -> Iterator[Finding]:
    sent = parse(payload)
    meal = _meal(sent, companion)
    if sent.sample == _CONTROL_SOLUTION_TYPE or sent.site == _CONTROL_SOLUTION_SITE:
        raise PayloadControlSolution()
    if sent.concentration is None:
        raise PayloadValueMissing(component="glucose", special="absent")
    glucose = Quantity(number("glucose", sent.concentration), sent.unit)
    yield Finding(
        kind=Kind.GLUCOSE,
        values={"glucose": glucose},
        stamp=sent.stamp,
        meal=meal,
        attributes=_attributes(sent),
    )


def _meal(sent: GlucoseMeasurement, companion: bytes | None) -> Meal | None:
    if companion is None:
        return None
    context = glucose_context.parse(companion)
    if context.sequence_number != sent.sequence_number:
        raise PayloadContextMismatch()
    return context.meal


def _attributes(sent: GlucoseMeasurement) -> dict[str, str]:
    attributes = {"sequence_number": str(sent.sequence_number)}
    if sent.site in _SITES:
        attributes["site"] = _SITES[sent.site]
    if sent.sample in _SAMPLES:
        attributes["sample"] = _SAMPLES[sent.sample]
    return attributes | flagged(sent.status or 0, _STATUS)


DECODERS = (Characteristic("Glucose Measurement", 0x2A18, find),)
