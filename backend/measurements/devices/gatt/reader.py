"""A cursor over the little-endian bytes of a characteristic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.measurements.devices.errors import (
    PayloadOverlong,
    PayloadTruncated,
    PayloadValueMissing,
    TimeInvalid,
)
from backend.measurements.devices.gatt.mder import Special, float32, sfloat


@dataclass(frozen=True, slots=True)
class Stamp:
    """A device's local time; ``at`` (naive) is None where it says year, month or day unknown."""

    at: datetime | None


class Reader:
    """Reads from the front; every method raises ``PayloadTruncated`` at the end."""

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._payload) - self._at

    def unsigned(self, size: int) -> int:
        return int.from_bytes(self._take(size), "little")

    def signed(self, size: int) -> int:
        return int.from_bytes(self._take(size), "little", signed=True)

    def sfloat(self) -> float | Special:
        return sfloat(self.unsigned(2))

    def float32(self) -> float | Special:
        return float32(self.unsigned(4))

    def stamp(self) -> Stamp:
        """Seven bytes of date and time. Raises ``TimeInvalid``."""
        year, fields = self.unsigned(2), self._take(5)
        month, day, hour, minute, second = fields
        if 0 in (year, month, day):
            return Stamp(None)
        try:
            return Stamp(datetime(year, month, day, hour, minute, second))  # noqa: DTZ001
        except ValueError:
            raise TimeInvalid(field="timestamp") from None

    def done(self) -> None:
        """Raises ``PayloadOverlong`` where bytes are left."""
        if self.left:
            raise PayloadOverlong(extra_bytes=self.left)

    def _take(self, size: int) -> bytes:
        if self.left < size:
            raise PayloadTruncated(bytes=len(self._payload))
        self._at += size
        return self._payload[self._at - size : self._at]


def number(component: str, value: float | Special) -> float:
    """The number, or ``PayloadValueMissing``."""
    if isinstance(value, Special):
        raise PayloadValueMissing(component=component, special=value.value)
    return value
