"""What the archive already holds of what a Bundle brings, found by the sender's own names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bson import ObjectId

from backend.archive.documents import EntryDocument, KeptResource
from backend.archive.fhir import Identity
from backend.core.database import Raw


def origin_of(identity: Identity) -> dict[str, str]:
    """``{"system": "fhir:…", "id": "Condition/abc"}``."""
    return {"system": identity.system, "id": f"{identity.fhir_type}/{identity.key}"}


@dataclass(frozen=True, slots=True)
class Known:
    """Stored documents by origin id, all of one sender."""

    entries: dict[str, Raw]
    kept: dict[str, Raw]


async def known(resident_id: ObjectId, system: str, ids: Iterable[str]) -> Known:
    """Two look-ups by the unique index of origins."""
    query = {
        "resident_id": resident_id,
        "origin.system": system,
        # The type tells the planner that the partial index of entries holds them all.
        "origin.id": {"$in": list(ids), "$type": "string"},
    }
    entries = EntryDocument.get_pymongo_collection().find(query)
    kept = KeptResource.get_pymongo_collection().find(query)
    return Known(
        {raw["origin"]["id"]: raw async for raw in entries},
        {raw["origin"]["id"]: raw async for raw in kept},
    )
