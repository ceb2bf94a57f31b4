"""What came by another way: the same file over HTTP and by the command line is there already.

Senders' ids are their own: ``Condition/1`` of two hospitals are two conditions. Only where the
whole resource is the same as well, id and content, is it one that went two ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.collection import AsyncCollection

from backend.archive.documents import EntryDocument, KeptResource
from backend.archive.exchange.envelope import unpacked
from backend.archive.exchange.known import origin_of
from backend.archive.fhir import EntryDraft, Kept, ReadingDraft
from backend.archive.fhir.json_text import parse_canonical
from backend.archive.fhir.receiving import digest_of
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.measurements.documents import ReadingDocument
from backend.measurements.reading import place

Draft = EntryDraft | ReadingDraft | Kept
_FHIR, _BEYOND_FHIR = "fhir:", "fhir;"  # every sender's system begins so


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Keyed digests by origin id, of other senders than this file's.

    ``own_readings``: ids of readings that this sender sent before; they go their usual way.
    """

    digests: dict[str, set[bytes]] = field(default_factory=dict)
    own_readings: frozenset[str] = frozenset()

    def holds(self, draft: Draft, digest: bytes) -> bool:
        if isinstance(draft, ReadingDraft) and draft.identity.key in self.own_readings:
            return False
        return digest in self.digests.get(origin_of(draft.identity)["id"], ())

    def add(self, origin_id: str, digest: bytes | None) -> None:
        if digest is not None:
            self.digests.setdefault(origin_id, set()).add(bytes(digest))


async def elsewhere(resident_id: ObjectId, drafts: Sequence[Draft], key: OwnerKey) -> Elsewhere:
    """``drafts`` of one sender. A seek a sender and collection, and one look-up by the ids where
    there is another sender."""
    if not drafts:
        return Elsewhere()
    system = drafts[0].identity.system
    own, rows = await _readings(resident_id, system, [each.identity.key for each in drafts])
    found = Elsewhere(own_readings=own)
    for raw in rows:
        resource, _ = unpacked(key.open(raw["raw"], place(raw["_id"], "raw")))
        digest = digest_of(parse_canonical(resource), resource)
        found.add(f"Observation/{raw['source']['id']}", key.token(digest))
    ids = [origin_of(each.identity)["id"] for each in drafts]
    for collection in (
        EntryDocument.get_pymongo_collection(),
        KeptResource.get_pymongo_collection(),
    ):
        senders = await _senders(collection, resident_id, "origin")
        others = [each for each in senders if each != system]
        if not others:
            continue
        query = _query(resident_id, "origin", others, ids)
        async for raw in collection.find(query, {"origin.id": 1, "digest": 1}):
            found.add(raw["origin"]["id"], raw["digest"])
    return found


async def _readings(
    resident_id: ObjectId, system: str, keys: Sequence[str]
) -> tuple[frozenset[str], list[Raw]]:
    """The ids that this sender sent before, and what others sent under such ids."""
    collection = ReadingDocument.get_pymongo_collection()
    own_system = f"fhir:{system}"
    senders = await _senders(collection, resident_id, "source")
    if set(senders) <= {own_system}:
        return frozenset(), []
    query = _query(resident_id, "source", senders, keys)
    rows = await collection.find(query, {"source": 1, "raw": 1}).to_list()
    own = frozenset(raw["source"]["id"] for raw in rows if raw["source"]["system"] == own_system)
    return own, [raw for raw in rows if raw["source"]["system"] != own_system and raw["raw"]]


async def _senders(collection: AsyncCollection[Any], resident_id: ObjectId, part: str) -> list[str]:
    """Who sent FHIR: one seek a sender, where ``distinct`` would walk all there is."""
    senders: list[str] = []
    after = {"$gte": _FHIR}
    while True:
        query = {
            "resident_id": resident_id,
            f"{part}.system": {**after, "$lt": _BEYOND_FHIR},
            f"{part}.id": {"$type": "string"},  # for the partial index
        }
        order = [(f"{part}.system", 1), (f"{part}.id", 1)]
        raw = await collection.find_one(query, {f"{part}.system": 1}, sort=order)
        if raw is None:
            return senders
        senders.append(raw[part]["system"])
        after = {"$gt": senders[-1]}


def _query(resident_id: ObjectId, part: str, systems: Sequence[str], ids: Sequence[str]) -> Raw:
    return {
        "resident_id": resident_id,
        f"{part}.system": {"$in": list(systems)},
        f"{part}.id": {"$in": list(ids), "$type": "string"},
    }
