"""Versions: nothing is overwritten, nobody overwrites somebody else."""

from __future__ import annotations

import asyncio

import pytest
from bson import ObjectId

from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.history import ChangedMeanwhile, PastVersion, VersionNotFound


async def a_thing(core: Core) -> Raw:
    thing: Raw = {"_id": ObjectId(), "resident_id": ObjectId(), "version": 1, "text": "a"}
    await core.store.db["things"].insert_one(thing)
    return thing


async def replace(core: Core, before: Raw, text: str) -> Raw:
    async def work(session: Session) -> Raw:
        return await core.history.replace(
            core.store.db["things"], before, {"text": text}, by=ObjectId(), session=session
        )

    return await core.store.transaction(work)


async def test_a_change_keeps_what_was(core: Core) -> None:
    first = await a_thing(core)
    second = await replace(core, first, "b")
    third = await replace(core, second, "c")
    assert (third["version"], third["text"]) == (3, "c")
    past = await core.history.past(first["resident_id"], first["_id"])
    assert [(each.version, each.document["text"]) for each in past] == [(2, "b"), (1, "a")]


async def test_a_change_of_an_old_version_is_refused_and_nothing_is_kept(core: Core) -> None:
    first = await a_thing(core)
    await replace(core, first, "b")
    with pytest.raises(ChangedMeanwhile):
        await replace(core, first, "c")
    stored = await core.store.db["things"].find_one({})
    assert stored is not None
    assert (stored["text"], await PastVersion.count()) == ("b", 1)


async def test_of_two_changes_at_once_one_wins(core: Core) -> None:
    first = await a_thing(core)
    results = await asyncio.gather(
        *(replace(core, first, text) for text in "bcde"), return_exceptions=True
    )
    assert sum(isinstance(each, ChangedMeanwhile) for each in results) == 3
    assert await PastVersion.count() == 1


async def test_another_resident_s_version_is_not_found(core: Core) -> None:
    first = await a_thing(core)
    await replace(core, first, "b")
    with pytest.raises(VersionNotFound):
        await core.history.version(ObjectId(), first["_id"], 1)
