"""Photos, PDFs and other files as they were uploaded."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator

from bson import ObjectId

from backend.access.categories import Category
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw
from backend.identity.viewer import Viewer
from backend.privacy.documents import DownloadDocument
from backend.privacy.exporting import ExportFile


class OriginalsExporter:
    name = "originals"

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access

    async def files(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[ExportFile]:
        await self._access.require(viewer, resident_id, Category.REPORTS)
        own = await DownloadDocument.get_pymongo_collection().distinct(
            "blob_id", {"resident_id": resident_id}
        )
        query: Raw = {"metadata.resident_id": resident_id, "_id": {"$nin": own}}
        found = self._core.store.db["blobs.files"].find(query).sort("uploadDate", 1)
        async for each in found:
            content_type = each["metadata"].get("content_type") or ""
            ending = mimetypes.guess_extension(content_type) or ".bin"
            yield ExportFile(
                path=f"originals/{each['_id']}{ending}",
                content=await self._core.blobs.get(resident_id, each["_id"]),
                zh="上传的原件",
                en="An original as it was uploaded",
            )
