"""Which conditions that matter for limits many people have: flags for a doctor's panel."""

from __future__ import annotations

from collections.abc import Collection

from bson import ObjectId

from backend.access.categories import Category
from backend.archive.documents import EntryDocument
from backend.archive.entry import from_raw
from backend.archive.people import condition_runs
from backend.archive.sections import ConditionBody, EntryStatus, Section
from backend.core.keys import Keyring
from backend.measurements.thresholds import condition_keys


async def condition_flags(
    keyring: Keyring, resident_ids: Collection[ObjectId]
) -> dict[ObjectId, frozenset[str]]:
    """Condition keys (``hypertension``, ``diabetes`` …) by resident, in two reads.

    Only of what is filed under conditions: mental and reproductive health are others.
    """
    if not resident_ids:
        return {}
    keys = await keyring.keys(resident_ids)
    query = {
        "resident_id": {"$in": list(keys)},
        "section": Section.CONDITION.value,
        "category": Category.CONDITIONS.value,
        "status": EntryStatus.ACTIVE.value,
    }
    codes: dict[ObjectId, list[tuple[str, str]]] = {}
    async for raw in EntryDocument.get_pymongo_collection().find(query):
        body = from_raw(raw, keys[raw["resident_id"]]).body
        if isinstance(body, ConditionBody) and condition_runs(body):
            codes.setdefault(raw["resident_id"], []).extend(
                (coding.system or "", coding.code or "") for coding in body.codes
            )
    return {resident_id: condition_keys(found) for resident_id, found in codes.items()}
