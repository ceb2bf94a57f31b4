"""Access tokens and the session behind them."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import jwt
import pytest
from bson import ObjectId
from pydantic import SecretStr

from backend.core.clock import FixedClock
from backend.core.container import Core
from backend.core.errors import Unauthenticated
from backend.core.keys import Keyring, LocalMasterKey
from backend.core.settings import Settings
from backend.identity.access_tokens import AccessTokens
from backend.identity.errors import (
    SessionEnded,
    TokenExpired,
    TokenInvalid,
    TokenMissing,
)
from backend.identity.service import IdentityService
from backend.identity.viewer import Channel, Language, Role
from tests.identity.helpers import a_resident_signs_in, everything, viewer_of
from tests.identity.wechat_server import WeChatServer


def claims_of(token: str) -> dict[str, Any]:
    decoded: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return decoded


@pytest.fixture
def keyring(master_key: LocalMasterKey, clock: FixedClock) -> Keyring:
    return Keyring(master_key, clock, "aes-256-gcm")


@pytest.fixture
def access(settings: Settings, keyring: Keyring, clock: FixedClock) -> AccessTokens:
    return AccessTokens(settings, keyring, clock)


def a_token(access: AccessTokens) -> str:
    return access.sign(ObjectId(), ObjectId(), frozenset({Role.RESIDENT}))[0]


async def look(identity: IdentityService, token: str | None) -> None:
    await identity.viewer_from_token(token, Channel.APP, Language.ZH)


async def test_a_token_says_who_and_where_and_until_when(
    identity: IdentityService, wechat: WeChatServer, clock: FixedClock
) -> None:
    tokens = await a_resident_signs_in(identity, wechat)
    claims = claims_of(tokens.access_token)
    assert claims == {
        "iss": "kangban",
        "aud": "kangban-api",
        "sub": str(tokens.account_id),
        "sid": str(tokens.session_id),
        "roles": ["resident"],
        "iat": int(clock.now().timestamp()),
        "exp": int(clock.now().timestamp()) + 900,
    }
    viewer = await identity.viewer_from_token(tokens.access_token, Channel.TELEGRAM, Language.EN)
    assert (viewer.account_id, viewer.session_id) == (tokens.account_id, tokens.session_id)
    assert (viewer.channel, viewer.language) == (Channel.TELEGRAM, Language.EN)
    assert viewer.roles == {Role.RESIDENT}


async def test_a_token_lives_fifteen_minutes_by_our_clock(
    identity: IdentityService, wechat: WeChatServer, clock: FixedClock
) -> None:
    tokens = await a_resident_signs_in(identity, wechat)
    clock.advance(timedelta(minutes=15) - timedelta(milliseconds=1))
    await look(identity, tokens.access_token)
    clock.advance(timedelta(milliseconds=1))
    with pytest.raises(TokenExpired):
        await look(identity, tokens.access_token)


@pytest.mark.parametrize("token", [None, ""])
def test_no_token_is_missing(access: AccessTokens, token: str | None) -> None:
    with pytest.raises(TokenMissing):
        access.read(token)


@pytest.mark.parametrize("token", ["x", "a.b.c", "..", "康.伴.!", "\0", "\ud800", "a" * 10_000])
def test_garbage_is_invalid(access: AccessTokens, token: str) -> None:
    with pytest.raises(TokenInvalid):
        access.read(token)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "someone"},
        {"aud": "other-api"},
        {"aud": None},
        {"sub": "not-an-id"},
        {"sub": 7},
        {"sid": "0"},
        {"sid": None},
        {"exp": "soon"},
        {"exp": "nan"},
        {"exp": [1]},
        {"exp": None},
        {"roles": None},
    ],
)
def test_a_well_signed_token_with_a_wrong_claim_is_invalid(
    access: AccessTokens, keyring: Keyring, change: dict[str, Any]
) -> None:
    claims = claims_of(a_token(access)) | change
    forged = {key: value for key, value in claims.items() if value is not None}
    with pytest.raises(TokenInvalid):
        access.read(jwt.encode(forged, keyring.secret(b"access-token"), algorithm="HS256"))


def test_only_hs256_under_our_key_is_taken(access: AccessTokens, keyring: Keyring) -> None:
    token = a_token(access)
    claims, key = claims_of(token), keyring.secret(b"access-token")
    others = [
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, key * 2, algorithm="HS512"),
        jwt.encode(claims, b"k" * 32, algorithm="HS256"),
        token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB"),
        ".".join([*token.split(".")[:2], ""]),
    ]
    for each in others:
        with pytest.raises(TokenInvalid):
            access.read(each)
    assert access.read(jwt.encode(claims, key, algorithm="HS256")) == access.read(token)


async def test_a_token_of_a_session_that_is_not_there_or_not_theirs_is_ended(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    tokens = await a_resident_signs_in(identity, wechat)
    signer = AccessTokens(core.settings, core.keyring, core.clock)
    for account_id, session_id in [
        (tokens.account_id, ObjectId()),
        (ObjectId(), tokens.session_id),
    ]:
        token, _ = signer.sign(account_id, session_id, frozenset({Role.OPERATOR}))
        with pytest.raises(SessionEnded) as raised:
            await look(identity, token)
        assert raised.value.data == {"reason": "unknown"}


async def test_roles_come_from_the_session_not_from_the_token(
    identity: IdentityService, core: Core, wechat: WeChatServer
) -> None:
    tokens = await a_resident_signs_in(identity, wechat)
    signer = AccessTokens(core.settings, core.keyring, core.clock)
    token, _ = signer.sign(tokens.account_id, tokens.session_id, frozenset({Role.OPERATOR}))
    viewer = await identity.viewer_from_token(token, Channel.APP, Language.ZH)
    assert viewer.roles == {Role.RESIDENT}


def test_a_secret_from_the_settings_signs_instead_of_the_derived_one(
    access: AccessTokens, settings: Settings, keyring: Keyring, clock: FixedClock
) -> None:
    given = settings.model_copy(update={"token_secret": SecretStr("s" * 40)})
    token = a_token(AccessTokens(given, keyring, clock))
    AccessTokens(given, keyring, clock).read(token)
    with pytest.raises(TokenInvalid):
        access.read(token)


async def test_looking_at_a_token_costs_one_read_by_id_and_writes_nothing(
    identity: IdentityService, core: Core, wechat: WeChatServer, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = await a_resident_signs_in(identity, wechat)
    before = await everything(core.store)
    explained = await core.store.db.command(
        {
            "explain": {
                "find": "sessions",
                "filter": {"_id": tokens.session_id, "account_id": tokens.account_id},
            },
            "verbosity": "executionStats",
        }
    )
    assert explained["executionStats"]["totalDocsExamined"] == 1
    with caplog.at_level(logging.DEBUG, logger="pymongo.command"):
        await viewer_of(identity, tokens)
    started = [each for each in caplog.messages if '"message": "Command started"' in each]
    assert [json.loads(each)["commandName"] for each in started] == ["find"]
    assert await everything(core.store) == before


def test_every_token_error_is_unauthenticated() -> None:
    for each in (TokenMissing, TokenExpired, TokenInvalid, SessionEnded):
        assert issubclass(each, Unauthenticated)
        assert each.status == 401
