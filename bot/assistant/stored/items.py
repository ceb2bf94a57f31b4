"""One stored document to what the assistant reads of it.

By way of FHIR, with the archive's own writer and the assistant's own reader: what is
answered from the store is what would be answered from its export.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from bson import ObjectId

from backend.access.categories import Category
from backend.archive.entry import from_raw as entry_from_raw
from backend.archive.entry import place as entry_place
from backend.archive.exchange.envelope import unpacked
from backend.archive.fhir import OutEntry, OutReading, parse_canonical
from backend.archive.fhir.context import NOTHING
from backend.archive.fhir.outgoing import entry_out, reading_out
from backend.archive.sections import EntryStatus
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.measurements.draft import Draft, Kind
from backend.measurements.granted import category_of
from backend.measurements.reading import from_raw as reading_from_raw
from backend.measurements.reading import place as reading_place
from bot.assistant.fhir.elements import Resource, reference
from bot.assistant.fhir.resources import MEDICATIONS, NOTHING_SAID, Said, read

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # what is no medicine reads the same at any moment
_SUBSTANCE = "Medication"


class Item(NamedTuple):
    """A document as records. ``ref`` is what answers cite: resource type and our own id.

    ``node`` names what the id opens (``Reading`` or ``Entry``); None for what is only kept
    as it was received. ``resource`` is held for medicines, which are read anew each day, and
    for what they refer to. ``names`` are the references by which others may mean it, from
    the sender ``system``.
    """

    id: ObjectId
    ref: str
    node: str | None
    category: Category
    order: tuple[Any, ...]
    said: Said = NOTHING_SAID
    resource: Resource | None = None
    system: str | None = None
    names: tuple[str, ...] = ()
    stamp: tuple[datetime, int] | None = None


def item_of_reading(raw: Raw, key: OwnerKey) -> Item:
    reading = reading_from_raw(raw, key)
    received, url = _received(raw["raw"], reading_place(reading.id, "raw"), key)
    draft = Draft(
        kind=reading.kind,
        at=reading.at,
        end=reading.end,
        values=reading.entered,
        meal=reading.meal,
        note=reading.note,
        source=reading.source,
        attributes=reading.attributes,
    )
    out = OutReading(id=str(reading.id), draft=draft, changed=reading.version > 1)
    resource = reading_out(out, received, NOTHING, "")
    order = (1, raw["created_at"], 0, reading.id)
    category = category_of(Kind(raw["kind"]))
    system = reading.source.system if received else None
    return _item(reading.id, "Reading", category, order, resource, system, url)


def item_of_entry(raw: Raw, key: OwnerKey) -> Item:
    entry = entry_from_raw(raw, key)
    received, url = _received(raw["raw"], entry_place(entry.id, "raw"), key)
    out = OutEntry(id=str(entry.id), body=entry.body, changed=raw["changed_here"])
    resource = entry_out(out, received, NOTHING, "")
    order = (0, raw["created_at"], raw["position"], entry.id)
    system = raw["origin"]["system"] if raw["origin"] else None
    return _item(entry.id, "Entry", entry.category, order, resource, system, url)


def item_of_kept(raw: Raw, key: OwnerKey) -> Item:
    """A resource of a type that the archive does not model: appointments, imaging studies."""
    received, url = _received(raw["raw"], f"kept_resources:{raw['_id']}:raw", key)
    order = (2, raw["created_at"], raw["position"], raw["_id"])
    category = Category(raw["category"])
    return _item(raw["_id"], None, category, order, received or {}, raw["origin"]["system"], url)


def counts(collection: str, raw: Raw) -> bool:
    """Whether the document says anything: not withdrawn, no copy, valid."""
    if collection == "readings":
        return bool(raw["state"] == "live")
    if collection == "entries":
        return bool(raw["status"] == EntryStatus.ACTIVE.value)
    return bool(raw["valid"])


def _item(
    id_: ObjectId,
    node: str | None,
    category: Category,
    order: tuple[Any, ...],
    resource: Resource,
    system: str | None,
    url: str | None,
) -> Item:
    kind = resource["resourceType"]
    ref = f"{kind}/{id_}"
    names = tuple(filter(None, (f"{kind}/{resource.get('id')}", ref, url)))
    item = Item(id_, ref, node, category, order, system=system, names=names)
    if _is_about_another(resource):
        return item
    if kind in MEDICATIONS or kind == _SUBSTANCE:
        return item._replace(resource=resource)
    return item._replace(said=read(resource, ref, {}, _NO_TIME))


def _is_about_another(resource: Resource) -> bool:
    """An Observation with a focus (a fetus, a donor) is not about the resident."""
    focus = resource.get("focus")
    if not focus or resource["resourceType"] != "Observation":
        return False
    rows = focus if isinstance(focus, list) else [focus]
    return any(reference(each) != reference(resource.get("subject")) for each in rows)


def _received(box: bytes | None, where: str, key: OwnerKey) -> tuple[Resource | None, str | None]:
    if box is None:
        return None, None
    raw, url = unpacked(key.open(box, where))
    return parse_canonical(raw), url
