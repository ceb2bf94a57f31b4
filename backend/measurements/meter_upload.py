"""An upload as a meter sends it, and the answer it gets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.measurements.batch import ItemOutcome
from backend.measurements.meter_errors import MeterHeaderInvalid
from backend.measurements.meter_keys import signature

_FORMS = {
    "serial": re.compile(r"[A-Za-z0-9._-]{4,40}"),
    "counter": re.compile(r"[1-9][0-9]{0,17}"),
    "timestamp": re.compile(r"[0-9]{1,11}"),
    "signature": re.compile(r"[0-9a-f]{64}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedUpload:
    """``timestamp`` in seconds since 1970, ``signature`` as ``meter_keys.signature`` makes it."""

    method: str
    path: str
    serial: str
    counter: str
    timestamp: str
    signature: str
    body: bytes

    @property
    def number(self) -> int:
        return int(self.counter)

    def check(self) -> None:
        """Raises ``MeterHeaderInvalid``."""
        for header, form in _FORMS.items():
            if not form.fullmatch(getattr(self, header)):
                raise MeterHeaderInvalid(header=header)

    def expected_signature(self, key: bytes) -> str:
        headers = (self.serial, self.counter, self.timestamp)
        return signature(key, self.method, self.path, headers, self.body)


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """``position`` is the item's place in the upload; a payload can hold several readings."""

    position: int
    outcome: ItemOutcome
