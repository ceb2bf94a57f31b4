"""A FHIR R4 Bundle of Schedule and Slot, read: pure, nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from pydantic import ValidationError

from backend.appointments.errors import ResourceInvalid, SlotBundleInvalid
from backend.appointments.schedule import NewSchedule
from backend.appointments.services import ServiceKind, kind_of, limits
from backend.core.errors import KangbanError

Json = dict[str, Any]

_KIND_FIELDS = ("serviceType", "serviceCategory", "specialty", "appointmentType")


@dataclass(frozen=True, slots=True)
class Faulty:
    """A resource that cannot be taken, and why."""

    resource: str
    source: str
    error: KangbanError


@dataclass(frozen=True, slots=True)
class ReadSchedule:
    """``source`` is ``Schedule/<id>``, or the entry's fullUrl."""

    source: str
    new: NewSchedule


@dataclass(frozen=True, slots=True)
class ReadSlot:
    """``status`` as FHIR's SlotStatus; ``schedule`` is the schedule's source."""

    source: str
    schedule: str
    status: str
    start: datetime
    end: datetime


def read(text: str) -> list[ReadSchedule | ReadSlot | Faulty]:
    """Schedules first. Raises ``SlotBundleInvalid`` where there is nothing to read."""
    entries = _entries(text)
    names = {url: source for source, url, _ in entries if url}
    found: list[ReadSchedule | ReadSlot | Faulty] = []
    for source, _, resource in sorted(entries, key=lambda each: _type(each[2]) != "Schedule"):
        try:
            if not source:
                raise ResourceInvalid(reason="id")
            found.append(_read(source, resource, names, entries))
        except KangbanError as error:
            found.append(Faulty(_type(resource)[:40], source[:200], error))
    return found


def _entries(text: str) -> list[tuple[str, str, Json]]:
    numbers = limits()
    if len(text.encode(errors="replace")) > numbers["import_bytes"]:
        raise SlotBundleInvalid(reason="size")
    try:
        bundle = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        raise SlotBundleInvalid(reason="JSON") from None
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise SlotBundleInvalid(reason="resourceType")
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not 1 <= len(entries) <= numbers["import_resources"]:
        raise SlotBundleInvalid(reason="entry")
    return list(_named(entries))


def _named(entries: list[Any]) -> Iterator[tuple[str, str, Json]]:
    for each in entries:
        resource = each.get("resource") if isinstance(each, dict) else None
        if not isinstance(resource, dict):
            raise SlotBundleInvalid(reason="entry.resource")
        url = each.get("fullUrl")
        url = url if isinstance(url, str) else ""
        own = resource.get("id")
        named = isinstance(own, str) and 1 <= len(own) <= 64
        yield (f"{_type(resource)}/{own}" if named else url), url, resource


def _read(
    source: str, resource: Json, names: dict[str, str], entries: list[tuple[str, str, Json]]
) -> ReadSchedule | ReadSlot:
    # Here, as the library takes long to import.
    from fhir.resources.R4B.schedule import Schedule
    from fhir.resources.R4B.slot import Slot

    kind = _type(resource)
    model: Any = {"Schedule": Schedule, "Slot": Slot}.get(kind)
    if model is None:
        raise ResourceInvalid(reason="resourceType")
    try:
        parsed = model.model_validate(resource)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise ResourceInvalid(reason=place[:80] or kind) from None
    if kind == "Schedule":
        return _schedule(source, parsed, resource, names, entries)
    reference = parsed.schedule.reference or ""
    status = "overbooked" if parsed.overbooked else parsed.status
    return ReadSlot(source, names.get(reference, reference), status, parsed.start, parsed.end)


def _schedule(
    source: str,
    parsed: Any,
    resource: Json,
    names: dict[str, str],
    entries: list[tuple[str, str, Json]],
) -> ReadSchedule:
    if parsed.active is False:
        raise ResourceInvalid(reason="active")
    kind = _kind(resource)
    # The reason of a visit stands in the slots, where it does in the schedule not.
    for _, _, other in entries if kind is None else ():
        if _type(other) == "Slot" and _of(other, names) == source:
            kind = kind or _kind(other)
    if kind is None:
        raise ResourceInvalid(reason="serviceType")
    place = next((each.display for each in parsed.actor if each.display), None)
    if place is None:
        raise ResourceInvalid(reason="actor.display")
    comment, numbers = (parsed.comment or "").strip(), limits()
    title = comment if 0 < len(comment) <= numbers["title"] else kind.zh
    note = None if title == comment else comment[: numbers["note"]] or None
    new = NewSchedule(kind=kind, title=title, place=place[: numbers["place"]], note=note)
    return ReadSchedule(source, new)


def _kind(resource: Json) -> ServiceKind | None:
    for field in _KIND_FIELDS:
        concepts = resource.get(field) or []
        for concept in concepts if isinstance(concepts, list) else [concepts]:
            for coding in (concept.get("coding") or []) if isinstance(concept, dict) else []:
                found = kind_of(coding.get("system"), coding.get("code"))
                if found is not None:
                    return found
    return None


def _of(slot: Json, names: dict[str, str]) -> str:
    schedule = slot.get("schedule")
    reference = schedule.get("reference") if isinstance(schedule, dict) else None
    return names.get(str(reference), str(reference))


def _type(resource: Json) -> str:
    return str(resource.get("resourceType"))
