"""The uploaded files themselves, as FHIR has them: Binary resources that documents point at."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from bson import ObjectId

from backend.access.categories import Category
from backend.access.service import Access
from backend.archive.fhir import OutKept, canonical
from backend.core.container import Core
from backend.core.database import Raw
from backend.identity.viewer import Viewer
from backend.reports.documents import ReportDocument, ReportState
from backend.reports.errors import ReportNotFound
from backend.reports.limits import EXPORT_BYTES


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it was sent, but for where and with what it was taken."""

    data: bytes
    content_type: str


class Originals:
    """Gives out files of reports."""

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access

    async def get(self, viewer: Viewer, resident_id: ObjectId, blob_id: ObjectId) -> Original:
        """One file. Raises ``ReportNotFound``."""
        await self._access.require(viewer, resident_id, Category.REPORTS)
        raw = await ReportDocument.get_pymongo_collection().find_one(
            {"resident_id": resident_id, "files.blob_id": blob_id}, {"files": 1}
        )
        if raw is None:
            raise ReportNotFound
        file = next(each for each in raw["files"] if each["blob_id"] == blob_id)
        data = await self._core.blobs.get(resident_id, blob_id)
        return Original(data, file["content_type"])

    async def exported(self, resident_id: ObjectId, allowed: frozenset[Category]) -> list[OutKept]:
        """Binaries of confirmed reports, the newest first as far as a Bundle should hold them.

        For the archive's export, which asked the policy.
        """
        if Category.REPORTS not in allowed:
            return []
        query = {"resident_id": resident_id, "state": ReportState.CONFIRMED.value}
        rows = ReportDocument.get_pymongo_collection().find(query, {"files": 1})
        found: list[OutKept] = []
        left = EXPORT_BYTES
        async for raw in rows.sort([("created_at", -1)]):
            for file in raw["files"]:
                left -= file["size"]
                if left < 0:
                    return found
                found.append(await self._binary(resident_id, file))
        return found

    async def _binary(self, resident_id: ObjectId, file: Raw) -> OutKept:
        data = await self._core.blobs.get(resident_id, file["blob_id"])
        resource = {
            "resourceType": "Binary",
            "id": str(file["blob_id"]),
            "contentType": file["content_type"],
            "data": base64.b64encode(data).decode(),
        }
        return OutKept(raw=canonical(resource), valid=True)
