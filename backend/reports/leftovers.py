"""Files that belong to no report yet, or to none any more.

Blobs lie outside the transaction that makes a report of them. So they are announced before
they are stored, and the transaction takes the announcement back; one that stands longer than
an upload can last is of a process that died, and its files are cleared away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog
from beanie import PydanticObjectId
from bson import ObjectId

from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.history import ChangedMeanwhile
from backend.reports.documents import LeftoverDocument
from backend.reports.limits import LEFTOVER_HOURS

log = structlog.get_logger(__name__)

_AFTER = timedelta(hours=LEFTOVER_HOURS)


class Leftovers:
    """The collection ``report_leftovers``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def announce(
        self, resident_id: ObjectId, blob_ids: Sequence[ObjectId], session: Session | None = None
    ) -> ObjectId:
        """Unless taken back, these files will be cleared away."""
        document = LeftoverDocument(
            resident_id=PydanticObjectId(resident_id),
            blob_ids=[PydanticObjectId(each) for each in blob_ids],
            at=self._core.clock.now(),
        )
        await LeftoverDocument.get_pymongo_collection().insert_one(
            document.to_raw(), session=session
        )
        return document.id

    async def take_back(
        self, resident_id: ObjectId, leftover_id: ObjectId, session: Session
    ) -> None:
        """They have a report, by this transaction. Raises ``ChangedMeanwhile`` where they are
        being cleared away already."""
        gone = await LeftoverDocument.get_pymongo_collection().delete_one(
            {"_id": leftover_id, "resident_id": resident_id, "clearing": False}, session=session
        )
        if gone.deleted_count == 0:
            raise ChangedMeanwhile

    async def clear(self, resident_id: ObjectId, leftover_id: ObjectId) -> bool:
        """Delete the files, unless they found a report after all."""
        raw: Raw | None = await LeftoverDocument.get_pymongo_collection().find_one_and_update(
            {"_id": leftover_id, "resident_id": resident_id}, {"$set": {"clearing": True}}
        )
        if raw is None:
            return False
        for blob_id in raw["blob_ids"]:
            await self._core.blobs.discard(resident_id, blob_id)
        await LeftoverDocument.get_pymongo_collection().delete_one(
            {"_id": leftover_id, "resident_id": resident_id}
        )
        return True

    async def sweep(self) -> int:
        """Clear away what a process that died left; how many uploads that was."""
        due = {"at": {"$lte": self._core.clock.now() - _AFTER}}
        found = LeftoverDocument.get_pymongo_collection().find(due, {"resident_id": 1})
        cleared = [await self.clear(raw["resident_id"], raw["_id"]) async for raw in found]
        if any(cleared):
            log.info("files of broken uploads cleared away", uploads=sum(cleared))
        return sum(cleared)
