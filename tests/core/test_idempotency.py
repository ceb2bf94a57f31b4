"""Asking twice does once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.idempotency import (
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    IdempotentAnswer,
)

ACCOUNT = ObjectId()


class Counter:
    """Work that counts how often it was committed."""

    def __init__(self, core: Core) -> None:
        self._things = core.store.db["things"]

    async def __call__(self, session: Session) -> Raw:
        thing = {"_id": ObjectId()}
        await self._things.insert_one(thing, session=session)
        return {"thing_id": thing["_id"]}

    async def count(self) -> int:
        return await self._things.count_documents({})


async def test_the_first_answer_is_given_again(core: Core) -> None:
    work = Counter(core)
    first = await core.idempotency.once(ACCOUNT, "k", ["x", 1], work)
    assert await core.idempotency.once(ACCOUNT, "k", ["x", 1], work) == first
    assert await work.count() == 1


async def test_many_at_once_do_the_work_once(core: Core) -> None:
    work = Counter(core)
    answers = await asyncio.gather(
        *(core.idempotency.once(ACCOUNT, "k", ["x"], work) for _ in range(8))
    )
    assert len({each["thing_id"] for each in answers}) == 1
    assert await work.count() == 1


async def test_other_arguments_under_one_key_are_refused(core: Core) -> None:
    work = Counter(core)
    await core.idempotency.once(ACCOUNT, "k", ["x", 1], work)
    with pytest.raises(IdempotencyKeyReused):
        await core.idempotency.once(ACCOUNT, "k", ["x", 2], work)
    assert await work.count() == 1


async def test_another_account_has_its_own_keys(core: Core) -> None:
    work = Counter(core)
    await core.idempotency.once(ACCOUNT, "k", ["x"], work)
    await core.idempotency.once(ObjectId(), "k", ["y"], work)
    assert await work.count() == 2


async def test_failed_work_leaves_the_key_free(core: Core) -> None:
    async def fails(session: Session) -> Raw:
        raise RuntimeError

    work = Counter(core)
    with pytest.raises(RuntimeError):
        await core.idempotency.once(ACCOUNT, "k", ["x"], fails)
    await core.idempotency.once(ACCOUNT, "k", ["x"], work)
    assert await work.count() == 1


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_a_key_has_1_to_200_characters(core: Core, key: str) -> None:
    work = Counter(core)
    with pytest.raises(IdempotencyKeyInvalid):
        await core.idempotency.once(ACCOUNT, key, [], work)
    assert await work.count() == 0


async def test_arguments_are_not_stored(core: Core) -> None:
    await core.idempotency.once(ACCOUNT, "k", ["张建国", 142], Counter(core))
    raw = await IdempotentAnswer.get_pymongo_collection().find_one({})
    assert raw is not None
    assert "张建国" not in str(raw)
    indexes = await IdempotentAnswer.get_pymongo_collection().index_information()
    kept = indexes["idempotent_answers_expire"]["expireAfterSeconds"]
    assert kept >= timedelta(hours=24).total_seconds()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4))
def test_the_order_of_arguments_makes_no_other_request(
    core: Core, given_: dict[str, object]
) -> None:
    digest = core.idempotency._digest
    assert digest(given_) == digest(dict(reversed(given_.items())))
