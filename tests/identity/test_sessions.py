"""Devices: listed, signed out one by one and everywhere; first sign-ins; suspension."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from bson import ObjectId

from backend.core.clock import FixedClock
from backend.core.container import Core
from backend.identity.accounts import AccountStatus
from backend.identity.errors import (
    AccountNotFound,
    AccountSuspended,
    OperatorRequired,
    ProviderUnavailable,
    RolesUnfit,
    SessionEnded,
    SessionNotFound,
)
from backend.identity.providers.firebase import FirebaseIdToken
from backend.identity.providers.wechat import WeChatCode
from backend.identity.service import IdentityService
from backend.identity.sessions import Device, Platform
from backend.identity.sign_ins import ProviderName
from backend.identity.viewer import Channel, Role
from tests.identity.helpers import (
    CONSOLE,
    PHONE,
    TABLET,
    a_resident_signs_in,
    everything,
    viewer_of,
)
from tests.identity.test_refresh import refresh_of
from tests.identity.wechat_server import WeChatServer


async def test_devices_are_listed_last_used_first_with_the_own_one_marked(
    identity: IdentityService, wechat: WeChatServer, clock: FixedClock
) -> None:
    phone = await a_resident_signs_in(identity, wechat, PHONE)
    clock.advance(timedelta(minutes=1))
    tablet = await a_resident_signs_in(identity, wechat, TABLET)
    await a_resident_signs_in(identity, wechat, PHONE, openid="o-somebody-else")
    clock.advance(timedelta(minutes=1))
    await identity.refresh(refresh_of(phone))
    listed = await identity.devices(await viewer_of(identity, tablet))
    assert [(each.session_id, each.name, each.current) for each in listed] == [
        (phone.session_id, "张建国的 iPhone", False),
        (tablet.session_id, "平板", True),
    ]
    assert listed[0].platform is Platform.WECHAT_MINI_PROGRAM
    assert listed[0].provider is ProviderName.WECHAT
    assert listed[0].channel is Channel.APP
    assert listed[0].last_used_at == clock.now()
    assert listed[0].created_at == clock.now() - timedelta(minutes=2)


async def test_a_device_name_loses_control_characters_and_length(
    identity: IdentityService, wechat: WeChatServer
) -> None:
    odd = Device(name=" a\0\u202eb\ud800\n" + "😀" * 100, platform=Platform.WEB)
    tokens = await a_resident_signs_in(identity, wechat, odd)
    (listed,) = await identity.devices(await viewer_of(identity, tokens))
    assert listed.name == "ab" + "😀" * 62


async def test_signing_out_ends_this_session_at_once_and_no_other(
    identity: IdentityService, wechat: WeChatServer
) -> None:
    phone = await a_resident_signs_in(identity, wechat, PHONE)
    tablet = await a_resident_signs_in(identity, wechat, TABLET)
    viewer = await viewer_of(identity, phone)
    await identity.sign_out(viewer)
    await identity.sign_out(viewer)
    for work in (
        viewer_of(identity, phone),
        identity.refresh(refresh_of(phone)),
        identity.still_signed_in(viewer),
    ):
        with pytest.raises(SessionEnded) as raised:
            await work
        assert raised.value.data == {"reason": "signed_out"}
    still = await viewer_of(identity, tablet)
    await identity.still_signed_in(still)
    assert [each.session_id for each in await identity.devices(still)] == [tablet.session_id]


async def test_a_viewer_without_a_session_has_none_to_sign_out(identity: IdentityService) -> None:
    with pytest.raises(SessionNotFound):
        await identity.sign_out(CONSOLE)
    with pytest.raises(SessionEnded):
        await identity.still_signed_in(CONSOLE)


async def test_signing_out_everywhere_ends_all_of_this_account_and_none_of_others(
    identity: IdentityService, wechat: WeChatServer
) -> None:
    mine = [await a_resident_signs_in(identity, wechat, each) for each in (PHONE, TABLET)]
    other = await a_resident_signs_in(identity, wechat, PHONE, openid="o-li")
    assert await identity.sign_out_everywhere(await viewer_of(identity, mine[0])) == 2
    for each in mine:
        with pytest.raises(SessionEnded) as raised:
            await viewer_of(identity, each)
        assert raised.value.data == {"reason": "signed_out_everywhere"}
    await viewer_of(identity, other)


async def test_only_own_running_devices_can_be_ended(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    phone = await a_resident_signs_in(identity, wechat, PHONE)
    tablet = await a_resident_signs_in(identity, wechat, TABLET)
    other = await a_resident_signs_in(identity, wechat, PHONE, openid="o-li")
    viewer = await viewer_of(identity, phone)
    before = await everything(core.store)
    for session_id in (other.session_id, ObjectId()):
        with pytest.raises(SessionNotFound):
            await identity.end_device(viewer, session_id)
    assert await everything(core.store) == before
    await identity.end_device(viewer, tablet.session_id)
    with pytest.raises(SessionNotFound):
        await identity.end_device(viewer, tablet.session_id)
    with pytest.raises(SessionEnded) as raised:
        await viewer_of(identity, tablet)
    assert raised.value.data == {"reason": "ended_from_other_device"}


async def test_twelve_first_sign_ins_at_once_make_one_account(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    answers = await asyncio.gather(
        *(a_resident_signs_in(identity, wechat, PHONE) for _ in range(12))
    )
    assert len({each.account_id for each in answers}) == 1
    assert [each.is_new for each in answers].count(True) == 1
    rows = await everything(core.store)
    assert {name: len(each) for name, each in rows.items()} == {
        "accounts": 1,
        "data_keys": 1,
        "institution_clients": 0,
        "sessions": 12,
        "sign_ins": 1,
        "staff_secrets": 0,
    }


async def test_a_provider_that_is_not_set_up_is_refused(
    identity: IdentityService, core: Core
) -> None:
    before = await everything(core.store)
    with pytest.raises(ProviderUnavailable) as raised:
        await identity.sign_in(FirebaseIdToken("x"), PHONE)
    assert raised.value.data == {"provider": "firebase"}
    assert await everything(core.store) == before
    assert identity.providers == {
        ProviderName.WECHAT,
        ProviderName.PASSWORD,
        ProviderName.CLIENT,
    }


async def test_suspension_stops_tokens_refreshes_and_sign_ins_until_reinstated(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    tokens = await a_resident_signs_in(identity, wechat)
    await identity.operators.suspend(CONSOLE, tokens.account_id)
    before = await everything(core.store)
    for work in (
        viewer_of(identity, tokens),
        identity.refresh(refresh_of(tokens)),
        a_resident_signs_in(identity, wechat),
    ):
        with pytest.raises(AccountSuspended):
            await work
    assert await everything(core.store) == before
    await identity.operators.reinstate(CONSOLE, tokens.account_id)
    with pytest.raises(AccountSuspended):
        await viewer_of(identity, tokens)
    again = await a_resident_signs_in(identity, wechat)
    assert again.account_id == tokens.account_id
    await viewer_of(identity, again)


async def test_a_sign_in_beside_a_suspension_never_leaves_a_running_session(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    for _ in range(10):
        openid = f"o-{ObjectId()}"
        account_id = (await a_resident_signs_in(identity, wechat, openid=openid)).account_id
        await asyncio.gather(
            identity.operators.suspend(CONSOLE, account_id),
            a_resident_signs_in(identity, wechat, openid=openid),
            return_exceptions=True,
        )
        account = await core.store.db["accounts"].find_one({"_id": account_id})
        assert account is not None
        assert account["status"] == AccountStatus.SUSPENDED
        running = {"account_id": account_id, "ended_at": None}
        assert await core.store.db["sessions"].count_documents(running) == 0


async def test_new_roles_hold_from_the_next_request_on(
    identity: IdentityService, wechat: WeChatServer
) -> None:
    tokens = await a_resident_signs_in(identity, wechat)
    roles = frozenset({Role.RESIDENT, Role.CAREGIVER})
    await identity.operators.set_roles(CONSOLE, tokens.account_id, roles)
    assert (await viewer_of(identity, tokens)).roles == roles
    refreshed = await identity.refresh(refresh_of(tokens))
    assert (await viewer_of(identity, refreshed)).roles == roles
    later = await a_resident_signs_in(identity, wechat)
    assert (await viewer_of(identity, later)).roles == roles


@pytest.mark.parametrize("roles", [frozenset[Role](), frozenset({Role.INSTITUTION})])
async def test_a_person_cannot_become_nobody_or_a_machine(
    identity: IdentityService, core: Core, wechat: WeChatServer, roles: frozenset[Role]
) -> None:
    tokens = await a_resident_signs_in(identity, wechat)
    before = await everything(core.store)
    with pytest.raises(RolesUnfit) as raised:
        await identity.operators.set_roles(CONSOLE, tokens.account_id, roles)
    assert raised.value.data == {"roles": sorted(roles)}
    assert await everything(core.store) == before


async def test_operators_work_is_for_operators_and_for_accounts_that_exist(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    tokens = await a_resident_signs_in(identity, wechat)
    viewer = await viewer_of(identity, tokens)
    roles = frozenset({Role.OPERATOR})
    before = await everything(core.store)
    for refused in (
        identity.operators.suspend(viewer, tokens.account_id),
        identity.operators.reinstate(viewer, tokens.account_id),
        identity.operators.set_roles(viewer, tokens.account_id, roles),
    ):
        with pytest.raises(OperatorRequired):
            await refused
    for unknown in (
        identity.operators.suspend(CONSOLE, ObjectId()),
        identity.operators.reinstate(CONSOLE, ObjectId()),
        identity.operators.set_roles(CONSOLE, ObjectId(), roles),
    ):
        with pytest.raises(AccountNotFound):
            await unknown
    assert await everything(core.store) == before


async def test_the_room_keeps_secrets_out_of_its_objects_looks(
    identity: IdentityService, wechat: WeChatServer
) -> None:
    tokens = await a_resident_signs_in(identity, wechat)
    assert tokens.access_token not in repr(tokens)
    assert "secret-code" not in repr(WeChatCode("secret-code"))
