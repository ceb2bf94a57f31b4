"""Files of a resident (photos, PDFs, exports), sealed with their key, in GridFS."""

from __future__ import annotations

import contextlib
from typing import Any, Protocol

from bson import ObjectId
from gridfs import AsyncGridFSBucket, NoFile

from backend.core.database import Store
from backend.core.errors import NotFound
from backend.core.keys import Keyring


class BlobNotFound(NotFound):
    code = "FILE_NOT_FOUND"
    zh = "找不到这个文件。"
    en = "There is no such file."


class Blobs(Protocol):
    """Whole files in and out; a photo or report page fits in memory by the upload limits."""

    async def put(
        self,
        resident_id: ObjectId,
        content: bytes,
        content_type: str,
        *,
        blob_id: ObjectId | None = None,
    ) -> ObjectId: ...

    async def get(self, resident_id: ObjectId, blob_id: ObjectId) -> bytes: ...

    async def delete(self, resident_id: ObjectId, blob_id: ObjectId) -> None: ...

    async def discard(self, resident_id: ObjectId, blob_id: ObjectId) -> None:
        """Whatever there is of it, be it nothing or the beginning of a broken ``put``."""
        ...


class GridFSBlobs:
    """Blobs in the same MongoDB as everything else; nothing more to run or back up."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        self._bucket = AsyncGridFSBucket(store.db, bucket_name="blobs")
        self._files = store.db["blobs.files"]
        self._keyring = keyring

    async def put(
        self,
        resident_id: ObjectId,
        content: bytes,
        content_type: str,
        *,
        blob_id: ObjectId | None = None,
    ) -> ObjectId:
        """``blob_id``: a new one that the caller wrote down before."""
        blob_id = blob_id or ObjectId()
        key = await self._keyring.key(resident_id)
        await self._bucket.upload_from_stream_with_id(
            blob_id,
            str(blob_id),
            key.seal(content, f"blobs:{blob_id}"),
            metadata={"resident_id": resident_id, "content_type": content_type},
        )
        return blob_id

    async def get(self, resident_id: ObjectId, blob_id: ObjectId) -> bytes:
        await self._owned(resident_id, blob_id)
        try:
            stream = await self._bucket.open_download_stream(blob_id)
            sealed = await stream.read()
        except NoFile as error:  # deleted between the two reads
            raise BlobNotFound from error
        key = await self._keyring.key(resident_id)
        return key.open(sealed, f"blobs:{blob_id}")

    async def delete(self, resident_id: ObjectId, blob_id: ObjectId) -> None:
        await self._owned(resident_id, blob_id)
        await self._bucket.delete(blob_id)

    async def discard(self, resident_id: ObjectId, blob_id: ObjectId) -> None:
        found = await self._files.find_one({"_id": blob_id}, {"metadata.resident_id": 1})
        if found is not None and found["metadata"]["resident_id"] != resident_id:
            raise BlobNotFound
        with contextlib.suppress(NoFile):  # its pieces went, it had no entry yet
            await self._bucket.delete(blob_id)

    async def _owned(self, resident_id: ObjectId, blob_id: ObjectId) -> dict[str, Any]:
        found = await self._files.find_one({"_id": blob_id, "metadata.resident_id": resident_id})
        if found is None:
            raise BlobNotFound
        return found
