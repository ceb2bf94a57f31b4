"""What a decoder needs to know, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from backend.core.clock import SHANGHAI
from backend.core.errors import KangbanError
from backend.measurements.draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What bytes do not say themselves.

    ``received_at`` (aware) stands in where a device knows no time; ``zone``
    reads times without offset. ``device`` is shown to people; ``device_id``
    (serial number, Bluetooth address) makes source ids unique among devices.
    ``day_first`` settles dates such as 3/4/2026; None refuses them.
    """

    received_at: datetime
    zone: tzinfo = SHANGHAI
    device: str | None = None
    device_id: str | None = None
    day_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One record that was not taken; the rest was. ``position`` says where ("row 7")."""

    error: KangbanError
    position: str

    @property
    def code(self) -> str:
        return self.error.code

    @property
    def data(self) -> dict[str, Any]:
        return self.error.data


@dataclass(frozen=True, slots=True)
class Skipped:
    """``count`` records of a type that the archive does not hold; no error."""

    type: str
    count: int


Outcome = Draft | Refusal | Skipped
