"""The stored records: found, made, changed. Whoever calls asked the policy."""

from __future__ import annotations

from dataclasses import dataclass

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo import ReturnDocument

from backend.access.categories import Action, Category
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import OwnerKey
from backend.core.keys.keyring import refuse_erased
from backend.identity.viewer import Viewer
from content.documents import PieceRecord
from content.piece import Piece
from content.reading.record import frame, mark

PURPOSE = "article"
"""What the log of who looked calls it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who does something with pieces, for whom, and the resident's key."""

    viewer: Viewer
    resident_id: ObjectId
    key: OwnerKey


class Rows:
    """What somebody reads says what they have: it belongs to their history."""

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access

    async def reader(self, viewer: Viewer, resident_id: ObjectId) -> Reader:
        """Who may record what was read. Raises ``AccessDenied``, ``ConsentMissing``."""
        await self._access.require(
            viewer, resident_id, Category.CONDITIONS, Action.RECORD, purpose=PURPOSE
        )
        return Reader(viewer, resident_id, await self._core.keyring.key(resident_id))

    async def find(
        self, reader: Reader, piece: Piece, session: Session | None = None
    ) -> Raw | None:
        query = {"resident_id": reader.resident_id, "piece": mark(reader.key, piece.slug)}
        found: Raw | None = await PieceRecord.get_pymongo_collection().find_one(
            query, session=session
        )
        return found

    async def ensure(self, session: Session, reader: Reader, piece: Piece) -> Raw:
        """The record as it is, a new one where there is none."""
        await refuse_erased(session, [reader.resident_id])
        now = self._core.clock.now()
        made = frame(reader.resident_id, piece.slug, reader.key, now)
        empty = PieceRecord(**made, by=PydanticObjectId(reader.viewer.account_id), updated_at=now)
        found: Raw | None = await PieceRecord.get_pymongo_collection().find_one_and_update(
            {name: made[name] for name in ("resident_id", "piece")},
            {"$setOnInsert": empty.to_raw()},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        assert found is not None
        return found

    async def change(
        self, session: Session, reader: Reader, record_id: ObjectId, values: Raw, **more: Raw
    ) -> Raw:
        """``more``: other operators without their dollar, as ``inc``."""
        await refuse_erased(session, [reader.resident_id])
        values = {**values, "by": reader.viewer.account_id, "updated_at": self._core.clock.now()}
        found: Raw | None = await PieceRecord.get_pymongo_collection().find_one_and_update(
            {"resident_id": reader.resident_id, "_id": record_id},
            {"$set": values, **{f"${name}": change for name, change in more.items()}},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        assert found is not None
        return found
