"""WeChat sign-in against a stand-in over real HTTP."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncIterator

import pytest

from backend.core.container import Core
from backend.core.errors import KangbanError
from backend.identity.providers.wechat import WeChatCode, WeChatProvider
from backend.identity.providers.wechat_errors import (
    WeChatAnswerUnreadable,
    WeChatBusy,
    WeChatCodeInvalid,
    WeChatCodeUsed,
    WeChatMisconfigured,
    WeChatRateLimited,
    WeChatUnreachable,
    WeChatUserBlocked,
)
from backend.identity.service import IdentityService
from backend.identity.viewer import Role
from tests.identity.helpers import PHONE, everything, viewer_of
from tests.identity.wechat_server import APP_ID, APP_SECRET, SESSION_KEY, WeChatServer


@pytest.fixture
async def provider(wechat: WeChatServer) -> AsyncIterator[WeChatProvider]:
    provider = WeChatProvider(APP_ID, APP_SECRET, wechat.url)
    yield provider
    await provider.close()


async def test_first_sign_in_makes_a_resident_and_the_second_finds_them(
    identity: IdentityService, wechat: WeChatServer
) -> None:
    wechat.user("c1", "o-zhang", "u-zhang")
    wechat.user("c2", "o-zhang", "u-zhang")
    first = await identity.sign_in(WeChatCode("c1"), PHONE)
    second = await identity.sign_in(WeChatCode("c2"), PHONE)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.account_id == second.account_id
    assert first.session_id != second.session_id
    viewer = await viewer_of(identity, first)
    assert viewer.roles == {Role.RESIDENT}


async def test_unionid_seen_later_becomes_one_more_sign_in_of_the_same_account(
    identity: IdentityService, wechat: WeChatServer
) -> None:
    wechat.user("c1", "o-zhang")
    wechat.user("c2", "o-zhang", "u-zhang")
    wechat.user("c3", "o-of-another-app", "u-zhang")
    signed_in = [await identity.sign_in(WeChatCode(each), PHONE) for each in ("c1", "c2", "c3")]
    assert len({each.account_id for each in signed_in}) == 1
    viewer = await viewer_of(identity, signed_in[0])
    assert len(await identity.sign_ins(viewer)) == 3


async def test_the_accounts_of_this_app_wins_over_one_with_the_same_unionid(
    identity: IdentityService, wechat: WeChatServer
) -> None:
    wechat.user("c1", "o-zhang")
    wechat.user("c2", "o-elsewhere", "u-zhang")
    wechat.user("c3", "o-zhang", "u-zhang")
    here = await identity.sign_in(WeChatCode("c1"), PHONE)
    elsewhere = await identity.sign_in(WeChatCode("c2"), PHONE)
    again = await identity.sign_in(WeChatCode("c3"), PHONE)
    assert again.account_id == here.account_id != elsewhere.account_id


@pytest.mark.parametrize(
    ("errcode", "error"),
    [
        (40029, WeChatCodeInvalid),
        (40163, WeChatCodeUsed),
        (40226, WeChatUserBlocked),
        (45011, WeChatRateLimited),
        (-1, WeChatBusy),
        (40013, WeChatMisconfigured),
        (40125, WeChatMisconfigured),
        (40164, WeChatMisconfigured),
        (99999, WeChatAnswerUnreadable),
    ],
)
async def test_wechats_error_codes_become_our_errors(
    provider: WeChatProvider, wechat: WeChatServer, errcode: int, error: type[KangbanError]
) -> None:
    wechat.fail(errcode)
    with pytest.raises(error) as raised:
        await provider.verify(WeChatCode("c1"))
    assert type(raised.value) is error
    assert raised.value.data == ({"errcode": errcode} if error is WeChatMisconfigured else {})


async def test_a_refusal_by_wechat_leaves_nothing(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    before = await everything(core.store)
    failures: list[tuple[int, bytes, type[KangbanError]]] = [
        (200, b'{"errcode": 40029}', WeChatCodeInvalid),
        (200, b"<html>", WeChatAnswerUnreadable),
        (502, b"{}", WeChatUnreachable),
    ]
    for status, body, error in failures:
        wechat.raw(body, status=status)
        with pytest.raises(error):
            await identity.sign_in(WeChatCode("c1"), PHONE)
    assert await everything(core.store) == before


async def test_a_code_is_good_once(identity: IdentityService, wechat: WeChatServer) -> None:
    wechat.user("c1", "o-zhang")
    await identity.sign_in(WeChatCode("c1"), PHONE)
    with pytest.raises(WeChatCodeUsed):
        await identity.sign_in(WeChatCode("c1"), PHONE)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502</html>",
        b"[]",
        b"null",
        b'{"openid": 7}',
        b'{"openid": ""}',
        b'{"session_key": "x"}',
        b'{"errcode": "40029"}',
        b'{"openid": "o", "errcode": null}',
        b'\xff\xfe{"openid": "o"}',
        b'{"openid": "' + b"o" * 20_000 + b'"}',
    ],
)
async def test_garbage_is_refused_as_unreadable(
    provider: WeChatProvider, wechat: WeChatServer, body: bytes
) -> None:
    wechat.raw(body)
    with pytest.raises(WeChatAnswerUnreadable):
        await provider.verify(WeChatCode("c1"))


@pytest.mark.parametrize("status", [302, 404, 500, 502])
async def test_other_statuses_are_unreachable(
    provider: WeChatProvider, wechat: WeChatServer, status: int
) -> None:
    wechat.raw(b'{"openid": "o"}', status=status)
    with pytest.raises(WeChatUnreachable):
        await provider.verify(WeChatCode("c1"))


async def test_a_slow_answer_times_out(wechat: WeChatServer) -> None:
    wechat.raw(b'{"openid": "o"}', after_seconds=1)
    provider = WeChatProvider(APP_ID, APP_SECRET, wechat.url, timeout_seconds=0.1)
    with pytest.raises(WeChatUnreachable):
        await provider.verify(WeChatCode("c1"))
    await provider.close()


async def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        provider = WeChatProvider(APP_ID, APP_SECRET, f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(WeChatUnreachable) as raised:
            await provider.verify(WeChatCode("c1"))
    assert raised.value.__cause__ is None
    await provider.close()


@pytest.mark.parametrize(
    ("app_id", "secret", "errcode"),
    [("wxffffffffffffffff", APP_SECRET, 40013), (APP_ID, "0" * 32, 40125)],
)
async def test_a_wrong_app_id_or_secret_is_misconfigured(
    wechat: WeChatServer, app_id: str, secret: str, errcode: int
) -> None:
    wechat.user("c1", "o-zhang")
    provider = WeChatProvider(app_id, secret, wechat.url)
    with pytest.raises(WeChatMisconfigured) as raised:
        await provider.verify(WeChatCode("c1"))
    assert raised.value.data == {"errcode": errcode}
    await provider.close()


@pytest.mark.parametrize("code", ["", "c" * 129, "\ud800", "康伴"])
async def test_an_impossible_code_is_refused_without_asking(
    provider: WeChatProvider, wechat: WeChatServer, code: str
) -> None:
    with pytest.raises(WeChatCodeInvalid):
        await provider.verify(WeChatCode(code))
    assert wechat.requests == 0


@pytest.mark.parametrize("code", ["x&js_code=c1#", "\0", "../c1?js_code=c1"])
async def test_a_code_cannot_smuggle_parameters(
    provider: WeChatProvider, wechat: WeChatServer, code: str
) -> None:
    wechat.user("c1", "o-zhang")
    with pytest.raises(WeChatCodeInvalid):
        await provider.verify(WeChatCode(code))


async def test_no_secret_is_logged_or_stored(
    identity: IdentityService,
    core: Core,
    wechat: WeChatServer,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wechat.user("code-secret", "openid-secret", "unionid-secret")
    with caplog.at_level(logging.DEBUG):
        tokens = await identity.sign_in(WeChatCode("code-secret"), PHONE)
        wechat.fail(40029)
        with pytest.raises(WeChatCodeInvalid):
            await identity.sign_in(WeChatCode("code-secret-2"), PHONE)
    assert tokens.refresh_token is not None
    printed = capsys.readouterr()
    told = caplog.text + printed.out + printed.err
    assert f"GET {wechat.url}/" in told
    stored = repr(await everything(core.store))
    for secret in (APP_SECRET, "code-secret", SESSION_KEY, tokens.refresh_token):
        assert secret not in told + stored
    for private in ("openid-secret", "unionid-secret", "张建国"):
        assert private not in told + stored
