"""What the characteristics share: drafts with time, source and id, errors as refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from backend.core.errors import KangbanError
from backend.measurements.devices.gatt.reader import Stamp
from backend.measurements.devices.identity import content_id
from backend.measurements.devices.outcome import Context, Refusal
from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source

SYSTEM = "ble"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reading as the bytes tell it; ``stamp`` None or unknown means no time in them."""

    kind: Kind
    values: Mapping[str, Quantity]
    stamp: Stamp | None = None
    meal: Meal | None = None
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A payload decoder. ``find(payload, companion)`` parses, raising ``KangbanError``.

    ``companion`` is the value of a second characteristic that belongs to the
    first (the glucose context), or None.
    """

    name: str
    characteristic: int
    find: Callable[[bytes, bytes | None], Iterable[Finding]]

    def decode(
        self, payload: bytes, context: Context, companion: bytes | None = None
    ) -> Iterator[Draft | Refusal]:
        try:
            findings = list(self.find(payload, companion))
        except KangbanError as error:
            yield Refusal(error, position=f"0x{self.characteristic:04X}")
            return
        for finding in findings:
            yield self._draft(finding, payload, context)

    def _draft(self, finding: Finding, payload: bytes, context: Context) -> Draft:
        at, basis = _when(finding.stamp, context)
        name = content_id(context.device_id, self.characteristic, finding.kind.value, at, payload)
        return Draft(
            kind=finding.kind,
            at=at,
            values=finding.values,
            meal=finding.meal,
            source=Source(system=SYSTEM, id=name, device=context.device),
            attributes={**finding.attributes, **basis},
        )


def flagged(bits: int, names: Mapping[int, str]) -> dict[str, str]:
    """Status bits that are set, as attributes."""
    return {name: "true" for bit, name in names.items() if bits >> bit & 1}


def _when(stamp: Stamp | None, context: Context) -> tuple[datetime, dict[str, str]]:
    if stamp is None or stamp.at is None:
        return context.received_at.astimezone(context.zone), {"time_basis": "received"}
    return stamp.at.replace(tzinfo=context.zone), {}
