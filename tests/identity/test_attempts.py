"""How often somebody may try, counted in the store."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from backend.core.clock import FixedClock
from backend.core.container import Core
from backend.identity.attempts import PER_ADDRESS, AttemptLimiter
from backend.identity.errors import SignInTooOften
from backend.identity.providers.wechat import WeChatCode
from backend.identity.providers.wechat_errors import WeChatCodeInvalid
from backend.identity.service import IdentityService
from backend.identity.sign_ins import ProviderName
from tests.identity.helpers import PHONE, everything
from tests.identity.wechat_server import WeChatServer

ADDRESS = "203.0.113.7"


async def test_an_address_is_refused_beyond_its_share_and_only_that_one(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    limiter = AttemptLimiter(core.keyring, core.clock)
    for _ in range(PER_ADDRESS.count - 1):
        await limiter.count(ProviderName.WECHAT, subject=None, address=ADDRESS)
    with pytest.raises(WeChatCodeInvalid):
        await identity.sign_in(WeChatCode("c1"), PHONE, address=ADDRESS)
    before, asked = await everything(core.store), wechat.requests
    with pytest.raises(SignInTooOften) as raised:
        await identity.sign_in(WeChatCode("c1"), PHONE, address=ADDRESS)
    assert raised.value.data == {"retry_after_seconds": 900}
    assert (await everything(core.store), wechat.requests) == (before, asked)
    with pytest.raises(WeChatCodeInvalid):
        await identity.sign_in(WeChatCode("c1"), PHONE, address="203.0.113.8")
    await limiter.count(ProviderName.FIREBASE, subject=None, address=ADDRESS)


async def test_many_first_attempts_at_once_are_all_counted(core: Core) -> None:
    limiter = AttemptLimiter(core.keyring, core.clock)
    answers = await asyncio.gather(
        *(limiter.count(ProviderName.PASSWORD, subject="a", address=None) for _ in range(30)),
        return_exceptions=True,
    )
    assert sum(each is None for each in answers) == 5
    assert all(type(each) is SignInTooOften for each in answers if each is not None)
    (row,) = await core.store.db["sign_in_attempts"].find().to_list()
    assert row["attempts"] == 30


async def test_the_window_begins_with_the_first_attempt_and_being_refused_does_not_prolong_it(
    core: Core, clock: FixedClock
) -> None:
    limiter = AttemptLimiter(core.keyring, clock)
    for _ in range(5):
        await limiter.count(ProviderName.PASSWORD, subject="a", address=None)
    clock.advance(timedelta(minutes=14, seconds=59))
    with pytest.raises(SignInTooOften) as raised:
        await limiter.count(ProviderName.PASSWORD, subject="a", address=None)
    assert raised.value.data == {"retry_after_seconds": 1}
    clock.advance(timedelta(seconds=1))
    for _ in range(5):
        await limiter.count(ProviderName.PASSWORD, subject="a", address=None)


async def test_what_is_stored_names_nobody_and_expires(core: Core) -> None:
    limiter = AttemptLimiter(core.keyring, core.clock)
    await limiter.count(ProviderName.PASSWORD, subject="+8613800138000", address=ADDRESS)
    stored = repr(await core.store.db["sign_in_attempts"].find().to_list())
    assert "13800138000" not in stored
    assert ADDRESS not in stored
    indexes = await core.store.db["sign_in_attempts"].index_information()
    assert indexes["sign_in_attempts_expire"]["expireAfterSeconds"] == 3_600
    assert indexes["one_count_per_key"]["unique"]
