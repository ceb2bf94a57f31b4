"""Files of other apps and devices, through the service into the store."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.access.relations import Relation
from backend.identity.viewer import Viewer
from backend.measurements.batch import Outcome
from backend.measurements.devices.errors import (
    FileCompressionBomb,
    FileFormatUnknown,
    FileMalformed,
)
from backend.measurements.documents import ReadingDocument
from backend.measurements.import_report import MOST_REFUSALS, ImportReport, Progress
from backend.measurements.importing import PIECE
from backend.measurements.recording import Recording
from backend.services import Services
from tests.factories import a_caregiver, a_profile, a_resident

EXPORT = '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="zh_CN">\n{}</HealthData>\n'
STEPS = (
    '<Record type="HKQuantityTypeIdentifierStepCount" sourceName="手机" unit="count" '
    'startDate="{day} 08:{minute:02}:00 +0800" endDate="{day} 08:{minute:02}:59 +0800" '
    'value="{value}"/>\n'
)


def steps(index: int, value: str = "120") -> str:
    day, minute = divmod(index, 60)
    return STEPS.format(
        day=f"2026-{1 + day // 28 % 10:02}-{1 + day % 28:02}", minute=minute, value=value
    )


def export(tmp_path: Path, *records: str, name: str = "export.xml") -> Path:
    path = tmp_path / name
    path.write_text(EXPORT.format("".join(records)), "utf-8")
    return path


async def take(
    services: Services, viewer: Viewer, resident_id: ObjectId, path: Path, **how: Any
) -> ImportReport:
    return await services.importing.take(viewer, resident_id, path, path.name, **how)


async def everything() -> list[dict[str, Any]]:
    found = ReadingDocument.get_pymongo_collection().find({}).sort("_id", 1)
    return [raw async for raw in found]


def device_files(shared_data: Path) -> list[Path]:
    skipped = {"HKSampleMapping.json"}  # a table of codes, no export
    return [
        path
        for folder in ("apple_health", "health_connect")
        for path in sorted((shared_data / folder).rglob("*"))
        if path.is_file() and path.name not in skipped
    ]


async def test_every_example_file_imports_and_a_second_time_changes_nothing(
    services: Services, shared_data: Path
) -> None:
    # The examples are of many people of all ages: this one's birth is not known.
    viewer, resident_id = await a_resident(services, profile=a_profile(born=None))
    files = device_files(shared_data)
    assert len(files) >= 20
    taken = 0
    for path in files:
        first = await take(services, viewer, resident_id, path)
        stored = await everything()
        again = await take(services, viewer, resident_id, path)
        assert await everything() == stored, path.name
        assert again.counts[Outcome.RECORDED] == again.counts[Outcome.DUPLICATE] == 0, path.name
        assert again.counts[Outcome.REFUSED] == first.counts[Outcome.REFUSED], path.name
        assert again.skipped == first.skipped, path.name
        assert first.broken is None, path.name
        taken += first.counts[Outcome.RECORDED]
    assert taken == await ReadingDocument.find({"state": "live"}).count() > 50


async def test_the_report_counts_by_outcome_type_and_refusal(
    services: Services, tmp_path: Path
) -> None:
    viewer, resident_id = await a_resident(services)
    path = export(
        tmp_path,
        steps(0),
        steps(1, "nothing"),
        steps(2, "900000000"),
        '<Record type="HKQuantityTypeIdentifierDietaryWater" value="1"/>\n',
        '<Record type="HKQuantityTypeIdentifierDietaryWater" value="2"/>\n',
        steps(3),
    )
    report = await take(services, viewer, resident_id, path)
    assert report.counts == {Outcome.RECORDED: 2, Outcome.REFUSED: 2}
    assert report.skipped == {"HKQuantityTypeIdentifierDietaryWater": 2}
    assert [(each.position, each.error.code) for each in report.refusals] == [
        ("line 4", "RECORD_INVALID"),
        ("reading 2", "PLAUSIBILITY_IMPOSSIBLE"),
    ]


async def test_only_the_first_hundred_refusals_are_told_but_all_are_counted(
    services: Services, tmp_path: Path
) -> None:
    viewer, resident_id = await a_resident(services)
    path = export(tmp_path, *(steps(index, "many") for index in range(150)))
    report = await take(services, viewer, resident_id, path)
    assert report.counts[Outcome.REFUSED] == 150
    assert len(report.refusals) == MOST_REFUSALS


async def test_what_is_unlikely_is_taken_from_a_file(services: Services, tmp_path: Path) -> None:
    viewer, resident_id = await a_resident(services)
    path = tmp_path / "omron.csv"
    path.write_text(
        "日期,时间,收缩压(mmHg),舒张压(mmHg),脉搏(bpm)\n2026-11-20,08:00,262,150,71\n", "utf-8"
    )
    report = await take(services, viewer, resident_id, path)
    assert report.counts == {Outcome.RECORDED: 1}, report.refusals


async def test_a_caregivers_import_is_in_her_own_name(services: Services, tmp_path: Path) -> None:
    _, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    await take(services, daughter, resident_id, export(tmp_path, steps(0)))
    [raw] = await everything()
    assert (raw["recorded_by"]["account_id"], raw["recorded_by"]["relation"]) == (
        daughter.account_id,
        "caregiver",
    )


async def test_who_may_not_record_imports_nothing(services: Services, tmp_path: Path) -> None:
    _, resident_id = await a_resident(services)
    viewing = await a_caregiver(
        services,
        resident_id,
        categories=frozenset({Category.READINGS}),
        actions=frozenset({Action.VIEW}),
    )
    with pytest.raises(AccessDenied):
        await take(services, viewing, resident_id, export(tmp_path, steps(0)))
    assert await everything() == []


async def test_a_grant_that_ends_while_the_file_runs_ends_the_import(
    services: Services, tmp_path: Path
) -> None:
    _, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    path = export(tmp_path, *(steps(index) for index in range(2_000)))
    store, pieces = services.recording.store, 0

    async def storing(*args: Any, **how: Any) -> Any:
        nonlocal pieces
        pieces += 1
        if pieces == 2:
            await Relation.find({"account_id": daughter.account_id}).update(
                {"$set": {"ended_at": services.core.clock.now()}}
            )
        return await store(*args, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recording, "store", lambda _, *args, **how: storing(*args, **how))
        with pytest.raises(AccessDenied):
            await take(services, daughter, resident_id, path)
    assert await ReadingDocument.count() == 2 * PIECE


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("notes.txt", b"nothing that anybody knows", FileFormatUnknown),
        ("empty.xml", b"", FileFormatUnknown),
        ("export.zip", b"PK\x03\x04" + b"\x00" * 50, FileMalformed),
        ("export.xml", b'<?xml version="1.0"?><HealthData>', FileMalformed),
    ],
)
async def test_a_file_that_is_none_is_refused_with_its_own_code(
    services: Services, tmp_path: Path, name: str, content: bytes, error: type[Exception]
) -> None:
    viewer, resident_id = await a_resident(services)
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error):
        await take(services, viewer, resident_id, path)
    assert await everything() == []


async def test_a_file_that_breaks_keeps_what_came_before_and_says_so(
    services: Services, tmp_path: Path
) -> None:
    viewer, resident_id = await a_resident(services)
    path = export(tmp_path, *(steps(index) for index in range(700)))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    report = await take(services, viewer, resident_id, path)
    assert report.broken is not None
    assert report.broken.code == "FILE_MALFORMED"
    kept = report.counts[Outcome.RECORDED]
    assert 300 < kept < 400
    path.write_bytes(whole)
    again = await take(services, viewer, resident_id, path)
    assert again.counts == {Outcome.UNCHANGED: kept, Outcome.RECORDED: 700 - kept}


async def test_a_zip_bomb_ends_before_it_fills_anything(services: Services, tmp_path: Path) -> None:
    viewer, resident_id = await a_resident(services)
    path = tmp_path / "export.zip"
    name, blank = "apple_health_export/export.xml", b" " * (1 << 20)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as member,
    ):
        member.write(b"<HealthData>\n")
        for _ in range(200):
            member.write(blank)
        member.write(b"</HealthData>")
    with pytest.raises(FileCompressionBomb):
        await take(services, viewer, resident_id, path)
    assert await everything() == []


async def test_a_descriptor_of_an_unnamed_file_serves_as_well(
    services: Services, tmp_path: Path
) -> None:
    viewer, resident_id = await a_resident(services)
    path = export(tmp_path, steps(0))
    handle = os.open(path, os.O_RDONLY)
    try:
        path.unlink()
        report = await services.importing.take(viewer, resident_id, handle, "export.xml")
        assert report.counts == {Outcome.RECORDED: 1}
        os.fstat(handle)  # still open
    finally:
        os.close(handle)


async def test_progress_is_told_and_ends_at_the_end(services: Services, tmp_path: Path) -> None:
    viewer, resident_id = await a_resident(services)
    path = export(tmp_path, *(steps(index) for index in range(1_700)))
    told: list[Progress] = []
    await take(services, viewer, resident_id, path, tell=told.append)
    assert sorted({each.readings for each in told}) == [*range(0, 1_501, PIECE), 1_700]
    assert told[-1].read == told[-1].size == path.stat().st_size
    assert [each.read for each in told] == sorted(each.read for each in told)


@asynccontextmanager
async def _watched() -> AsyncIterator[list[float]]:
    """The processor time that went by until the event loop came back, longest first.

    Not the clock's time: the machine that tests run on may be busy with other work.
    """
    pauses: list[float] = []

    async def tick() -> None:
        while True:
            before = time.process_time()
            await asyncio.sleep(0.001)
            pauses.append(time.process_time() - before)

    task = asyncio.create_task(tick())
    yield pauses
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    pauses.sort(reverse=True)


async def test_the_event_loop_goes_on_while_a_long_file_is_parsed_and_stored(
    services: Services, tmp_path: Path
) -> None:
    viewer, resident_id = await a_resident(services)
    await take(services, viewer, resident_id, export(tmp_path, steps(0)))  # tables are read
    other = '<Record type="HKQuantityTypeIdentifierDietaryWater" value="1"/>\n'
    path = export(
        tmp_path, *(steps(index // 10) if index % 10 == 0 else other for index in range(40_000))
    )
    async with _watched() as pauses:
        report = await take(services, viewer, resident_id, path)
    assert report.counts == {Outcome.RECORDED: 3_999, Outcome.UNCHANGED: 1}
    # One pause in a hundred may be the garbage collector's.
    assert pauses[len(pauses) // 100] < 0.05, pauses[:20]


async def test_a_cancelled_import_lets_go_of_the_file(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, resident_id = await a_resident(services)
    path = export(tmp_path, *(steps(index) for index in range(5_000)))
    first_piece = asyncio.Event()

    async def never(*_: Any, **__: Any) -> None:
        first_piece.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Recording, "store", never)
    before = set(os.listdir("/proc/self/fd"))
    task = asyncio.create_task(take(services, viewer, resident_id, path))
    await first_piece.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert set(os.listdir("/proc/self/fd")) == before
    assert await everything() == []


async def test_the_lock_is_handed_on_as_usual_when_no_import_runs(
    services: Services, tmp_path: Path
) -> None:
    usual = sys.getswitchinterval()
    viewer, resident_id = await a_resident(services)
    during: list[float] = []
    await take(
        services,
        viewer,
        resident_id,
        export(tmp_path, steps(0)),
        tell=lambda _: during.append(sys.getswitchinterval()),
    )
    assert max(during) < usual == sys.getswitchinterval()
