"""One account, several sign-ins; personal details sealed."""

from __future__ import annotations

import asyncio

import pytest

from backend.core.clock import FixedClock
from backend.core.container import Core
from backend.identity.accounts import AccountStatus
from backend.identity.errors import (
    AccountNotFound,
    DisplayNameUnfit,
    SignInNotLinkable,
    SignInTaken,
)
from backend.identity.providers.client import ClientSecret
from backend.identity.providers.password import StaffLogin
from backend.identity.providers.wechat import WeChatCode
from backend.identity.providers.wechat_errors import WeChatCodeInvalid
from backend.identity.service import IdentityService
from backend.identity.sign_ins import ProviderName
from backend.identity.viewer import Role
from tests.identity.helpers import CONSOLE, PHONE, a_resident_signs_in, everything, viewer_of
from tests.identity.wechat_server import WeChatServer


async def test_a_linked_sign_in_opens_the_same_account_and_linking_twice_changes_nothing(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    mine = await a_resident_signs_in(identity, wechat, openid="o-1")
    viewer = await viewer_of(identity, mine)
    wechat.user("l1", "o-2")
    await identity.link_sign_in(viewer, WeChatCode("l1"))
    before = await everything(core.store)
    wechat.user("l2", "o-2")
    await identity.link_sign_in(viewer, WeChatCode("l2"))
    assert await everything(core.store) == before
    other_way = await a_resident_signs_in(identity, wechat, openid="o-2")
    assert (other_way.account_id, other_way.is_new) == (mine.account_id, False)
    assert [name for name, _ in await identity.sign_ins(viewer)] == [ProviderName.WECHAT] * 2


async def test_a_sign_in_of_another_account_is_not_taken_over(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    mine = await a_resident_signs_in(identity, wechat, openid="o-1")
    await a_resident_signs_in(identity, wechat, openid="o-2")
    before = await everything(core.store)
    wechat.user("l1", "o-2")
    with pytest.raises(SignInTaken):
        await identity.link_sign_in(await viewer_of(identity, mine), WeChatCode("l1"))
    assert await everything(core.store) == before


async def test_a_free_openid_with_a_taken_unionid_is_not_half_linked(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    mine = await a_resident_signs_in(identity, wechat, openid="o-1")
    wechat.user("c", "o-2", "u-2")
    await identity.sign_in(WeChatCode("c"), PHONE)
    before = await everything(core.store)
    wechat.user("l1", "o-3", "u-2")
    with pytest.raises(SignInTaken):
        await identity.link_sign_in(await viewer_of(identity, mine), WeChatCode("l1"))
    assert await everything(core.store) == before


async def test_two_accounts_linking_one_sign_in_at_once_leave_it_with_one(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    viewers = [
        await viewer_of(identity, await a_resident_signs_in(identity, wechat, openid=each))
        for each in ("o-1", "o-2")
    ]
    for code in ("l0", "l1"):
        wechat.user(code, "o-3")
    answers = await asyncio.gather(
        *(identity.link_sign_in(each, WeChatCode(f"l{n}")) for n, each in enumerate(viewers)),
        return_exceptions=True,
    )
    assert [type(each) for each in answers if each is not None] == [SignInTaken]
    assert await core.store.db["sign_ins"].count_documents({}) == 3


async def test_a_failed_verification_links_nothing(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    viewer = await viewer_of(identity, await a_resident_signs_in(identity, wechat))
    before = await everything(core.store)
    with pytest.raises(WeChatCodeInvalid):
        await identity.link_sign_in(viewer, WeChatCode("nobody's"))
    assert await everything(core.store) == before


@pytest.mark.parametrize(
    ("credential", "provider"),
    [(StaffLogin("a", "b", "c"), "password"), (ClientSecret("a", "b"), "client")],
)
async def test_staff_and_machine_sign_ins_are_not_linked(
    identity: IdentityService,
    wechat: WeChatServer,
    credential: StaffLogin | ClientSecret,
    provider: str,
) -> None:
    viewer = await viewer_of(identity, await a_resident_signs_in(identity, wechat))
    with pytest.raises(SignInNotLinkable) as raised:
        await identity.link_sign_in(viewer, credential)
    assert raised.value.data == {"provider": provider}


async def test_a_person_sees_their_own_name_and_the_store_does_not(
    identity: IdentityService, core: Core, wechat: WeChatServer, clock: FixedClock
) -> None:
    tokens = await a_resident_signs_in(identity, wechat)
    viewer = await viewer_of(identity, tokens)
    assert (await identity.person(viewer)).display_name is None
    await identity.rename(viewer, "  张建国 👴 ")
    person = await identity.person(viewer)
    assert (person.account_id, person.display_name) == (tokens.account_id, "张建国 👴")
    assert (person.roles, person.status) == (frozenset({Role.RESIDENT}), AccountStatus.ACTIVE)
    assert (person.phone, person.created_at) == (None, clock.now())
    assert "张建国" not in repr(await everything(core.store))


@pytest.mark.parametrize("name", ["", "   ", "a" * 65, "a\0b", "a\nb", "\ud800"])
async def test_an_unfit_name_is_refused_and_the_old_one_stays(
    identity: IdentityService, core: Core, wechat: WeChatServer, name: str
) -> None:
    viewer = await viewer_of(identity, await a_resident_signs_in(identity, wechat))
    await identity.rename(viewer, "张建国")
    before = await everything(core.store)
    with pytest.raises(DisplayNameUnfit) as raised:
        await identity.rename(viewer, name)
    assert raised.value.data == {"limit": 64}
    assert await everything(core.store) == before


async def test_somebody_beside_the_data_has_no_account(identity: IdentityService) -> None:
    with pytest.raises(AccountNotFound):
        await identity.person(CONSOLE)
