"""The archive's sections: what residents and their family put in themselves."""

from __future__ import annotations

from collections.abc import Sequence

from bson import ObjectId

from backend.archive.documents import EntryDocument
from backend.archive.entry import EntrySource
from backend.archive.sections import EntryStatus
from backend.core.clock import SHANGHAI
from backend.core.database import Session
from rewards.rules.rule import Evidence, EvidenceKind

_THEIR_OWN = [EntrySource.SELF.value, EntrySource.CAREGIVER.value]


class EntryEvidence:
    """An entry marked as wrong is no evidence, nor one that came from an institution."""

    kinds = frozenset({EvidenceKind.ARCHIVE_SECTION})

    async def read(
        self, session: Session | None, resident_id: ObjectId, ids: Sequence[ObjectId]
    ) -> list[Evidence]:
        query = {
            "resident_id": resident_id,
            "_id": {"$in": list(ids)},
            "status": EntryStatus.ACTIVE.value,
            "source": {"$in": _THEIR_OWN},
            "origin": None,
        }
        fields = {"section": 1, "created_at": 1}
        found = EntryDocument.get_pymongo_collection().find(query, fields, session=session)
        return [
            Evidence(
                kind=EvidenceKind.ARCHIVE_SECTION,
                ref=str(raw["_id"]),
                day=raw["created_at"].astimezone(SHANGHAI).date(),
                subject=raw["section"],
            )
            async for raw in found
        ]
