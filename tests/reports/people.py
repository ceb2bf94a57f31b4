"""A resident who is signed in and uploads; a reader with the real engine, once a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from bson import ObjectId

from backend.archive.sections import Profile
from backend.identity.viewer import Viewer
from backend.services import Services
from graphql_api.common import ids
from tests.api import Api, sign_in
from tests.factories import a_profile, a_resident


@dataclass(frozen=True)
class Person:
    """Somebody with their own record, at the phone."""

    api: Api
    viewer: Viewer
    resident_id: ObjectId

    @property
    def id(self) -> str:
        return ids.encode("Resident", self.resident_id)

    async def send(
        self, *files: tuple[str, bytes], report: str | None = None, to: str | None = None
    ) -> httpx.Response:
        """One multipart request."""
        return await self.api.client.post(
            f"/reports/{to or self.id}",
            files=[("file", (name, data, "application/octet-stream")) for name, data in files],
            data={"report": report} if report else None,
            headers=self.api.headers(),
        )

    async def uploaded(self, *files: tuple[str, bytes], report: str | None = None) -> str:
        """The report's id."""
        answer = await self.send(*files, report=report)
        assert answer.status_code == 201, answer.text
        taken: dict[str, Any] = answer.json()
        return str(taken["report"])


async def a_person(
    services: Services, client: httpx.AsyncClient, profile: Profile | None = None
) -> Person:
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer, profile or a_profile())
    return Person(api, viewer, resident_id)


def code_of(response: httpx.Response) -> str:
    """The refusal's code."""
    return str(response.json()["error"]["code"])


async def stored(services: Services) -> dict[str, int]:
    """How many documents lie in each collection of reports, with the files."""
    db = services.core.store.db
    names = ("reports", "report_jobs", "report_uploads", "report_pieces", "report_leftovers",
             "blobs.files", "blobs.chunks", "entries", "readings")  # fmt: skip
    return {name: await db[name].count_documents({}) for name in names}


NOTHING_STORED = {
    "reports": 0, "report_jobs": 0, "report_uploads": 0, "report_pieces": 0, "report_leftovers": 0,
    "blobs.files": 0, "blobs.chunks": 0, "entries": 0, "readings": 0,
}  # fmt: skip
