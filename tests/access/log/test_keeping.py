"""Roots and the purge by one process at a time; ``kangban audit`` as somebody runs it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from backend.access.log.anchoring import Anchoring, all_roots
from backend.access.log.documents import DOCUMENTS
from backend.access.log.keeping import Keeping
from backend.access.log.verify import verify
from backend.commands.audit import read_roots
from backend.core.clock import FixedClock
from backend.core.database import Store, connect
from backend.services import Services
from tests.access.log.lines import a_chain

EVERY = timedelta(hours=1)


@pytest.fixture
async def store(mongodb_uri: str) -> AsyncIterator[Store]:
    """A database with this room's collections only."""
    store = await connect(mongodb_uri, f"t{uuid4().hex[:12]}")
    await store.prepare(DOCUMENTS)
    yield store
    await store.client.drop_database(store.db.name)
    await store.close()


async def roots() -> int:
    return len(await all_roots())


async def test_of_many_processes_one_anchors_in_each_period(
    store: Store, clock: FixedClock
) -> None:
    processes = [Keeping(clock, every=EVERY, months=6) for _ in range(5)]
    for expected in (1, 2):
        await a_chain(2, at=clock.now())
        assert sorted(await asyncio.gather(*(each.once() for each in processes))) == [
            *[False] * 4,
            True,
        ]
        assert await roots() == expected
        clock.advance(EVERY / 2)


async def test_a_process_that_died_at_it_is_followed_by_another(
    store: Store, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying, other = (Keeping(clock, every=EVERY, months=6) for _ in range(2))
    await a_chain(2, at=clock.now())

    class Died(BaseException):
        pass

    async def dies(_: Anchoring) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(Anchoring, "anchor", dies)
        with pytest.raises(Died):
            await dying.once()
    assert not await other.once()
    clock.advance(timedelta(minutes=30))
    assert await other.once()
    assert await roots() == 1
    # Whoever comes back late finds the work in other hands.
    assert not await dying.once()


async def audit(uri: str, store: Store, folder: Path, *arguments: str) -> tuple[int, bytes]:
    environment = {
        **os.environ,
        "KANGBAN_ENVIRONMENT": "test",
        "KANGBAN_DATABASE": store.db.name,
        "KANGBAN_DATA_DIR": str(folder),
        "KANGBAN_MONGODB_URI": uri,
    }
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("kangban")),
        "audit",
        *arguments,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert b"Traceback" not in errors, errors.decode()
    assert process.returncode is not None
    return process.returncode, out


@pytest.mark.slow
async def test_the_command_tells_the_first_broken_entry_and_fails(
    services: Services, mongodb_uri: str, clock: FixedClock, tmp_path: Path
) -> None:
    store = services.core.store  # whole: the command looks whether all collections are there
    resident_id = await a_chain(3, at=clock.now())
    assert await Keeping(clock, every=EVERY, months=6).once()
    published = tmp_path / "roots.jsonl"
    published.write_bytes(b"".join(orjson.dumps(each.to_json()) for each in await all_roots()))
    assert (await verify(clock.now(), read_roots(published))).broken is None
    await store.db["access_log"].delete_one({"resident_id": resident_id, "seq": 2})
    bad, verdict = await audit(
        mongodb_uri, store, tmp_path, "verify", "--json", "--roots", str(published)
    )
    assert bad == 1
    told = orjson.loads(verdict)
    assert told.pop("entries") >= 0
    assert told == {"ok": False, "resident": str(resident_id), "seq": 2, "reason": "gap"}
