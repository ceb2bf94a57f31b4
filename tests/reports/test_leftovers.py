"""Files of an upload that broke between storing them and making a report of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from backend.core.blobs import BlobNotFound
from backend.core.clock import FixedClock
from backend.core.history import ChangedMeanwhile
from backend.reports.files import Incoming
from backend.reports.leftovers import Leftovers
from backend.reports.limits import LEFTOVER_HOURS
from backend.services import Services
from tests.reports.papers import a_photo, a_reading, a_report
from tests.reports.people import NOTHING_STORED, Person, stored

_HOURS = timedelta(hours=LEFTOVER_HOURS)


class Died(BaseException):
    """The process is gone: nothing after this line runs."""


async def test_what_a_process_that_died_left_is_cleared_away_and_nothing_else(
    services: Services, person: Person, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = await a_report(services, person.viewer, person.resident_id, a_reading(), seed=1)
    before = await stored(services)

    async def dies(*_: Any, **__: Any) -> None:
        raise Died

    for step in ("_write", "_put"):
        with monkeypatch.context() as patch:
            patch.setattr(services.reports.intake, step, dies)
            patch.setattr(services.reports.intake._leftovers, "clear", dies)
            with pytest.raises(Died):
                await services.reports.intake.take(
                    person.viewer, person.resident_id, [Incoming(a_photo(2), "a.png")]
                )
    between = await stored(services)
    assert between["blobs.files"] == before["blobs.files"] + 1
    assert between["report_leftovers"] == 2
    leftovers = Leftovers(services.core)
    assert await leftovers.sweep() == 0, "an upload that still runs is left alone"
    clock.advance(_HOURS)
    assert await leftovers.sweep() == 2
    assert await stored(services) == before
    page = kept.pages[0]
    assert await services.core.blobs.get(person.resident_id, page.blob_id)
    again = [Incoming(a_photo(2), "a.png")]
    taken = await services.reports.intake.take(person.viewer, person.resident_id, again)
    assert not taken.known


async def test_a_refused_write_leaves_nothing_at_once(
    services: Services, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("the outbox is full")

    monkeypatch.setattr(services.core.outbox, "publish", fails)
    with pytest.raises(RuntimeError):
        await services.reports.intake.take(
            person.viewer, person.resident_id, [Incoming(a_photo(), "a.png")]
        )
    assert await stored(services) == NOTHING_STORED


async def test_a_file_that_is_being_cleared_away_gets_no_report(
    services: Services, person: Person
) -> None:
    leftovers, resident_id = Leftovers(services.core), person.resident_id
    announced = await leftovers.announce(resident_id, [ObjectId()])
    db = services.core.store.db
    await db["report_leftovers"].update_one({"_id": announced}, {"$set": {"clearing": True}})
    with pytest.raises(ChangedMeanwhile):
        await services.core.store.transaction(
            lambda session: leftovers.take_back(resident_id, announced, session)
        )
    assert await leftovers.clear(resident_id, announced)
    assert not await leftovers.clear(resident_id, announced)
    other = await services.core.blobs.put(resident_id, b"page", "image/png")
    with pytest.raises(BlobNotFound):
        await services.core.blobs.discard(ObjectId(), other)
    assert await services.core.blobs.get(resident_id, other) == b"page"
