"""A file in pieces, for phones whose network comes and goes (as tus 1.0.0 has it).

Pieces lie sealed in the store and are counted only when they are there: whoever goes on
asks for the offset. The last byte makes a report, or the refusal says why and the pieces go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.errors import Invalid, TooMuch
from backend.core.keys import OwnerKey
from backend.identity.viewer import Viewer
from backend.reports.documents import PieceDocument, UploadDocument
from backend.reports.errors import (
    TooManyUploads,
    UploadNotFound,
    UploadOffsetWrong,
    UploadTooLarge,
)
from backend.reports.files import Incoming
from backend.reports.intake import Intake
from backend.reports.limits import (
    FILE_BYTES,
    FILE_MEGABYTES,
    NAME_CHARACTERS,
    OPEN_UPLOADS,
    PIECE_BYTES,
    UPLOAD_DAYS,
)

_LIFE = timedelta(days=UPLOAD_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """``offset`` bytes of ``length`` are here; ``report_id`` when all were and it was taken."""

    id: ObjectId
    resident_id: ObjectId
    length: int
    offset: int
    expires_at: datetime
    report_id: ObjectId | None = None
    known: bool = False
    resembles: tuple[ObjectId, ...] = ()


class Uploads:
    """Resumable uploads of a viewer for a resident."""

    def __init__(self, core: Core, access: Access, intake: Intake) -> None:
        self._core = core
        self._access = access
        self._intake = intake

    async def begin(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        *,
        length: int,
        name: str = "",
        into: ObjectId | None = None,
    ) -> Upload:
        """Raises ``UploadTooLarge`` before a byte is sent, ``TooManyUploads``, and as
        ``Intake.require``."""
        await self._intake.require(viewer, resident_id, into)
        if length > FILE_BYTES:
            raise UploadTooLarge(limit_mb=FILE_MEGABYTES)
        collection = UploadDocument.get_pymongo_collection()
        mine = {"resident_id": resident_id, "account_id": viewer.account_id, "report_id": None}
        if await collection.count_documents(mine, limit=OPEN_UPLOADS) >= OPEN_UPLOADS:
            raise TooManyUploads(limit=OPEN_UPLOADS)
        key, now, upload_id = await self._core.keyring.key(resident_id), self._now(), ObjectId()
        sealed = key.seal(name[-NAME_CHARACTERS:].encode(), f"report_uploads:{upload_id}:name")
        document = UploadDocument(
            id=PydanticObjectId(upload_id),
            resident_id=PydanticObjectId(resident_id),
            account_id=PydanticObjectId(viewer.account_id),
            length=length,
            name=sealed,
            into=PydanticObjectId(into) if into else None,
            created_at=now,
            expires_at=now + _LIFE,
        )
        raw = document.to_raw()
        await collection.insert_one(raw)
        return _upload(raw)

    async def get(self, viewer: Viewer, resident_id: ObjectId, upload_id: ObjectId) -> Upload:
        """Raises ``UploadNotFound``, for somebody else's as well."""
        return _upload(await self._own(viewer, resident_id, upload_id))

    async def append(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        upload_id: ObjectId,
        *,
        offset: int,
        data: bytes,
    ) -> Upload:
        """The next bytes. Raises ``UploadOffsetWrong`` where others came first, and
        ``UploadTooLarge`` for more than was announced."""
        raw = await self._own(viewer, resident_id, upload_id)
        if raw["offset"] != offset or raw["report_id"] is not None:
            raise UploadOffsetWrong(offset=raw["offset"])
        if offset + len(data) > raw["length"]:
            raise UploadTooLarge(limit_mb=FILE_MEGABYTES)
        key = await self._core.keyring.key(resident_id)
        for start in range(0, len(data), PIECE_BYTES):
            raw = await self._keep(raw, data[start : start + PIECE_BYTES], key)
        return _upload(raw)

    async def finish(self, viewer: Viewer, resident_id: ObjectId, upload_id: ObjectId) -> Upload:
        """Make the report, once all bytes are here; asked again, the same answer.

        Raises what ``Intake.take`` refuses; then nothing of the file is left.
        """
        raw = await self._own(viewer, resident_id, upload_id)
        if raw["offset"] < raw["length"]:
            raise UploadOffsetWrong(offset=raw["offset"])
        if raw["report_id"] is not None:
            return _upload(raw)
        key = await self._core.keyring.key(resident_id)
        name = key.open(raw["name"], f"report_uploads:{upload_id}:name").decode()
        file = Incoming(await self._whole(raw, key), name)
        try:
            taken = await self._intake.take(viewer, resident_id, [file], into=raw["into"])
        except (Invalid, TooMuch):
            await self._forget(raw)  # what is refused for what it is will not get better
            raise
        done = {
            "report_id": taken.report_id,
            "known": taken.known,
            "resembles": list(taken.resembles),
        }
        await UploadDocument.get_pymongo_collection().update_one(
            {"_id": upload_id, "resident_id": resident_id}, {"$set": done}
        )
        await self._drop_pieces(raw)
        return _upload({**raw, **done})

    async def abandon(self, viewer: Viewer, resident_id: ObjectId, upload_id: ObjectId) -> None:
        """The sender does not want it any more."""
        await self._forget(await self._own(viewer, resident_id, upload_id))

    async def unfinished(self, viewer: Viewer, resident_id: ObjectId) -> list[Upload]:
        """What the viewer began and can go on with, newest first."""
        await self._access.require(viewer, resident_id, Category.REPORTS, Action.RECORD)
        query = {
            "resident_id": resident_id,
            "account_id": viewer.account_id,
            "report_id": None,
            "expires_at": {"$gt": self._now()},
        }
        found = UploadDocument.get_pymongo_collection().find(query).sort([("created_at", -1)])
        return [_upload(raw) async for raw in found]

    async def _own(self, viewer: Viewer, resident_id: ObjectId, upload_id: ObjectId) -> Raw:
        await self._access.require(viewer, resident_id, Category.REPORTS, Action.RECORD)
        raw: Raw | None = await UploadDocument.get_pymongo_collection().find_one(
            {
                "_id": upload_id,
                "resident_id": resident_id,
                "account_id": viewer.account_id,
                "expires_at": {"$gt": self._now()},
            }
        )
        if raw is None:
            raise UploadNotFound
        return raw

    async def _keep(self, raw: Raw, data: bytes, key: OwnerKey) -> Raw:
        """One piece and the new offset, or neither."""
        upload_id, start = raw["_id"], raw["offset"]
        expires = self._now() + _LIFE
        piece = PieceDocument(
            resident_id=raw["resident_id"],
            upload_id=upload_id,
            start=start,
            size=len(data),
            data=key.seal(data, _piece_place(upload_id, start)),
            expires_at=expires,
        ).to_raw()
        after = {"offset": start + len(data), "expires_at": expires}

        async def work(session: Session) -> None:
            moved = await UploadDocument.get_pymongo_collection().update_one(
                {"_id": upload_id, "resident_id": raw["resident_id"], "offset": start},
                {"$set": after},
                session=session,
            )
            if moved.matched_count == 0:
                raise UploadOffsetWrong(offset=start)
            pieces = PieceDocument.get_pymongo_collection()
            await pieces.insert_one(piece, session=session)
            await pieces.update_many(
                {"resident_id": raw["resident_id"], "upload_id": upload_id},
                {"$set": {"expires_at": expires}},
                session=session,
            )

        await self._core.store.transaction(work)
        return {**raw, **after}

    async def _whole(self, raw: Raw, key: OwnerKey) -> bytes:
        query = {"resident_id": raw["resident_id"], "upload_id": raw["_id"]}
        found = PieceDocument.get_pymongo_collection().find(query).sort([("start", 1)])
        parts = [
            key.open(each["data"], _piece_place(raw["_id"], each["start"])) async for each in found
        ]
        return b"".join(parts)

    async def _forget(self, raw: Raw) -> None:
        await self._drop_pieces(raw)
        await UploadDocument.get_pymongo_collection().delete_one(
            {"_id": raw["_id"], "resident_id": raw["resident_id"]}
        )

    async def _drop_pieces(self, raw: Raw) -> None:
        await PieceDocument.get_pymongo_collection().delete_many(
            {"resident_id": raw["resident_id"], "upload_id": raw["_id"]}
        )

    def _now(self) -> datetime:
        return self._core.clock.now()


def _piece_place(upload_id: ObjectId, start: int) -> str:
    return f"report_pieces:{upload_id}:{start}"


def _upload(raw: Raw) -> Upload:
    return Upload(
        id=raw["_id"],
        resident_id=raw["resident_id"],
        length=raw["length"],
        offset=raw["offset"],
        expires_at=raw["expires_at"],
        report_id=raw["report_id"],
        known=raw["known"],
        resembles=tuple(raw["resembles"]),
    )
