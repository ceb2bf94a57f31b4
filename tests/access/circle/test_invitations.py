"""Invitations: both sides confirm, a code is good once and for minutes, and tells nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.circle.codes import ALPHABET, LENGTH, qr_svg
from backend.access.circle.documents import Invitation
from backend.access.circle.errors import (
    CodeTriedTooOften,
    GrantUnfit,
    InvitationInvalid,
    InvitationNotFound,
    InvitationSettled,
    TooManyInvitations,
)
from backend.access.circle.invitations import Terms
from backend.access.errors import AccessDenied, RelationExists
from backend.access.limits import (
    ATTEMPTS_PER_ACCOUNT,
    ATTEMPTS_WINDOW,
    CONFIRM_WITHIN,
    DAILY_CARE,
    INVITATION_LIFE,
    MOST_INVITATIONS,
)
from backend.access.relations import Kinship, Relation
from backend.core.clock import FixedClock
from backend.core.idempotency import IdempotencyKeyReused
from backend.identity.viewer import Viewer
from backend.services import Services
from tests.access.circle.family import DAUGHTER, READINGS_ONLY, events, invited, joined
from tests.factories import a_caregiver, a_key, a_resident, a_viewer


async def may(services: Services, viewer: Viewer, resident_id: ObjectId, what: Category) -> bool:
    viewer.memo.clear()
    try:
        await services.access.require(viewer, resident_id, what)
    except AccessDenied:
        return False
    return True


async def test_nothing_is_granted_before_both_confirmed(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    guest = a_viewer()
    invitation, code = await invited(services, owner, resident_id)
    assert not await may(services, guest, resident_id, Category.READINGS)
    await services.circle.invitations.accept(guest, code)
    assert not await may(services, guest, resident_id, Category.READINGS)
    await services.circle.invitations.confirm(owner, resident_id, invitation.id)
    assert await may(services, guest, resident_id, Category.READINGS)
    assert not await may(services, guest, resident_id, Category.MENTAL_HEALTH)
    assert (await events("invitation_accepted"), await events("link_granted")) == (1, 1)
    relation = await services.access.deciding(guest, resident_id, Category.READINGS)
    assert (relation.kinship, relation.basis_id) == (Kinship.DAUGHTER, invitation.id)


async def test_who_holds_the_code_sees_masked_names_and_the_terms(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    invitation, code = await invited(services, owner, resident_id)
    for typed in (code, code.lower(), f" {code[:4]}-{code[4:]} "):
        offer = await services.circle.invitations.look(a_viewer(), typed)
        assert offer.resident_name == "张*国"
        assert offer.invitation.id == invitation.id
        assert offer.invitation.categories == DAILY_CARE.categories


async def test_a_code_has_forty_bits_and_is_not_stored(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    _, code = await invited(services, owner, resident_id)
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    assert len(ALPHABET) ** LENGTH >= 2**40
    assert not set("01OI") & set(ALPHABET)
    raw = await Invitation.get_pymongo_collection().find_one({})
    assert code not in str(raw)
    assert "<svg" in qr_svg(code)


async def refusal(services: Services, viewer: Viewer, code: str) -> tuple[str, dict[str, object]]:
    found = []
    for door in (services.circle.invitations.look, services.circle.invitations.accept):
        with pytest.raises(InvitationInvalid) as refused:
            await door(viewer, code)
        found.append((refused.value.message("zh"), refused.value.data))
    assert found[0] == found[1]
    return found[0]


async def test_wrong_used_expired_withdrawn_and_own_codes_answer_alike(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    _, own = await invited(services, owner, resident_id)
    _, used = await invited(services, owner, resident_id)
    await services.circle.invitations.accept(a_viewer(), used)
    taken_back, withdrawn = await invited(services, owner, resident_id)
    await services.circle.invitations.refuse(owner, resident_id, taken_back.id)
    answers = [
        await refusal(services, viewer, code)
        for viewer, code in [
            (a_viewer(), "ABCDEFGH"),
            (a_viewer(), ""),
            (a_viewer(), "\ud800" * 300),
            (a_viewer(), used),
            (a_viewer(), withdrawn),
            (owner, own),
        ]
    ]
    _, late = await invited(services, owner, resident_id)
    clock.advance(INVITATION_LIFE)
    answers.append(await refusal(services, a_viewer(), late))
    assert len({str(each) for each in answers}) == 1
    assert await Relation.count() == 1


async def test_a_code_is_good_until_the_last_moment(services: Services, clock: FixedClock) -> None:
    owner, resident_id = await a_resident(services)
    _, code = await invited(services, owner, resident_id)
    clock.advance(INVITATION_LIFE - timedelta(milliseconds=1))
    await services.circle.invitations.accept(a_viewer(), code)


async def test_two_who_accept_at_once_are_one(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    invitation, code = await invited(services, owner, resident_id)
    guests = [a_viewer() for _ in range(8)]
    answers = await asyncio.gather(
        *(services.circle.invitations.accept(guest, code) for guest in guests),
        return_exceptions=True,
    )
    won = [g for g, a in zip(guests, answers, strict=True) if not isinstance(a, Exception)]
    assert len(won) == 1
    lost = [each for each in answers if isinstance(each, Exception)]
    assert {type(each) for each in lost} == {InvitationInvalid}
    relation = await services.circle.invitations.confirm(owner, resident_id, invitation.id)
    assert relation.account_id == won[0].account_id
    assert await events("invitation_accepted") == 1


async def test_two_who_confirm_at_once_grant_once(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    invitation, code = await invited(services, owner, resident_id)
    await services.circle.invitations.accept(a_viewer(), code)
    answers = await asyncio.gather(
        *(services.circle.invitations.confirm(owner, resident_id, invitation.id) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Relation) for each in answers) == 1
    assert {type(each) for each in answers} == {Relation, InvitationSettled}
    assert await Relation.count() == 2


async def test_guesses_are_few_and_a_good_code_between_them_buys_none(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    _, code = await invited(services, owner, resident_id)
    guest = a_viewer()
    for number in range(ATTEMPTS_PER_ACCOUNT):
        if number % 2:
            await services.circle.invitations.look(guest, code)
        else:
            with pytest.raises(InvitationInvalid):
                await services.circle.invitations.look(guest, "ABCDEFGH")
    for door in (services.circle.invitations.look, services.circle.invitations.accept):
        with pytest.raises(CodeTriedTooOften) as refused:
            await door(guest, code)
        assert refused.value.data == {"retry_after_seconds": 900}
    clock.advance(ATTEMPTS_WINDOW)
    _, fresh = await invited(services, owner, resident_id)
    await services.circle.invitations.accept(guest, fresh)


async def test_an_address_is_limited_over_its_accounts(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.access.circle.attempts.ATTEMPTS_PER_ADDRESS", 3)
    for _ in range(3):
        with pytest.raises(InvitationInvalid):
            await services.circle.invitations.look(a_viewer(), "ABCDEFGH", address="192.0.2.7")
    with pytest.raises(CodeTriedTooOften):
        await services.circle.invitations.look(a_viewer(), "ABCDEFGH", address="192.0.2.7")


async def test_many_guesses_at_once_get_no_further(services: Services) -> None:
    guest = a_viewer()
    answers = await asyncio.gather(
        *(services.circle.invitations.look(guest, f"ABCDEF{n:02}") for n in range(40)),
        return_exceptions=True,
    )
    looked = sum(isinstance(each, InvitationInvalid) for each in answers)
    assert looked == ATTEMPTS_PER_ACCOUNT
    assert sum(isinstance(each, CodeTriedTooOften) for each in answers) == 40 - looked


async def test_only_the_residents_side_invites(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    manager = await a_caregiver(services, resident_id)
    for viewer in (manager, a_viewer()):
        for target in (resident_id, ObjectId()):
            with pytest.raises(AccessDenied):
                await services.circle.invitations.invite(
                    viewer, target, DAUGHTER, idempotency_key=a_key()
                )
    assert await Invitation.count() == 0
    await invited(services, owner, resident_id)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(categories=frozenset()), "categories"),
        (Terms(actions=frozenset()), "actions"),
    ],
)
async def test_an_empty_grant_is_refused(services: Services, terms: Terms, field: str) -> None:
    owner, resident_id = await a_resident(services)
    with pytest.raises(GrantUnfit) as refused:
        await invited(services, owner, resident_id, terms)
    assert refused.value.data == {"field": field}
    assert await Invitation.count() == 0


async def test_an_end_in_the_past_is_refused(services: Services, clock: FixedClock) -> None:
    owner, resident_id = await a_resident(services)
    with pytest.raises(GrantUnfit):
        await invited(services, owner, resident_id, Terms(valid_until=clock.now()))


async def test_asking_twice_gives_one_code(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    key = a_key()
    codes = set()
    for _ in range(2):
        made = await services.circle.invitations.invite(
            owner, resident_id, DAUGHTER, idempotency_key=key
        )
        codes.add(services.circle.invitations.code(made))
    assert len(codes) == 1
    with pytest.raises(IdempotencyKeyReused):
        await services.circle.invitations.invite(
            owner, resident_id, READINGS_ONLY, idempotency_key=key
        )
    assert await Invitation.count() == 1


async def test_few_are_open_at_once(services: Services, clock: FixedClock) -> None:
    owner, resident_id = await a_resident(services)
    for _ in range(MOST_INVITATIONS):
        await invited(services, owner, resident_id)
    with pytest.raises(TooManyInvitations):
        await invited(services, owner, resident_id)
    clock.advance(INVITATION_LIFE)
    await invited(services, owner, resident_id)


async def test_either_side_may_still_say_no(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    for by_guest in (True, False):
        guest = a_viewer()
        invitation, code = await invited(services, owner, resident_id)
        await services.circle.invitations.accept(guest, code)
        who = guest if by_guest else owner
        await services.circle.invitations.refuse(who, resident_id, invitation.id)
        with pytest.raises(InvitationSettled):
            await services.circle.invitations.confirm(owner, resident_id, invitation.id)
        with pytest.raises(InvitationSettled):
            await services.circle.invitations.refuse(owner, resident_id, invitation.id)
        assert not await may(services, guest, resident_id, Category.READINGS)


async def test_a_stranger_refuses_nobodys_invitation(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    invitation, code = await invited(services, owner, resident_id)
    await services.circle.invitations.accept(a_viewer(), code)
    for door in (services.circle.invitations.refuse, services.circle.invitations.confirm):
        with pytest.raises(AccessDenied):
            await door(a_viewer(), resident_id, invitation.id)
        with pytest.raises(InvitationNotFound):
            await door(owner, resident_id, ObjectId())
    await services.circle.invitations.confirm(owner, resident_id, invitation.id)


async def test_another_residents_invitation_is_not_confirmed_under_ones_own_record(
    services: Services,
) -> None:
    owner, resident_id = await a_resident(services)
    invitation, code = await invited(services, owner, resident_id)
    attacker, own_record = await a_resident(services)
    await services.circle.invitations.accept(attacker, code)
    with pytest.raises(InvitationNotFound):
        await services.circle.invitations.confirm(attacker, own_record, invitation.id)
    with pytest.raises(AccessDenied):
        await services.circle.invitations.confirm(attacker, resident_id, invitation.id)
    assert not await may(services, attacker, resident_id, Category.READINGS)


async def test_who_is_not_confirmed_in_time_is_not_let_in(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    invitation, code = await invited(services, owner, resident_id)
    await services.circle.invitations.accept(a_viewer(), code)
    clock.advance(CONFIRM_WITHIN)
    assert await services.circle.invitations.of_resident(owner, resident_id) == []
    with pytest.raises(InvitationSettled):
        await services.circle.invitations.confirm(owner, resident_id, invitation.id)


async def test_a_second_invitation_does_not_raise_a_caregiver(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    daughter, relation = await joined(services, owner, resident_id, READINGS_ONLY)
    everything = Terms(Kinship.DAUGHTER)
    _, code = await invited(services, owner, resident_id, everything)
    with pytest.raises(RelationExists):
        await services.circle.invitations.accept(daughter, code)
    stored = await Relation.get(relation.id)
    assert stored is not None
    assert stored.actions == frozenset({Action.VIEW, Action.RECEIVE_ALERTS})
    # The code is still good for whom it was meant.
    await services.circle.invitations.accept(a_viewer(), code)


async def test_the_guest_is_shown_by_the_name_they_gave_themselves(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    name = f"demo-{ObjectId()}"
    account_id = await services.identity.create_demo_account(name, frozenset(a_viewer().roles))
    guest = Viewer(account_id=account_id, roles=a_viewer().roles)
    await services.identity.rename(guest, "张晓梅")
    invitation, code = await invited(services, owner, resident_id)
    await services.circle.invitations.accept(guest, code)
    waiting = await services.circle.invitations.of_resident(owner, resident_id)
    assert [each.id for each in waiting] == [invitation.id]
    assert await services.circle.invitations.guest_name(waiting[0]) == "张晓梅"
    assert [each.id for each in await services.circle.invitations.of_guest(guest)] == [
        invitation.id
    ]
