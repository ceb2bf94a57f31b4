"""Somebody with a record of their own sends the ids of another's things, in every mutation."""

from __future__ import annotations

import pytest
from bson import ObjectId, encode

from backend.identity.viewer import Role
from backend.services import Services
from graphql_api.common import ids
from tests.factories import a_resident
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
from tests.graphql_api.walk import cases

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
    services: Services,
) -> None:
    house = await a_household(services)
    attacker, token = await signed_in(services)
    _, own = await a_resident(services, attacker)
    real = under_own_record(house, own)
    never = {
        name: ids.encode(ids.decode_any(text)[0], own, ObjectId())
        for name, text in real.items()
        if len(ids.decode_any(text)[1]) == 2
    }
    without = PROVES_WHO_IS_THERE | OWN_ACCOUNT | OPERATORS_ONLY
    answers = []
    for sent in (real, {**real, **never}):
        found = {}
        for case in cases(walked()._schema, samples(sent)):
            named = set(case.variables) & set(never)
            if case.operation == "mutation" and case.root not in without and named:
                answer = await ask(services, walked(), token, case)
                found[case.document] = (sorted(answer.codes), answer.messages)
        answers.append(found)
    assert len(answers[0]) > 50
    assert answers[0] == answers[1]
