"""Refresh tokens: each good once, one living family a session, whatever is tried."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.core.clock import FixedClock
from backend.core.container import Core
from backend.identity.errors import RefreshTokenInvalid, RefreshTokenReused, SessionEnded
from backend.identity.refresh_tokens import RefreshTokens
from backend.identity.service import IdentityService, Tokens
from backend.identity.session_desk import REUSE_GRACE
from tests.identity.helpers import PHONE, TABLET, a_resident_signs_in, everything, viewer_of
from tests.identity.wechat_server import WeChatServer

AFTER_GRACE = REUSE_GRACE + timedelta(milliseconds=1)


def refresh_of(tokens: Tokens) -> str:
    assert tokens.refresh_token is not None
    return tokens.refresh_token


async def test_a_refresh_gives_new_tokens_for_the_same_session(
    identity: IdentityService, wechat: WeChatServer, clock: FixedClock
) -> None:
    first = await a_resident_signs_in(identity, wechat)
    clock.advance(timedelta(minutes=20))
    second = await identity.refresh(refresh_of(first))
    assert (second.account_id, second.session_id) == (first.account_id, first.session_id)
    assert second.refresh_token != first.refresh_token
    assert second.access_expires_at == clock.now() + timedelta(minutes=15)
    assert second.refresh_expires_at == clock.now() + timedelta(days=30)
    viewer = await viewer_of(identity, second)
    assert viewer.session_id == first.session_id


async def test_reuse_of_an_old_token_ends_the_session_and_its_access_tokens_at_once(
    identity: IdentityService, wechat: WeChatServer, clock: FixedClock
) -> None:
    first = await a_resident_signs_in(identity, wechat)
    second = await identity.refresh(refresh_of(first))
    clock.advance(AFTER_GRACE)
    with pytest.raises(RefreshTokenReused):
        await identity.refresh(refresh_of(first))
    for work in (identity.refresh(refresh_of(second)), viewer_of(identity, second)):
        with pytest.raises(SessionEnded) as raised:
            await work
        assert raised.value.data == {"reason": "refresh_reuse"}


async def test_reuse_ends_only_the_family_it_belongs_to(
    identity: IdentityService, wechat: WeChatServer, clock: FixedClock
) -> None:
    stolen = await a_resident_signs_in(identity, wechat, PHONE)
    other = await a_resident_signs_in(identity, wechat, TABLET)
    await identity.refresh(refresh_of(stolen))
    clock.advance(AFTER_GRACE)
    with pytest.raises(RefreshTokenReused):
        await identity.refresh(refresh_of(stolen))
    assert (await identity.refresh(refresh_of(other))).session_id == other.session_id


async def test_a_repeat_within_the_grace_gets_the_same_next_token_and_writes_nothing(
    identity: IdentityService, core: Core, wechat: WeChatServer, clock: FixedClock
) -> None:
    first = await a_resident_signs_in(identity, wechat)
    second = await identity.refresh(refresh_of(first))
    before = await everything(core.store)
    clock.advance(REUSE_GRACE)
    again = await identity.refresh(refresh_of(first))
    assert again.refresh_token == second.refresh_token
    assert again.refresh_expires_at == second.refresh_expires_at
    assert await everything(core.store) == before


async def test_a_repeat_within_the_grace_is_reuse_once_the_next_token_was_used(
    identity: IdentityService, wechat: WeChatServer
) -> None:
    first = await a_resident_signs_in(identity, wechat)
    second = await identity.refresh(refresh_of(first))
    await identity.refresh(refresh_of(second))
    with pytest.raises(RefreshTokenReused):
        await identity.refresh(refresh_of(first))


async def test_many_refreshes_at_once_give_one_successor(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    first = await a_resident_signs_in(identity, wechat)
    answers = await asyncio.gather(*(identity.refresh(refresh_of(first)) for _ in range(12)))
    assert len({each.refresh_token for each in answers}) == 1
    (session,) = await core.store.db["sessions"].find().to_list()
    assert session["generation"] == 1
    assert session["ended_at"] is None


async def test_a_device_unused_for_thirty_days_is_signed_out(
    identity: IdentityService, wechat: WeChatServer, clock: FixedClock
) -> None:
    first = await a_resident_signs_in(identity, wechat)
    clock.advance(timedelta(days=29))
    second = await identity.refresh(refresh_of(first))
    clock.advance(timedelta(days=30))
    with pytest.raises(SessionEnded) as raised:
        await identity.refresh(refresh_of(second))
    assert raised.value.data == {"reason": "expired"}


async def test_a_made_up_token_of_a_known_session_cannot_end_it(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    tokens = await a_resident_signs_in(identity, wechat)
    before = await everything(core.store)
    forged = RefreshTokens(b"another key" * 3)
    text = forged.text(forged.following(forged.first(tokens.session_id)))
    with pytest.raises(RefreshTokenInvalid):
        await identity.refresh(text)
    assert await everything(core.store) == before


async def test_a_token_of_a_session_nobody_has_is_refused(
    identity: IdentityService, core: Core
) -> None:
    ours = RefreshTokens(core.keyring.secret(b"refresh-token"))
    with pytest.raises(SessionEnded) as raised:
        await identity.refresh(ours.text(ours.first(ObjectId())))
    assert raised.value.data == {"reason": "unknown"}


@pytest.mark.parametrize(
    "text", ["", "=", "a", "!!!!", "\0", "康伴", "\ud800", "A" * 86, "A" * 5_000, "QUFB QUFB"]
)
def test_malformed_tokens_are_refused(text: str) -> None:
    with pytest.raises(RefreshTokenInvalid):
        RefreshTokens(b"k" * 32).read(text)


async def test_only_a_hash_of_the_token_is_stored(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    first = await a_resident_signs_in(identity, wechat)
    second = await identity.refresh(refresh_of(first))
    stored = repr(await everything(core.store))
    tokens = RefreshTokens(core.keyring.secret(b"refresh-token"))
    for each in (first, second):
        assert refresh_of(each) not in stored
        assert each.access_token not in stored
        assert repr(tokens.read(refresh_of(each)).secret)[2:-1] not in stored


@settings(deadline=None)
@given(st.binary(min_size=12, max_size=12), st.integers(0, 5))
def test_a_token_reads_back_and_the_chain_is_determined(session: bytes, steps: int) -> None:
    tokens = RefreshTokens(b"k" * 32)
    token = tokens.first(ObjectId(session))
    for _ in range(steps):
        assert tokens.following(token) == tokens.following(token)
        token = tokens.following(token)
    assert tokens.read(tokens.text(token)) == token
    assert token.generation == steps


@settings(deadline=None)
@given(st.data())
def test_no_changed_bit_reads(data: st.DataObject) -> None:
    tokens = RefreshTokens(b"k" * 32)
    raw = bytearray(base64.urlsafe_b64decode(tokens.text(tokens.first(ObjectId())) + "=="))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(RefreshTokenInvalid):
        tokens.read(base64.urlsafe_b64encode(raw).decode().rstrip("="))


STEPS = st.lists(st.tuples(st.integers(0, 30), st.sampled_from([0, 1, 9, 10, 11, 60])), max_size=12)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
async def test_no_sequence_of_refreshes_yields_two_living_families(
    identity: IdentityService,
    wechat: WeChatServer,
    clock: FixedClock,
    steps: list[tuple[int, int]],
) -> None:
    """A model beside it: the chain so far, when it last moved, whether it lives."""
    chain = [refresh_of(await a_resident_signs_in(identity, wechat))]
    moved, living = None, True
    for pick, seconds in steps:
        clock.advance(timedelta(seconds=seconds))
        index = len(chain) - 1 - pick % len(chain)
        age = len(chain) - 1 - index
        in_grace = moved is not None and clock.now() - moved <= REUSE_GRACE
        if not living:
            with pytest.raises(SessionEnded):
                await identity.refresh(chain[index])
        elif age == 0:
            chain.append(refresh_of(await identity.refresh(chain[index])))
            moved = clock.now()
        elif age == 1 and in_grace:
            assert (await identity.refresh(chain[index])).refresh_token == chain[-1]
        else:
            with pytest.raises(RefreshTokenReused):
                await identity.refresh(chain[index])
            living = False
    assert len(set(chain)) == len(chain)
