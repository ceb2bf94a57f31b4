"""Times, numbers and sources out of the attributes of an element."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from backend.measurements.devices import records
from backend.measurements.devices.errors import RecordInvalid, TimeInvalid
from backend.measurements.devices.identity import content_id, stable_value
from backend.measurements.devices.times import parse_time, zone_named
from backend.measurements.draft import Kind, Quantity, Source
from backend.measurements.errors import ComponentUnknown, UnitUnfit, UnitUnknown

SYSTEM = "apple-health"
_WRITTEN_LENGTH = len("2026-11-21 07:30:15 +0800")

Attributes = Mapping[str, str]


def time(attributes: Attributes, name: str, metadata: Attributes) -> datetime:
    """With the offset of HKTimeZone where it is given: the export writes every time in the
    phone's present zone, that key holds the one of the measurement.
    Raises ``RecordInvalid``, ``TimeInvalid``, ``TimePlaceholder``.
    """
    written = attributes.get(name)
    if written is None:
        raise RecordInvalid(field=name)
    at = _parse(written, name)
    zone = zone_named(metadata["HKTimeZone"]) if "HKTimeZone" in metadata else None
    return at if zone is None else at.astimezone(zone)


def number(attributes: Attributes, name: str) -> float:
    """Raises ``RecordInvalid``."""
    return records.number(attributes, name)


def source(
    kind: Kind,
    at: datetime,
    end: datetime | None,
    attributes: Attributes,
    values: Mapping[str, Quantity],
) -> Source:
    """The export has no ids: the record's kind, times, app and values make one.

    Without ``device``, which holds a memory address that changes with every
    export, and ``creationDate``, which re-syncing changes.
    """
    app = attributes.get("sourceName", "")
    parts = [_stable(kind, name, quantity) for name, quantity in sorted(values.items())]
    name = content_id(kind.value, at, end, app, *parts)
    return Source(system=SYSTEM, id=name, device=records.shown(app))


def entered(metadata: Attributes) -> dict[str, str]:
    """Typed in by hand rather than measured by a device."""
    return {"entry": "manual"} if metadata.get("HKWasUserEntered") == "1" else {}


def _parse(written: str, name: str) -> datetime:
    if len(written) == _WRITTEN_LENGTH and written[:4] > "1970":
        try:
            return datetime.fromisoformat(written[:19] + written[20:])
        except ValueError:
            raise TimeInvalid(field=name) from None
    return parse_time(written, UTC, day_first=None, field=name)


def _stable(kind: Kind, component: str, quantity: Quantity) -> str:
    try:
        return stable_value(kind, component, quantity)
    except (ComponentUnknown, UnitUnknown, UnitUnfit):
        return f"{component}={quantity.value} {quantity.unit}"
