"""Download of everything: asked for, put together in the background, fetched, deleted again."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any

import structlog
from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action
from backend.access.service import Access
from backend.archive.residents import Residents
from backend.core.blobs import BlobNotFound
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.dispatcher import backoff
from backend.core.errors import KangbanError
from backend.core.links import Links
from backend.core.outbox import Event
from backend.identity.viewer import Viewer
from backend.privacy.asking import require_holder
from backend.privacy.documents import DownloadDocument, DownloadState
from backend.privacy.errors import DownloadExpired, DownloadNotFound, DownloadNotReady
from backend.privacy.events import DownloadFailed, DownloadReady
from backend.privacy.exporting import Exporter, ExportFile
from backend.privacy.leases import LeaseLost, Leases
from backend.privacy.limits import DOWNLOAD_ATTEMPTS, DOWNLOAD_KEPT
from backend.privacy.package import packed

log = structlog.get_logger(__name__)

FOLDER = "/downloads"
_WAITING = {"state": {"$in": [DownloadState.QUEUED.value, DownloadState.RUNNING.value]}}
_ZIP = "application/zip"


class Downloads:
    """``exporters`` are asked in order; each asks the policy again."""

    def __init__(
        self, core: Core, access: Access, residents: Residents, exporters: Sequence[Exporter]
    ) -> None:
        self._core = core
        self._access = access
        self._residents = residents
        self._exporters = tuple(exporters)
        self._links = Links(core.keyring, core.clock)
        self._leases = Leases(core.clock, DownloadDocument.get_pymongo_collection)

    async def request(
        self, viewer: Viewer, resident_id: ObjectId, *, idempotency_key: str
    ) -> DownloadDocument:
        """A new job, or the one that is under way. Raises ``RightNotYours``, ``AccessDenied``."""
        await require_holder(self._access, viewer, resident_id, Action.MANAGE, purpose="download")
        now = self._core.clock.now()

        async def work(session: Session) -> Raw:
            job = DownloadDocument(
                resident_id=PydanticObjectId(resident_id),
                requested_by=PydanticObjectId(viewer.account_id),
                roles=viewer.roles,
                language=viewer.language,
                at=now,
                available_at=now,
                total=len(self._exporters),
            )
            await job.insert(session=session)
            return {"download_id": job.id}

        arguments = ["request_download", resident_id]
        try:
            answer = await self._core.idempotency.once(
                viewer.account_id, idempotency_key, arguments, work
            )
        except DuplicateKeyError:
            running = await DownloadDocument.find_one({"resident_id": resident_id, "open": True})
            if running is not None:
                return running
            return await self.request(viewer, resident_id, idempotency_key=idempotency_key)
        return await self._read(resident_id, answer["download_id"])

    async def of(self, viewer: Viewer, resident_id: ObjectId) -> list[DownloadDocument]:
        """All that is remembered, newest first."""
        await require_holder(self._access, viewer, resident_id)
        found = DownloadDocument.find({"resident_id": resident_id}).sort("-at", "-_id")
        return await found.limit(20).to_list()

    async def get(
        self, viewer: Viewer, resident_id: ObjectId, download_id: ObjectId
    ) -> DownloadDocument:
        """For watching the progress. Raises ``DownloadNotFound``."""
        await require_holder(self._access, viewer, resident_id)
        return await self._read(resident_id, download_id)

    def link(self, viewer: Viewer, download: DownloadDocument) -> str | None:
        """A path that opens for ten minutes without a token; None where nothing is ready."""
        if download.state is not DownloadState.READY:
            return None
        path = f"{FOLDER}/{download.resident_id}/{download.id}.zip"
        return self._links.sign(path, (), viewer.account_id)

    async def content(self, viewer: Viewer, resident_id: ObjectId, download_id: ObjectId) -> bytes:
        """The ZIP. Raises ``DownloadNotReady``, ``DownloadExpired``, ``DownloadNotFound``."""
        download = await self.get(viewer, resident_id, download_id)
        if download.state in (DownloadState.QUEUED, DownloadState.RUNNING):
            raise DownloadNotReady(state=download.state.value)
        if download.state is DownloadState.FAILED:
            raise DownloadNotFound
        expires = download.expires_at
        if download.blob_id is None or expires is None or expires <= self._core.clock.now():
            raise DownloadExpired
        return await self._core.blobs.get(resident_id, download.blob_id)

    async def step(self) -> bool:
        """Put one waiting download together, or delete an expired one; False when none is due."""
        job = await self._leases.claim(_WAITING, {"state": DownloadState.RUNNING.value})
        if job is not None:
            await self._run(job)
            return True
        return await self._expire()

    async def _run(self, job: Raw) -> None:
        try:
            content = await self._made(job)
            await self._finish(job, content)
        except LeaseLost:
            log.info("download taken over by another worker")
        except Exception as error:  # whatever a room's exporter raises: try again, then say so
            log.warning("download failed", error=type(error).__name__, attempt=job["attempts"])
            await self._fail(job, error)

    async def _made(self, job: Raw) -> bytes:
        viewer = Viewer(
            account_id=job["requested_by"],
            roles=DownloadDocument.model_validate(job).roles,
            language=DownloadDocument.model_validate(job).language,
        )
        resident_id: ObjectId = job["resident_id"]
        self._access.exempt(viewer, resident_id)
        await require_holder(self._access, viewer, resident_id)
        files: list[ExportFile] = []
        for done, exporter in enumerate(self._exporters):
            await self._leases.hold(job, done=done, step=exporter.name)
            async for each in exporter.files(viewer, resident_id):
                files.append(each)
                await self._leases.hold(job)
        name = (await self._residents.get(viewer, resident_id)).profile.name or ""
        now = self._core.clock.now()
        return await asyncio.to_thread(
            packed, files, name=name, resident=str(resident_id), made=now
        )

    async def _finish(self, job: Raw, content: bytes) -> None:
        resident_id = job["resident_id"]
        blob_id = await self._core.blobs.put(resident_id, content, _ZIP)
        now = self._core.clock.now()
        ready = DownloadReady(
            resident_id=PydanticObjectId(resident_id), download_id=PydanticObjectId(job["_id"])
        )
        outcome = {
            "state": DownloadState.READY.value,
            "open": False,
            "done": len(self._exporters),
            "step": None,
            "ready_at": now,
            "expires_at": now + DOWNLOAD_KEPT,
            "blob_id": blob_id,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "error": None,
        }
        try:
            await self._settle(job, ready, available_at=now + DOWNLOAD_KEPT, **outcome)
        except BaseException:
            await self._core.blobs.delete(resident_id, blob_id)
            raise

    async def _fail(self, job: Raw, error: Exception) -> None:
        code = error.code if isinstance(error, KangbanError) else "INTERNAL"
        now = self._core.clock.now()
        try:
            if job["attempts"] < DOWNLOAD_ATTEMPTS:
                await self._leases.settle(
                    job,
                    available_at=now + backoff(job["attempts"]),
                    state=DownloadState.QUEUED.value,
                    error=code,
                )
                return
            failed = DownloadFailed(
                resident_id=job["resident_id"], download_id=PydanticObjectId(job["_id"])
            )
            outcome: Raw = {"state": DownloadState.FAILED.value, "open": False, "error": code}
            await self._settle(job, failed, available_at=now, **outcome)
        except (LeaseLost, KangbanError):
            log.info("download dropped")

    async def _settle(self, job: Raw, event: Event, **fields: Any) -> None:
        async def work(session: Session) -> None:
            await self._leases.settle(job, session=session, **fields)
            await self._core.outbox.publish(session, event)

        await self._core.store.transaction(work)

    async def _expire(self) -> bool:
        old = await self._leases.claim({"state": DownloadState.READY.value})
        if old is None:
            return False
        try:
            await self._core.blobs.delete(old["resident_id"], old["blob_id"])
        except BlobNotFound:
            log.info("expired download was gone already")
        now = self._core.clock.now()
        gone: Raw = {"state": DownloadState.EXPIRED.value, "blob_id": None}
        await self._leases.settle(old, available_at=now, **gone)
        return True

    async def _read(self, resident_id: ObjectId, download_id: ObjectId) -> DownloadDocument:
        found = await DownloadDocument.find_one({"resident_id": resident_id, "_id": download_id})
        if found is None:
            raise DownloadNotFound
        return found
