"""One entry, reading or kept resource to the resource that goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from backend.archive.fhir import home_out, home_readings
from backend.archive.fhir.context import Context
from backend.archive.fhir.export import OutEntry, OutReading
from backend.archive.fhir.json_text import Json, parse_canonical
from backend.archive.fhir.mapping import Mapping
from backend.archive.fhir.overlay import overlay
from backend.archive.fhir.provenance import with_origin, with_status
from backend.archive.fhir.registry import mapping_for, mapping_of
from backend.archive.fhir.resources import observation
from backend.core.errors import KangbanError
from backend.measurements.draft import MANUAL


def entry_out(entry: OutEntry, resource: Json | None, context: Context, subject: str) -> Json:
    """``resource`` is the parsed raw; as received where nothing changed."""
    mapping = mapping_for(entry.body)
    new = mapping.write(entry.body)
    if resource is None:
        made = _made(entry.id, mapping, new, subject)
    elif entry.changed:
        made = _overlaid(resource, mapping, new, context)
    else:
        return with_status(resource, entry.status, mapping)
    return with_status(with_origin(made, entry.origin), entry.status, mapping)


def _made(id_: str, mapping: Mapping, fields: Json, subject: str) -> Json:
    head = {"resourceType": mapping.fhir_type, "id": id_, mapping.subject: {"reference": subject}}
    return {**head, **mapping.defaults, **fields}


def _overlaid(resource: Json, mapping: Mapping, new: Json, context: Context) -> Json:
    return overlay(resource, _said_before(resource, mapping, context), new, mapping.choices)


def _said_before(resource: Json, mapping: Mapping, context: Context) -> Json:
    """What we would write for what the resource says; nothing where it cannot be read."""
    reader = mapping_of(resource)
    if reader is None or reader.write is not mapping.write:
        return {}
    try:
        return mapping.write(reader.read(resource, context))
    except (KangbanError, ValidationError):
        return {}


def reading_out(reading: OutReading, resource: Json | None, context: Context, subject: str) -> Json:
    """The Observation of a home reading, as received where nothing changed."""
    mapping = observation.MAPPING
    if resource is not None and not reading.changed:
        return with_status(resource, reading.status, mapping)
    new = home_out.write(reading.draft)
    if resource is None:
        head: Json = {"resourceType": "Observation", "id": reading.id, "status": "final"}
        made = {**head, "subject": {"reference": subject}, **new}
    else:
        before = home_readings.read(resource, context, MANUAL)
        old = home_out.write(before) if before is not None else {}
        made = overlay(resource, old, new, home_out.CHOICES)
    return with_status(with_origin(made, reading.origin), reading.status, mapping)


def parsed(raw: bytes | None) -> Json | None:
    return None if raw is None else parse_canonical(raw)


def bundle(entries: list[Json], id_: str, at: datetime) -> Json:
    stamp: Any = at.isoformat(timespec="milliseconds")
    return {
        "resourceType": "Bundle",
        "id": id_,
        "type": "collection",
        "timestamp": stamp,
        "entry": entries,
    }
