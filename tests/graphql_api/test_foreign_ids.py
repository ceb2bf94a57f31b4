"""Somebody with a record of their own sends the ids of another's things, in every mutation."""

from __future__ import annotations

import pytest
from bson import ObjectId, encode

from backend.core.clock import FixedClock
from backend.core.container import build_core
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.identity.viewer import Role
from backend.services import Services, build_services
from graphql_api.common import ids
from tests.databases import Databases
from tests.factories import a_resident
from tests.graphql_api.commands import Commands
from tests.graphql_api.household import (
    BOOKKEEPING,
    CANARIES,
    Household,
    a_household,
    ask,
    samples,
    signed_in,
)
from tests.graphql_api.test_authorization import (
    OPERATORS_ONLY,
    OWN_ACCOUNT,
    PROVES_WHO_IS_THERE,
    walked,
)
from tests.graphql_api.walk import Case, cases

pytestmark = pytest.mark.slow

LOG = {"access_log", "access_anchors", "access_roots"}


async def of_resident(services: Services, resident_id: ObjectId) -> dict[str, list[bytes]]:
    """Every stored document of one resident."""
    db = services.core.store.db
    names = set(await db.list_collection_names()) - BOOKKEEPING - LOG
    found = {
        name: sorted([encode(each) async for each in db[name].find({"resident_id": resident_id})])
        for name in sorted(names)
    }
    return {name: each for name, each in found.items() if each}


def under_own_record(house: Household, own: ObjectId) -> dict[str, str]:
    """The household's ids with the attacker's own resident in front."""
    mixed = {}
    for name, text in house.samples.ids.items():
        kind, parts = ids.decode_any(text)
        of_house = parts[0] == house.resident_id
        mixed[name] = ids.encode(kind, own, *parts[1:]) if of_house else text
    return mixed


@pytest.mark.parametrize(("role", "mixed"), [(Role.RESIDENT, True), (Role.FAMILY_DOCTOR, False)])
async def test_ids_of_another_resident_move_nothing_of_theirs(
    services: Services, role: Role, mixed: bool
) -> None:
    house = await a_household(services)
    attacker, token = await signed_in(services, Role.RESIDENT, role)
    _, own = await a_resident(services, attacker)
    sent = samples(under_own_record(house, own)) if mixed else house.samples
    before = await of_resident(services, house.resident_id)
    assert len(before) > 10
    without = PROVES_WHO_IS_THERE | OWN_ACCOUNT | OPERATORS_ONLY
    asked = 0
    for case in cases(walked()._schema, sent):
        if case.operation != "mutation" or case.root in without:
            continue
        answer = await ask(services, walked(), token, case)
        said = f"{answer.data} {answer.messages}"
        assert not any(canary in said for canary in CANARIES), case
        assert "INTERNAL" not in answer.codes, case
        asked += 1
    assert asked > 100
    assert await of_resident(services, house.resident_id) == before


async def test_a_thing_under_the_wrong_resident_and_one_that_never_was_answer_alike(
    databases: Databases, settings: Settings, master_key: LocalMasterKey, clock: FixedClock
) -> None:
    """In words, and by the work that the store is asked for: time tells nothing either."""
    commands = Commands()
    async with databases.heard(commands) as store:
        services = build_services(build_core(settings, store, master_key, clock))
        house = await a_household(services)
        attacker, token = await signed_in(services)
        _, own = await a_resident(services, attacker)
        real = under_own_record(house, own)
        never = {
            name: ids.encode(ids.decode_any(text)[0], own, ObjectId())
            for name, text in real.items()
            if len(ids.decode_any(text)[1]) == 2
        }
        pairs = zip(
            cases(walked()._schema, samples(real)),
            cases(walked()._schema, samples({**real, **never})),
            strict=True,
        )

        async def said(case: Case) -> tuple[list[str], str, list[str]]:
            with commands.counted() as seen:
                answer = await ask(services, walked(), token, case)
            # Keys are held for a while; when one is read again says nothing of the thing.
            asked_for = [each for each in seen if each != "find data_keys"]
            return sorted(answer.codes), answer.messages, asked_for

        without = PROVES_WHO_IS_THERE | OWN_ACCOUNT | OPERATORS_ONLY
        asked: set[tuple[str, ...]] = set()
        for of_theirs, of_nobody in pairs:
            named = (of_theirs.root, *sorted(of_theirs.ids & never.keys()))
            by_id = of_theirs.operation == "mutation" or of_theirs.root == "node"
            if not by_id or of_theirs.root in without or len(named) == 1 or named in asked:
                continue
            answers = await said(of_theirs), await said(of_nobody)
            if answers[0] != answers[1]:  # the first to come may have opened something
                answers = await said(of_theirs), answers[1]
            assert answers[0] == answers[1], of_theirs
            asked.add(named)
    assert len(asked) > 70
