"""Download of everything: what is in it, who gets it, and what happens when work is cut off."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from bson import ObjectId, decode_all

from backend.access.consent.notices import current
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import Accepted
from backend.access.errors import AccessDenied
from backend.core.clock import FixedClock
from backend.core.outbox import OutboxEntry
from backend.identity.viewer import Viewer
from backend.privacy.documents import DownloadDocument, DownloadState
from backend.privacy.downloads import Downloads
from backend.privacy.errors import (
    DownloadExpired,
    DownloadNotFound,
    DownloadNotReady,
    RightNotYours,
)
from backend.privacy.exporting import ExportFile
from backend.privacy.leases import LeaseLost
from backend.services import Services
from tests.factories import (
    a_caregiver,
    a_condition,
    a_key,
    a_profile,
    a_resident,
    a_viewer,
    at,
    bp,
)

NOTE = "=SUM(A1) 夜里头晕"


async def a_record(services: Services) -> tuple[Viewer, ObjectId]:
    owner, resident_id = await a_resident(services, profile=a_profile("张<b>国"))
    for day in ("2026-11-18", "2026-11-19"):
        draft = bp(150, 95, at(day), note=NOTE)
        await services.recording.record(owner, resident_id, draft, idempotency_key=a_key())
    await services.entries.add(owner, resident_id, a_condition(), idempotency_key=a_key())
    await services.core.blobs.put(resident_id, b"\xff\xd8jpeg", "image/jpeg")
    daughter = await a_caregiver(services, resident_id)
    await services.residents.get(daughter, resident_id)
    return owner, resident_id


async def requested(services: Services, owner: Viewer, resident_id: ObjectId) -> DownloadDocument:
    return await services.privacy.downloads.request(owner, resident_id, idempotency_key=a_key())


async def made(
    services: Services, owner: Viewer, resident_id: ObjectId
) -> tuple[DownloadDocument, zipfile.ZipFile]:
    job = await requested(services, owner, resident_id)
    assert await services.privacy.worker.drain() == 1
    job = await services.privacy.downloads.get(owner, resident_id, job.id)
    assert job.state is DownloadState.READY, job.error
    content = await services.privacy.downloads.content(owner, resident_id, job.id)
    assert (len(content), hashlib.sha256(content).hexdigest()) == (job.size, job.sha256)
    return job, zipfile.ZipFile(io.BytesIO(content))


async def test_everything_is_in_it_and_the_manifest_names_each_file(services: Services) -> None:
    owner, resident_id = await a_record(services)
    job, archive = await made(services, owner, resident_id)
    manifest = json.loads(archive.read("manifest.json"))
    listed = {each["path"]: each for each in manifest["files"]}
    assert set(listed) | {"manifest.json"} == set(archive.namelist())
    for path, each in listed.items():
        assert hashlib.sha256(archive.read(path)).hexdigest() == each["sha256"]
    assert manifest["resident"] == str(resident_id)
    bundle = json.loads(archive.read("fhir/bundle.json"))
    kinds = [each["resource"]["resourceType"] for each in bundle["entry"]]
    assert sorted(set(kinds)) >= ["Condition", "Observation", "Patient"]
    originals = [path for path in listed if path.startswith("originals/")]
    assert [archive.read(path) for path in originals] == [b"\xff\xd8jpeg"]
    assert json.loads(archive.read("consents.json"))[0]["purpose"] == "health_data"
    assert len(json.loads(archive.read("people.json"))) == 2
    assert {"conversations.json", "report-alerts.json"} <= set(listed)
    assert (job.done, job.step) == (job.total, None)
    assert job.total >= 9


async def test_the_table_holds_every_reading_and_no_formula(services: Services) -> None:
    owner, resident_id = await a_record(services)
    _, archive = await made(services, owner, resident_id)
    text = archive.read("readings.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(each["component"], each["value"]) for each in rows] == [
        ("systolic", "150.0"), ("diastolic", "95.0"),
    ] * 2  # fmt: skip
    assert {each["note"] for each in rows} == {"'" + NOTE}


async def test_the_page_escapes_what_people_wrote_and_asks_nothing_of_the_net(
    services: Services,
) -> None:
    owner, resident_id = await a_record(services)
    _, archive = await made(services, owner, resident_id)
    page = archive.read("index.html").decode()
    assert "张&lt;b&gt;国" in page
    assert "<b>" not in page
    assert "://" not in page


async def test_the_log_of_who_looked_is_in_it_byte_for_byte(services: Services) -> None:
    owner, resident_id = await a_record(services)
    _, archive = await made(services, owner, resident_id)
    readable = json.loads(archive.read("access_log.json"))
    raw = decode_all(archive.read("access_log_proof/entries.bson"))
    assert [each["seq"] for each in readable] == list(range(1, len(raw) + 1))
    assert [each["hash"].hex() for each in raw] == [each["hash"] for each in readable]
    assert "caregiver" in {each["relation"] for each in readable}


async def test_the_zip_is_sealed_in_the_store(services: Services) -> None:
    owner, resident_id = await a_record(services)
    job, _ = await made(services, owner, resident_id)
    chunks = services.core.store.db["blobs.chunks"]
    stored = b"".join([each["data"] async for each in chunks.find({"files_id": job.blob_id})])
    assert len(stored) > 0
    assert b"PK\x03\x04" not in stored


async def test_it_goes_on_without_consent(services: Services) -> None:
    owner, resident_id = await a_record(services)
    health = Accepted(Purpose.HEALTH_DATA, current(Purpose.HEALTH_DATA).version)
    await services.consents.change(owner, resident_id, health, given=False, idempotency_key=a_key())
    _, archive = await made(services, owner, resident_id)
    assert len(json.loads(archive.read("consents.json"))) == 2


async def test_asking_twice_makes_one(services: Services) -> None:
    owner, resident_id = await a_record(services)
    jobs = await asyncio.gather(*(requested(services, owner, resident_id) for _ in range(5)))
    assert len({each.id for each in jobs}) == 1
    assert await services.privacy.worker.drain() == 1
    again = await requested(services, owner, resident_id)
    assert again.id != jobs[0].id


async def test_many_workers_make_it_once(services: Services) -> None:
    owner, resident_id = await a_record(services)
    await requested(services, owner, resident_id)
    steps = await asyncio.gather(*(services.privacy.downloads.step() for _ in range(6)))
    assert sorted(steps) == [False] * 5 + [True]
    ready = await OutboxEntry.find({"name": "download_ready"}).to_list()
    assert [each.resident_id for each in ready] == [resident_id]
    assert await services.core.store.db["blobs.files"].count_documents({}) == 2


async def test_nobody_but_the_holder_may_have_it(services: Services) -> None:
    owner, resident_id = await a_record(services)
    job, _ = await made(services, owner, resident_id)
    daughter = await a_caregiver(services, resident_id)
    other, other_id = await a_resident(services)
    downloads = services.privacy.downloads
    with pytest.raises(RightNotYours):
        await requested(services, daughter, resident_id)
    with pytest.raises(RightNotYours):
        await downloads.content(daughter, resident_id, job.id)
    with pytest.raises(AccessDenied):
        await downloads.content(a_viewer(), resident_id, job.id)
    with pytest.raises(DownloadNotFound):
        await downloads.content(other, other_id, job.id)
    assert await DownloadDocument.count() == 1


async def test_before_it_is_ready_there_is_no_link_and_no_content(services: Services) -> None:
    owner, resident_id = await a_record(services)
    job = await requested(services, owner, resident_id)
    assert services.privacy.downloads.link(owner, job) is None
    with pytest.raises(DownloadNotReady) as refusal:
        await services.privacy.downloads.content(owner, resident_id, job.id)
    assert refusal.value.data == {"state": "queued"}


async def test_after_seven_days_it_is_deleted(services: Services, clock: FixedClock) -> None:
    owner, resident_id = await a_record(services)
    job, _ = await made(services, owner, resident_id)
    files = services.core.store.db["blobs.files"]
    clock.advance(timedelta(days=7) - timedelta(milliseconds=1))
    assert await services.privacy.worker.drain() == 0
    await services.privacy.downloads.content(owner, resident_id, job.id)
    clock.advance(timedelta(milliseconds=1))
    with pytest.raises(DownloadExpired):
        await services.privacy.downloads.content(owner, resident_id, job.id)
    assert await files.count_documents({"_id": job.blob_id}) == 1
    assert await services.privacy.worker.drain() == 1
    assert await files.count_documents({"_id": job.blob_id}) == 0
    gone = await services.privacy.downloads.get(owner, resident_id, job.id)
    assert gone.state is DownloadState.EXPIRED


class Failing:
    """An exporter of a room whose store is away."""

    name = "failing"

    def __init__(self, fails: int) -> None:
        self.left = fails

    async def files(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[ExportFile]:
        self.left -= 1
        if self.left >= 0:
            raise OSError("张建国 secret text")
        yield ExportFile(path="points.json", content=b"[]", zh="积分", en="Points", count=0)


def with_exporter(services: Services, exporter: Failing) -> Downloads:
    return Downloads(services.core, services.access, services.residents, [exporter])


async def test_what_fails_is_tried_again(services: Services, clock: FixedClock) -> None:
    owner, resident_id = await a_record(services)
    downloads = with_exporter(services, Failing(2))
    job = await requested(services, owner, resident_id)
    for _ in range(3):
        assert await downloads.step()
        clock.advance(timedelta(minutes=1))
    assert (await downloads.get(owner, resident_id, job.id)).state is DownloadState.READY


async def test_what_goes_on_failing_says_so_and_frees_the_way(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_record(services)
    downloads = with_exporter(services, Failing(99))
    job = await requested(services, owner, resident_id)
    for _ in range(5):
        assert await downloads.step()
        clock.advance(timedelta(hours=1))
    assert not await downloads.step()
    failed = await downloads.get(owner, resident_id, job.id)
    assert (failed.state, failed.error) == (DownloadState.FAILED, "INTERNAL")
    assert await OutboxEntry.find({"name": "download_failed"}).count() == 1
    assert (await requested(services, owner, resident_id)).id != job.id


class Slow:
    """An exporter during which another worker takes the job over."""

    name = "slow"

    def __init__(self, clock: FixedClock, other: Downloads) -> None:
        self._clock = clock
        self._other = other
        self.seen: list[str] = []

    async def files(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[ExportFile]:
        if not self.seen:
            self.seen.append("first")
            self._clock.advance(timedelta(minutes=2))
            assert await self._other.step()
        yield ExportFile(path="slow.json", content=b"{}", zh="慢", en="Slow")


async def test_a_worker_that_overslept_drops_its_work(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_record(services)
    slow = Slow(clock, services.privacy.downloads)
    late = Downloads(services.core, services.access, services.residents, [slow])
    job = await requested(services, owner, resident_id)
    assert await late.step()
    ready = await services.privacy.downloads.get(owner, resident_id, job.id)
    assert (ready.state, ready.attempts) == (DownloadState.READY, 2)
    content = await services.privacy.downloads.content(owner, resident_id, job.id)
    assert "slow.json" not in zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert await OutboxEntry.find({"name": "download_ready"}).count() == 1


async def test_a_guardian_whose_relation_ended_meanwhile_gets_nothing(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_record(services)
    job = await requested(services, owner, resident_id)
    relations = services.core.store.db["relations"]
    await relations.update_many({}, {"$set": {"ended_at": clock.now()}})
    assert await services.privacy.downloads.step()
    stored = await DownloadDocument.get(job.id)
    assert stored is not None
    assert (stored.state, stored.error) == (DownloadState.QUEUED, "ACCESS_DENIED")
    assert stored.blob_id is None


async def test_settling_without_the_lease_changes_nothing(services: Services) -> None:
    owner, resident_id = await a_record(services)
    job = await requested(services, owner, resident_id)
    leases = services.privacy.downloads._leases
    with pytest.raises(LeaseLost):
        await leases.hold(job.to_raw(), done=3)
    assert (await services.privacy.downloads.get(owner, resident_id, job.id)).done == 0
