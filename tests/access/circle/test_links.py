"""Links: either side ends them at once, the resident sets them, nobody raises their own."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from bson import ObjectId

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Action, Category
from backend.access.circle.errors import (
    GrantBeyondOwn,
    GrantUnfit,
    LinkCannotBeRaised,
    LinkNotFound,
    LinkUnchangeable,
)
from backend.access.circle.links import Change
from backend.access.errors import AccessDenied
from backend.access.limits import DAILY_CARE
from backend.access.relations import Kinship, Relation, RelationKind
from backend.core.clock import FixedClock
from backend.core.history import ChangedMeanwhile
from backend.core.migrations import Migrations
from backend.services import Services
from tests.access.circle.family import (
    DAUGHTER,
    READINGS_ONLY,
    a_child,
    events,
    joined,
    link_of,
)
from tests.factories import a_caregiver, a_resident, a_viewer

LOOK = frozenset({Action.VIEW})
READINGS = frozenset({Category.READINGS})


def as_it_is(link: Relation) -> Change:
    return Change(link.categories, link.actions, link.valid_until)


async def test_the_resident_widens_and_narrows_at_once(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    daughter, link = await joined(services, owner, resident_id)
    more = Change(ALL_CATEGORIES, ALL_ACTIONS, None)
    changed = await services.circle.links.change(owner, resident_id, link.id, more, version=1)
    daughter.memo.clear()
    await services.access.require(daughter, resident_id, Category.MENTAL_HEALTH, Action.MANAGE)
    less = Change(READINGS, LOOK, None)
    await services.circle.links.change(owner, resident_id, link.id, less, version=changed.version)
    daughter.memo.clear()
    assert await services.access.categories(daughter, resident_id) == READINGS
    assert await events("link_changed") == 2


async def test_a_caregiver_gives_up_and_never_takes_back(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    daughter, link = await joined(services, owner, resident_id)
    soon = clock.now() + timedelta(days=3)
    lowered = Change(READINGS, LOOK, soon)
    link = await services.circle.links.change(daughter, resident_id, link.id, lowered, version=1)
    assert (link.categories, link.actions, link.valid_until) == (READINGS, LOOK, soon)
    raises = {
        "categories": Change(READINGS | {Category.REPORTS}, LOOK, soon),
        "actions": Change(READINGS, LOOK | {Action.MANAGE}, soon),
        "validUntil": Change(READINGS, LOOK, soon + timedelta(milliseconds=1)),
    }
    for field, change in [*raises.items(), ("validUntil", Change(READINGS, LOOK, None))]:
        with pytest.raises(LinkCannotBeRaised) as refused:
            await services.circle.links.change(
                daughter, resident_id, link.id, change, version=link.version
            )
        assert refused.value.data == {"field": field}
    assert await link_of(daughter, resident_id) == link


async def test_looking_at_ones_circle_is_no_change_of_it(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    await joined(services, owner, resident_id)
    rows = services.core.store.db["access_log"]
    before = await rows.count_documents({"resident_id": resident_id})
    await services.circle.links.page(owner, resident_id, first=10)
    assert await rows.count_documents({"resident_id": resident_id}) == before


async def test_a_guardian_does_not_raise_a_link_of_their_own(services: Services) -> None:
    mother, resident_id, link = await a_child(services, "2020-05-01")
    less = Change(ALL_CATEGORIES, frozenset({Action.VIEW, Action.MANAGE}), None)
    link = await services.circle.links.change(
        mother, resident_id, link.id, less, version=link.version
    )
    more = Change(ALL_CATEGORIES, ALL_ACTIONS, None)
    with pytest.raises(LinkCannotBeRaised):
        await services.circle.links.change(mother, resident_id, link.id, more, version=link.version)
    grandmother, theirs = await joined(
        services,
        mother,
        resident_id,
        type(DAUGHTER)(Kinship.GRANDPARENT, READINGS, LOOK),
    )
    with pytest.raises(GrantBeyondOwn):
        await services.circle.links.change(
            mother, resident_id, theirs.id, more, version=theirs.version
        )
    assert (await link_of(grandmother, resident_id)).actions == LOOK


async def test_one_guardian_does_not_put_another_out(services: Services) -> None:
    mother, resident_id, _ = await a_child(services, "2020-05-01")
    father = a_viewer()
    await services.access.grant(
        resident_id=resident_id, account_id=father.account_id, kind=RelationKind.GUARDIAN
    )
    link = await link_of(father, resident_id)
    with pytest.raises(AccessDenied):
        await services.circle.links.end(mother, resident_id, link.id)
    with pytest.raises(AccessDenied):
        await services.circle.links.change(
            mother, resident_id, link.id, Change(READINGS, LOOK, None), version=link.version
        )
    assert await link_of(father, resident_id) == link


@pytest.mark.parametrize("by_owner", [True, False])
async def test_either_side_ends_it_at_once(services: Services, by_owner: bool) -> None:
    owner, resident_id = await a_resident(services)
    daughter, link = await joined(services, owner, resident_id)
    await services.access.require(daughter, resident_id, Category.READINGS)
    who = owner if by_owner else daughter
    await services.circle.links.end(who, resident_id, link.id)
    daughter.memo.clear()
    with pytest.raises(AccessDenied):
        await services.access.require(daughter, resident_id, Category.READINGS)
    with pytest.raises(LinkNotFound):
        await services.circle.links.end(owner, resident_id, link.id)
    assert await events("link_ended") == 1
    # And the way back is a new invitation.
    await joined(services, owner, resident_id)


async def test_nobody_else_touches_or_sees_a_link(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    daughter, link = await joined(services, owner, resident_id)
    manager = await a_caregiver(services, resident_id)
    for viewer in (manager, a_viewer()):
        for link_id in (link.id, ObjectId()):
            with pytest.raises(AccessDenied):
                await services.circle.links.end(viewer, resident_id, link_id)
            with pytest.raises(AccessDenied):
                await services.circle.links.change(
                    viewer, resident_id, link_id, as_it_is(link), version=1
                )
            with pytest.raises(AccessDenied):
                await services.circle.links.history(viewer, resident_id, link_id)
        with pytest.raises(AccessDenied):
            await services.circle.links.page(viewer, resident_id, first=10)
    with pytest.raises(LinkNotFound):
        await services.circle.links.end(owner, resident_id, ObjectId())
    assert await link_of(daughter, resident_id) == link


async def test_a_link_is_not_reached_under_another_resident(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    daughter, link = await joined(services, owner, resident_id)
    attacker, own_record = await a_resident(services)
    with pytest.raises(LinkNotFound):
        await services.circle.links.end(attacker, own_record, link.id)
    assert await link_of(daughter, resident_id) == link


async def test_the_own_link_stays(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    link = await link_of(owner, resident_id)
    with pytest.raises(LinkUnchangeable):
        await services.circle.links.end(owner, resident_id, link.id)
    with pytest.raises(LinkUnchangeable):
        await services.circle.links.change(
            owner, resident_id, link.id, Change(READINGS, LOOK, None), version=1
        )
    assert await link_of(owner, resident_id) == link


async def test_what_was_is_kept(services: Services, clock: FixedClock) -> None:
    owner, resident_id = await a_resident(services)
    daughter, link = await joined(services, owner, resident_id)
    clock.advance(timedelta(hours=1))
    less = Change(READINGS, LOOK, None)
    await services.circle.links.change(daughter, resident_id, link.id, less, version=1)
    for viewer in (owner, daughter):
        past = await services.circle.links.history(viewer, resident_id, link.id)
        assert [each.categories for each in past] == [DAILY_CARE.categories]
        assert (past[0].until, past[0].changed_by) == (clock.now(), daughter.account_id)


async def test_two_changes_at_once_do_not_hide_each_other(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    _, link = await joined(services, owner, resident_id)
    answers = await asyncio.gather(
        *(
            services.circle.links.change(owner, resident_id, link.id, change, version=1)
            for change in (Change(READINGS, LOOK, None), Change(ALL_CATEGORIES, LOOK, None))
        ),
        return_exceptions=True,
    )
    assert {type(each) for each in answers} == {Relation, ChangedMeanwhile}


async def test_a_change_that_grants_nothing_is_refused(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    daughter, link = await joined(services, owner, resident_id)
    empty: frozenset[Category] = frozenset()
    for viewer in (owner, daughter):
        for change in (
            Change(empty, LOOK, None),
            Change(READINGS, frozenset(), None),
            Change(READINGS, LOOK, clock.now()),
        ):
            with pytest.raises(GrantUnfit):
                await services.circle.links.change(viewer, resident_id, link.id, change, version=1)
    assert await link_of(daughter, resident_id) == link


async def test_the_circle_is_paged_newest_first_without_what_ran_out(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    links = []
    for _ in range(3):
        clock.advance(timedelta(minutes=1))
        links.append((await joined(services, owner, resident_id, READINGS_ONLY))[1].id)
    await a_caregiver(services, resident_id, valid_until=clock.now() + timedelta(minutes=1))
    clock.advance(timedelta(minutes=1))
    first = await services.circle.links.page(owner, resident_id, first=2)
    assert [each.id for each in first.items] == [links[2], links[1]]
    assert first.has_next
    after = first.cursor(first.items[-1])
    rest = await services.circle.links.page(owner, resident_id, first=2, after=after)
    assert ([each.id for each in rest.items], rest.has_next) == ([links[0]], False)


async def test_the_resident_sees_when_a_link_was_used_last(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    daughter, _ = await joined(services, owner, resident_id)
    [link] = (await services.circle.links.page(owner, resident_id, first=10)).items
    assert link.last_used_at is None
    clock.advance(timedelta(hours=2))
    await services.access.require(daughter, resident_id, Category.READINGS)
    used = clock.now()
    clock.advance(timedelta(hours=2))
    [link] = (await services.circle.links.page(owner, resident_id, first=10)).items
    assert link.last_used_at == used


async def test_a_link_from_before_there_were_versions_is_changed_after_its_migration(
    services: Services,
) -> None:
    owner, resident_id = await a_resident(services)
    daughter, link = await joined(services, owner, resident_id)
    collection = Relation.get_pymongo_collection()
    await collection.update_many({}, {"$unset": {"version": ""}})
    less = Change(READINGS, LOOK, None)
    change = services.circle.links.change
    with pytest.raises(ChangedMeanwhile):
        await change(owner, resident_id, link.id, less, version=1)
    assert "0001" in await Migrations(services.core.store, services.core.clock).run()
    assert (await change(owner, resident_id, link.id, less, version=1)).version == 2
    assert (await link_of(daughter, resident_id)).categories == READINGS
