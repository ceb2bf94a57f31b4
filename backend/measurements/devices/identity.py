"""Source ids for records that have none: the same record has the same id in every import."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from backend.measurements.draft import Kind, Quantity
from backend.measurements.units import component_spec, to_canonical

Part = str | int | float | bytes | datetime | None


def content_id(*parts: Part) -> str:
    """32 hex digits of SHA-256 over the parts. Times count as instants, whatever their offset."""
    digest = hashlib.sha256()
    for part in parts:
        text = _encoded(part)
        digest.update(len(text).to_bytes(8, "big") + text)
    return digest.hexdigest()[:32]


def stable_value(kind: Kind, component: str, quantity: Quantity) -> str:
    """A value as it takes part in an id: canonical and rounded, so that an export whose
    owner has changed the display unit since gives the same ids again.
    Raises what ``to_canonical`` raises.
    """
    decimals = component_spec(kind, component).decimals + 1
    return f"{component}={to_canonical(kind, component, quantity):.{decimals}f}"


def _encoded(part: Part) -> bytes:
    if isinstance(part, bytes):
        return b"b" + part
    if isinstance(part, datetime):
        return b"t" + part.astimezone(UTC).isoformat().encode()
    return f"{type(part).__name__[0]}{part}".encode("utf-8", "surrogatepass")
