"""What the gate allowed is in the log before it is shown or done."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.access.log import LogUnavailable, acting
from backend.access.log.trail import answering
from backend.access.service import console_viewer
from backend.core.clock import FixedClock
from backend.core.database import Raw
from backend.identity.viewer import Channel, Viewer
from backend.services import Services
from tests.factories import a_caregiver, a_condition, a_key, a_resident, a_viewer, bp


async def rows(services: Services, resident_id: ObjectId) -> list[Raw]:
    found = services.core.store.db["access_log"].find({"resident_id": resident_id})
    return await found.sort("seq", 1).to_list()


def told(row: Raw) -> tuple[Any, ...]:
    return row["relation"], row["category"], row["action"], row["why"]


async def a_quiet_resident(services: Services) -> tuple[Viewer, ObjectId]:
    """A resident whose log is empty."""
    viewer, resident_id = await a_resident(services)
    await services.core.store.db["access_log"].delete_many({"resident_id": resident_id})
    services.access.log.forget()
    return viewer, resident_id


async def test_a_caregivers_look_is_noted_with_who_what_how_and_why(
    services: Services, clock: FixedClock
) -> None:
    _, resident_id = await a_quiet_resident(services)
    daughter = await a_caregiver(services, resident_id)
    relation = await services.access.require(daughter, resident_id, Category.READINGS)
    (row,) = await rows(services, resident_id)
    del row["_id"], row["request"], row["hash"]
    assert row == {
        "v": 1,
        "resident_id": resident_id,
        "seq": 1,
        "prev": bytes(32),
        "at": clock.now(),
        "account_id": daughter.account_id,
        "relation": "caregiver",
        "kinship": "daughter",
        "role": "caregiver",
        "channel": "app",
        "category": "readings",
        "action": "view",
        "why": "granted",
        "via": relation.id,
        "purpose": None,
        "words": None,
    }


async def test_the_residents_own_look_is_not_noted_and_their_change_is(services: Services) -> None:
    viewer, resident_id = await a_quiet_resident(services)
    await services.readings.latest(viewer, resident_id, [bp().kind])
    assert await rows(services, resident_id) == []
    await services.recording.record(viewer, resident_id, bp(), idempotency_key=a_key())
    assert [told(each) for each in await rows(services, resident_id)] == [
        ("self", "readings", "record", "own_record")
    ]


async def test_one_entry_for_each_subject_category_action_and_request(services: Services) -> None:
    _, resident_id = await a_quiet_resident(services)
    daughter = await a_caregiver(services, resident_id)
    for _ in range(3):
        async with answering():
            for category in (Category.READINGS, Category.PROFILE, Category.READINGS):
                await services.access.require(daughter, resident_id, category)
    found = await rows(services, resident_id)
    assert [each["category"] for each in found] == ["readings", "profile"] * 3
    assert len({each["request"] for each in found}) == 3
    assert [each["seq"] for each in found] == list(range(1, 7))


async def test_what_is_refused_is_not_noted(services: Services) -> None:
    _, resident_id = await a_quiet_resident(services)
    with pytest.raises(AccessDenied):
        await services.access.require(a_viewer(), resident_id, Category.READINGS)
    assert await rows(services, resident_id) == []


async def test_the_console_the_bot_and_the_assistant_show_as_such(services: Services) -> None:
    viewer, resident_id = await a_quiet_resident(services)
    await services.access.require(console_viewer(), resident_id, Category.READINGS)
    bot = Viewer(account_id=viewer.account_id, roles=viewer.roles, channel=Channel.TELEGRAM)
    await services.access.require(bot, resident_id, Category.READINGS)
    with acting("assistant", purpose="question"):
        await services.access.require(viewer, resident_id, Category.READINGS)
    found = await rows(services, resident_id)
    assert [(each["relation"], each["channel"], each["purpose"]) for each in found] == [
        ("console", "console", None),
        ("self", "telegram", None),
        ("assistant", "app", "question"),
    ]


async def test_a_change_is_written_before_the_work_goes_on(services: Services) -> None:
    viewer, resident_id = await a_quiet_resident(services)
    async with answering():
        await services.access.require(viewer, resident_id, Category.READINGS, Action.RECORD)
        assert len(await rows(services, resident_id)) == 1


async def test_a_look_is_written_by_the_end_of_the_answer(services: Services) -> None:
    _, resident_id = await a_quiet_resident(services)
    daughter = await a_caregiver(services, resident_id)
    async with answering() as trail:
        await services.access.require(daughter, resident_id, Category.READINGS)
        assert len(trail.noted) == 1
    assert len(await rows(services, resident_id)) == 1


async def refuse_entries(services: Services, refuse: bool = True) -> None:
    """The store takes no entry any more, or takes them again."""
    validator = {"v": {"$lt": 0}} if refuse else {}
    await services.core.store.db.command("collMod", "access_log", validator=validator)


@pytest.mark.spoils_database
async def test_what_cannot_be_noted_is_neither_shown_nor_done(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    await refuse_entries(services)
    with pytest.raises(LogUnavailable):
        await services.readings.latest(daughter, resident_id, [bp().kind])
    with pytest.raises(LogUnavailable):
        async with answering():
            await services.readings.latest(daughter, resident_id, [bp().kind])
    with pytest.raises(LogUnavailable):
        await services.entries.add(viewer, resident_id, a_condition(), idempotency_key=a_key())
    assert await services.core.store.db["entries"].count_documents({}) == 0


@pytest.mark.spoils_database
async def test_the_log_that_came_back_goes_on_where_it_was(
    services: Services,
) -> None:
    _, resident_id = await a_quiet_resident(services)
    daughter = await a_caregiver(services, resident_id)
    await services.access.require(daughter, resident_id, Category.PROFILE)
    await refuse_entries(services)
    with pytest.raises(LogUnavailable):
        await services.access.require(daughter, resident_id, Category.READINGS)
    await refuse_entries(services, False)
    await services.access.require(daughter, resident_id, Category.READINGS)
    assert [each["seq"] for each in await rows(services, resident_id)] == [1, 2]
