"""Firebase sign-in against the real Auth emulator, and signed tokens against a stand-in of keys."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from backend.core.clock import FixedClock
from backend.core.container import Core, build_core
from backend.core.keys import LocalMasterKey
from backend.identity.passwords import Passwords
from backend.identity.providers.firebase import (
    FirebaseEmulatorStray,
    FirebaseIdToken,
    FirebaseProvider,
    FirebaseTokenExpired,
    FirebaseTokenInvalid,
    FirebaseUnreachable,
)
from backend.identity.service import IdentityService
from backend.identity.viewer import Role
from backend.identity.wiring import build_identity
from tests.identity.firebase_emulator import PROGRAM, PROJECT, FirebaseEmulator, shared_emulator
from tests.identity.google_keys import GoogleKeys
from tests.identity.helpers import PHONE, a_resident_signs_in, everything, viewer_of
from tests.identity.wechat_server import WeChatServer

VARIABLE = "FIREBASE_AUTH_EMULATOR_HOST"


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirebaseEmulator]:
    if not PROGRAM.exists() and not os.environ.get("CI"):
        pytest.skip("no tests/tools/firebase/node_modules: scripts/setup installs the emulator")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    with shared_emulator(shared / "firebase") as emulator:
        yield emulator


@pytest.fixture
def clock() -> FixedClock:
    """The emulator and Google's library go by the machine's clock."""
    return FixedClock(datetime.now(UTC))


@pytest.fixture
async def firebase(
    core: Core,
    master_key: LocalMasterKey,
    passwords: Passwords,
    emulator: FirebaseEmulator,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[IdentityService]:
    monkeypatch.setenv(VARIABLE, "")  # so that what the provider sets is taken back
    settings = core.settings.model_copy(
        update={"firebase_project_id": PROJECT, "firebase_auth_emulator_host": emulator.host}
    )
    service = build_identity(build_core(settings, core.store, master_key, core.clock), passwords)
    yield service
    await service.close()


@pytest.fixture
def emulated(
    clock: FixedClock, emulator: FirebaseEmulator, monkeypatch: pytest.MonkeyPatch
) -> FirebaseProvider:
    monkeypatch.setenv(VARIABLE, "")
    return FirebaseProvider(PROJECT, clock, emulator_host=emulator.host)


def token_of(answer: dict[str, Any]) -> FirebaseIdToken:
    return FirebaseIdToken(answer["idToken"])


def changed(answer: dict[str, Any], **claims: Any) -> FirebaseIdToken:
    """The token with other claims, unsigned as the emulator's own are."""
    before = jwt.decode(answer["idToken"], options={"verify_signature": False})
    return FirebaseIdToken(jwt.encode(before | claims, "", algorithm="none"))


async def test_first_sign_in_makes_a_resident_and_the_second_finds_them(
    firebase: IdentityService, emulator: FirebaseEmulator
) -> None:
    user = emulator.sign_up(email="zhang@example.com", password="emulator-only")
    first = await firebase.sign_in(token_of(user), PHONE)
    second = await firebase.sign_in(token_of(user), PHONE)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.account_id == second.account_id
    assert (await viewer_of(firebase, first)).roles == {Role.RESIDENT}


async def test_a_phone_user_brings_their_number_which_is_sealed(
    firebase: IdentityService, core: Core, emulator: FirebaseEmulator
) -> None:
    tokens = await firebase.sign_in(token_of(emulator.sign_up_by_phone("+8613800138001")), PHONE)
    person = await firebase.person(await viewer_of(firebase, tokens))
    assert person.phone == "+8613800138001"
    assert "13800138001" not in repr(await everything(core.store))
    account = await core.store.db["accounts"].find_one(
        {"phone_index": core.keyring.blind_index("phone", "+8613800138001")}
    )
    assert account is not None


async def test_one_account_by_wechat_and_firebase(
    firebase: IdentityService, emulator: FirebaseEmulator, wechat: WeChatServer
) -> None:
    mine = await a_resident_signs_in(firebase, wechat)
    user = emulator.sign_up(email="both@example.com", password="emulator-only")
    await firebase.link_sign_in(await viewer_of(firebase, mine), token_of(user))
    again = await firebase.sign_in(token_of(user), PHONE)
    assert (again.account_id, again.is_new) == (mine.account_id, False)


async def test_an_expired_token_is_refused(
    firebase: IdentityService, core: Core, emulator: FirebaseEmulator, clock: FixedClock
) -> None:
    user = emulator.sign_up(email="late@example.com", password="emulator-only")
    before = await everything(core.store)
    clock.advance(timedelta(hours=1, seconds=1))
    with pytest.raises(FirebaseTokenExpired):
        await firebase.sign_in(token_of(user), PHONE)
    assert await everything(core.store) == before


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "demo-other", "iss": "https://securetoken.google.com/demo-other"},
        {"aud": "demo-other"},
        {"iss": "https://securetoken.google.com/demo-other"},
        {"sub": ""},
        {"sub": "u" * 129},
        {"sub": 7},
        {"exp": None},
        {"exp": "tomorrow"},
    ],
)
async def test_a_token_of_another_project_or_with_a_wrong_claim_is_refused(
    emulated: FirebaseProvider, emulator: FirebaseEmulator, claims: dict[str, Any]
) -> None:
    user = emulator.sign_up()
    await emulated.verify(changed(user))
    with pytest.raises(FirebaseTokenInvalid):
        await emulated.verify(changed(user, **claims))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "..", "康伴", "\0", "\ud800", "a" * 9_000])
async def test_garbage_is_refused(emulated: FirebaseProvider, text: str) -> None:
    with pytest.raises(FirebaseTokenInvalid):
        await emulated.verify(FirebaseIdToken(text))


async def test_a_tampered_token_is_refused_and_leaves_nothing(
    firebase: IdentityService, core: Core, emulator: FirebaseEmulator
) -> None:
    head, body, tail = emulator.sign_up()["idToken"].split(".")
    before = await everything(core.store)
    for text in (f"{head}.{body[:-8]}.{tail}", f"{head}.{body[4:]}.{tail}", f"{body}.{head}."):
        with pytest.raises(FirebaseTokenInvalid):
            await firebase.sign_in(FirebaseIdToken(text), PHONE)
    assert await everything(core.store) == before


async def test_no_token_or_number_is_logged(
    firebase: IdentityService,
    emulator: FirebaseEmulator,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    user = emulator.sign_up_by_phone("+8613800138002")
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        await firebase.sign_in(token_of(user), PHONE)
        with pytest.raises(FirebaseTokenInvalid):
            await firebase.sign_in(changed(user, aud="demo-other"), PHONE)
    printed = capsys.readouterr()
    told = caplog.text + printed.out + printed.err
    assert user["idToken"].split(".")[1] not in told
    assert "13800138002" not in told


class TestWithoutEmulator:
    """The verifier as in production: only tokens signed by Google's keys."""

    @pytest.fixture
    def keys(self) -> Iterator[GoogleKeys]:
        with GoogleKeys() as keys:
            yield keys

    @pytest.fixture
    def provider(
        self, clock: FixedClock, keys: GoogleKeys, monkeypatch: pytest.MonkeyPatch
    ) -> FirebaseProvider:
        monkeypatch.delenv(VARIABLE, raising=False)
        # Google's address of the keys is a constant of the library.
        monkeypatch.setattr("firebase_admin._token_gen.ID_TOKEN_CERT_URI", keys.url)
        return FirebaseProvider(PROJECT, clock)

    async def test_a_signed_token_is_taken(
        self, provider: FirebaseProvider, keys: GoogleKeys
    ) -> None:
        identity = await provider.verify(FirebaseIdToken(keys.token(PROJECT, "u1")))
        assert identity.subjects == (f"{PROJECT}:u1",)
        assert identity.welcomes
        assert (identity.phone, identity.display_name) == (None, None)

    async def test_an_unsigned_token_is_refused_without_fetching_keys(
        self, provider: FirebaseProvider, keys: GoogleKeys
    ) -> None:
        claims = jwt.decode(keys.token(PROJECT, "u1"), options={"verify_signature": False})
        for headers in ({}, {"kid": keys.kid}):
            unsigned = jwt.encode(claims, "", algorithm="none", headers=headers)
            with pytest.raises(FirebaseTokenInvalid):
                await provider.verify(FirebaseIdToken(unsigned))
        assert keys.requests == 0

    async def test_the_emulators_tokens_are_refused(
        self, provider: FirebaseProvider, emulator: FirebaseEmulator
    ) -> None:
        with pytest.raises(FirebaseTokenInvalid):
            await provider.verify(token_of(emulator.sign_up()))

    async def test_tampered_foreign_and_symmetric_signatures_are_refused(
        self, provider: FirebaseProvider, keys: GoogleKeys
    ) -> None:
        token = keys.token(PROJECT, "u1")
        head, _, tail = token.split(".")
        other_body = keys.token(PROJECT, "u2").split(".")[1]
        claims = jwt.decode(token, options={"verify_signature": False})
        headers = {"kid": keys.kid}
        for text in (
            f"{head}.{other_body}.{tail}",
            keys.token("demo-other", "u1"),
            keys.token(PROJECT, "u1", kid="unknown"),
            keys.forged(PROJECT, "u1"),
            jwt.encode(claims, keys.certificate[:64], algorithm="HS256", headers=headers),
        ):
            with pytest.raises(FirebaseTokenInvalid):
                await provider.verify(FirebaseIdToken(text))

    async def test_an_expired_signed_token_is_refused(
        self, provider: FirebaseProvider, keys: GoogleKeys
    ) -> None:
        with pytest.raises(FirebaseTokenExpired):
            await provider.verify(FirebaseIdToken(keys.token(PROJECT, "u1", age_seconds=7_200)))

    async def test_unreachable_keys_are_told_as_such(
        self, provider: FirebaseProvider, keys: GoogleKeys
    ) -> None:
        keys.broken = True
        with pytest.raises(FirebaseUnreachable):
            await provider.verify(FirebaseIdToken(keys.token(PROJECT, "u1")))

    async def test_a_stray_emulator_variable_stops_everything(
        self, provider: FirebaseProvider, keys: GoogleKeys, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(VARIABLE, "127.0.0.1:9099")
        with pytest.raises(FirebaseEmulatorStray):
            await provider.verify(FirebaseIdToken(keys.token(PROJECT, "u1")))
        assert keys.requests == 0
