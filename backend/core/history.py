"""Earlier versions of clinical documents: nothing clinical is overwritten.

A document carries ``version``. Changing it puts the document as it was into
``versions`` and raises the number, in one transaction, if nobody else changed
it meanwhile.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.asynchronous.collection import AsyncCollection

from backend.core.clock import Clock
from backend.core.database import Raw, Session
from backend.core.documents import ASC, DESC, ResidentOwned, index, unique
from backend.core.errors import Conflict, NotFound


class ChangedMeanwhile(Conflict):
    code = "CHANGED_MEANWHILE"
    zh = "这条记录刚被别人修改过，请刷新后再改。"
    en = "Somebody changed this record meanwhile; reload it and try again."


class VersionNotFound(NotFound):
    code = "VERSION_NOT_FOUND"
    zh = "找不到这个历史版本。"
    en = "There is no such earlier version."


class PastVersion(ResidentOwned):
    """A document as it was, and who replaced it when and why."""

    collection: str
    document_id: PydanticObjectId
    version: int
    document: dict[str, Any]
    replaced_at: datetime
    replaced_by: PydanticObjectId

    class Settings:
        name = "versions"
        indexes: ClassVar = [
            unique(
                "one_past_version_per_number",
                ("resident_id", ASC),
                ("document_id", ASC),
                ("version", ASC),
            ),
            index("versions_by_time", ("resident_id", ASC), ("replaced_at", DESC)),
        ]


class History:
    """Replaces documents and keeps what they were."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def replace(
        self,
        collection: AsyncCollection[Raw],
        before: Raw,
        changes: Raw,
        *,
        by: ObjectId,
        session: Session,
    ) -> Raw:
        """``before`` with ``changes`` and the next version number, stored.

        Raises ``ChangedMeanwhile`` when the stored version is no longer ``before``'s.
        """
        after = {**before, **changes, "version": before["version"] + 1}
        result = await collection.replace_one(
            {
                "_id": before["_id"],
                "resident_id": before["resident_id"],
                "version": before["version"],
            },
            after,
            session=session,
        )
        if result.matched_count == 0:
            raise ChangedMeanwhile
        past = PastVersion(
            resident_id=before["resident_id"],
            collection=collection.name,
            document_id=before["_id"],
            version=before["version"],
            document=before,
            replaced_at=self._clock.now(),
            replaced_by=PydanticObjectId(by),
        )
        await PastVersion.get_pymongo_collection().insert_one(past.to_raw(), session=session)
        return after

    async def past(self, resident_id: ObjectId, document_id: ObjectId) -> list[PastVersion]:
        """All earlier versions, newest first."""
        return (
            await PastVersion.find({"resident_id": resident_id, "document_id": document_id})
            .sort("-version")
            .to_list()
        )

    async def version(
        self, resident_id: ObjectId, document_id: ObjectId, version: int
    ) -> PastVersion:
        found = await PastVersion.find_one(
            {"resident_id": resident_id, "document_id": document_id, "version": version}
        )
        if found is None:
            raise VersionNotFound
        return found
