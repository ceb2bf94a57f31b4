"""Source ids for records that have none: the same record has the same id in every import."""

from __future__ import annotations

import hashlib
from datetime import datetime

from backend.measurements.draft import Kind, Quantity
from backend.measurements.units import component_spec, to_canonical

Part = str | int | float | bytes | datetime | None


def content_id(*parts: Part) -> str:
    """32 hex digits of SHA-256 over the parts. Times count as instants, whatever their offset."""
    encoded = [_encoded(part) for part in parts]
    lengths = ",".join([str(len(part)) for part in encoded])
    return hashlib.sha256(b"".join([lengths.encode(), *encoded])).hexdigest()[:32]


def stable_value(kind: Kind, component: str, quantity: Quantity) -> str:
    """A value as it takes part in an id: canonical and rounded, so that an export whose
    owner has changed the display unit since gives the same ids again.
    Raises what ``to_canonical`` raises.
    """
    decimals = component_spec(kind, component).decimals + 1
    return f"{component}={to_canonical(kind, component, quantity):.{decimals}f}"


def _encoded(part: Part) -> bytes:
    if isinstance(part, str):
        return b"s" + part.encode("utf-8", "surrogatepass")
    if isinstance(part, bytes):
        return b"b" + part
    if isinstance(part, datetime):
        return b"t%.6f" % part.timestamp()
    return f"{type(part).__name__[0]}{part}".encode()
