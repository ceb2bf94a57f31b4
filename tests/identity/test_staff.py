"""Staff: from the first password over TOTP to signing in, and every way it must fail."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from argon2 import PasswordHasher
from bson import ObjectId

from backend.core.clock import FixedClock
from backend.core.container import Core
from backend.core.errors import KangbanError
from backend.identity.errors import (
    AccountNotFound,
    AccountSuspended,
    OperatorRequired,
    RolesUnfit,
    SessionEnded,
    SignInTaken,
    SignInTooOften,
)
from backend.identity.logins import PhoneUnfit, UsernameUnfit
from backend.identity.passwords import Passwords, PasswordTooWeak
from backend.identity.providers.password import StaffLogin
from backend.identity.service import IdentityService, Tokens
from backend.identity.sessions import Device, Platform
from backend.identity.staff_secrets import (
    StaffCredentialsWrong,
    TotpAlreadyEnrolled,
    TotpNotEnrolled,
    TotpReplayed,
)
from backend.identity.viewer import Role
from backend.identity.wiring import build_identity
from tests.identity.helpers import CONSOLE, PASSWORD, STAFF, everything, viewer_of

DESK = Device(name="诊室电脑", platform=Platform.WEB)
STEP = timedelta(seconds=30)


class Doctor:
    """A family doctor as they come: created, enrolled, with an authenticator app."""

    def __init__(self, identity: IdentityService, clock: FixedClock) -> None:
        self.identity = identity
        self.clock = clock
        self.account_id = ObjectId()
        self.secret = ""
        self.recovery: list[str] = []

    async def create(self, username: str = "dr.wang", phone: str | None = "13800138000") -> None:
        self.account_id = await self.identity.operators.create_staff(
            CONSOLE,
            username=username,
            password=PASSWORD,
            roles=STAFF,
            display_name="王医生",
            phone=phone,
        )

    async def enrol(self, password: str = PASSWORD) -> None:
        begun = await self.identity.staff.begin_totp("dr.wang", password)
        self.secret = begun.secret
        self.recovery = await self.identity.staff.confirm_totp("dr.wang", password, self.code())
        self.clock.advance(STEP)

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(self.clock.now(), counter_offset=steps)

    async def sign_in(
        self, code: str | None = None, *, login: str = "dr.wang", password: str = PASSWORD
    ) -> Tokens:
        code = self.code() if code is None else code
        return await self.identity.sign_in(StaffLogin(login, password, code), DESK)


@pytest.fixture
async def doctor(identity: IdentityService, clock: FixedClock) -> Doctor:
    doctor = Doctor(identity, clock)
    await doctor.create()
    await doctor.enrol()
    return doctor


async def refused(work: object, error: type[KangbanError]) -> KangbanError:
    with pytest.raises(error) as raised:
        await work  # type: ignore[misc]
    assert type(raised.value) is error
    return raised.value


@pytest.mark.parametrize(
    "login", ["dr.wang", " DR.Wang ", "ｄｒ.wang", "13800138000", "+86 138-0013-8000"]
)
async def test_staff_sign_in_by_name_or_phone_however_it_is_typed(
    doctor: Doctor, identity: IdentityService, login: str
) -> None:
    tokens = await doctor.sign_in(login=login)
    assert (tokens.account_id, tokens.is_new) == (doctor.account_id, False)
    viewer = await viewer_of(identity, tokens)
    assert viewer.roles == {Role.FAMILY_DOCTOR}
    person = await identity.person(viewer)
    assert (person.display_name, person.phone) == ("王医生", "+8613800138000")


@pytest.mark.parametrize(
    ("login", "password", "code"),
    [
        ("dr.wang", "不是这个密码-2026-abc", None),
        ("dr.wang", "", None),
        ("dr.wang", PASSWORD * 20, None),
        ("dr.wang", "\ud800" * 20, None),
        ("dr.nobody", PASSWORD, None),
        ("", PASSWORD, None),
        ("\0\ud800", PASSWORD, None),
        ("dr.wang", PASSWORD, "000000"),
        ("dr.wang", PASSWORD, ""),
        ("dr.wang", PASSWORD, "１２３４５６"),
        ("dr.wang", PASSWORD, "ABCDE-FGHJK"),
        ("dr.wang", PASSWORD, "\ud800"),
    ],
)
async def test_whatever_is_wrong_is_told_alike_and_leaves_nothing(
    doctor: Doctor, core: Core, login: str, password: str, code: str | None
) -> None:
    before = await everything(core.store)
    error = await refused(
        doctor.sign_in(code, login=login, password=password), StaffCredentialsWrong
    )
    assert error.data == {}
    assert await everything(core.store) == before


class CountingHasher(PasswordHasher):
    """Real argon2 that counts."""

    verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.verified += 1
        return super().verify(hash, password)


async def test_an_unknown_user_costs_the_same_one_verification(doctor: Doctor, core: Core) -> None:
    hasher = CountingHasher(time_cost=1, memory_cost=64, parallelism=1)
    doctor.identity = build_identity(core, Passwords(hasher))
    for login in ("dr.wang", "dr.nobody"):
        before = hasher.verified
        await refused(doctor.sign_in(login=login, password="wrong"), StaffCredentialsWrong)
        assert hasher.verified == before + 1
    await doctor.identity.close()


@pytest.mark.parametrize("steps", [-1, 0, 1])
async def test_a_code_of_the_step_before_and_after_is_taken(doctor: Doctor, steps: int) -> None:
    doctor.clock.advance(STEP * 10)
    await doctor.sign_in(doctor.code(steps))


@pytest.mark.parametrize("steps", [-2, 2])
async def test_a_code_from_further_away_is_not(doctor: Doctor, steps: int) -> None:
    doctor.clock.advance(STEP * 10)
    await refused(doctor.sign_in(doctor.code(steps)), StaffCredentialsWrong)


async def test_a_code_and_those_before_it_are_good_once(doctor: Doctor, core: Core) -> None:
    doctor.clock.advance(STEP * 10)
    await doctor.sign_in(doctor.code())
    before = await everything(core.store)
    for steps in (0, -1):
        await refused(doctor.sign_in(doctor.code(steps)), TotpReplayed)
    assert await everything(core.store) == before
    await doctor.sign_in(doctor.code(1))


async def test_the_same_code_at_once_lets_one_in(doctor: Doctor, core: Core) -> None:
    answers = await asyncio.gather(
        *(doctor.sign_in(doctor.code()) for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in answers) == [
        "Tokens",
        "TotpReplayed",
        "TotpReplayed",
        "TotpReplayed",
    ]
    assert await core.store.db["sessions"].count_documents({}) == 1


async def test_a_recovery_code_opens_once_in_any_spelling(doctor: Doctor) -> None:
    first, second = doctor.recovery[:2]
    assert len(set(doctor.recovery)) == 10
    await doctor.sign_in(first.lower().replace("-", " "))
    await refused(doctor.sign_in(first), StaffCredentialsWrong)
    await doctor.sign_in(second)


async def test_five_wrong_attempts_lock_the_name_for_a_quarter_of_an_hour(
    doctor: Doctor, core: Core
) -> None:
    for _ in range(5):
        await refused(doctor.sign_in(password="wrong"), StaffCredentialsWrong)
    before = await everything(core.store)
    doctor.clock.advance(timedelta(minutes=5))
    error = await refused(doctor.sign_in(), SignInTooOften)
    assert error.data == {"retry_after_seconds": 600}
    assert await everything(core.store) == before
    doctor.clock.advance(timedelta(minutes=10))
    await doctor.sign_in()


async def test_wrong_attempts_at_once_get_no_further_than_in_a_row(doctor: Doctor) -> None:
    answers = await asyncio.gather(
        *(doctor.sign_in(password="wrong") for _ in range(20)), return_exceptions=True
    )
    kinds = [type(each) for each in answers]
    assert kinds.count(StaffCredentialsWrong) == 5
    assert kinds.count(SignInTooOften) == 15


async def test_getting_in_clears_the_count(doctor: Doctor) -> None:
    for _ in range(3):
        for _ in range(4):
            await refused(doctor.sign_in(password="wrong"), StaffCredentialsWrong)
        await doctor.sign_in()
        doctor.clock.advance(STEP)


async def test_an_unknown_name_is_locked_alike(doctor: Doctor) -> None:
    for _ in range(5):
        await refused(doctor.sign_in(login="dr.nobody"), StaffCredentialsWrong)
    await refused(doctor.sign_in(login="dr.nobody"), SignInTooOften)
    await doctor.sign_in()


async def test_enrolment_gives_an_otpauth_uri_and_must_be_confirmed(
    identity: IdentityService, core: Core, clock: FixedClock
) -> None:
    doctor = Doctor(identity, clock)
    await doctor.create()
    await refused(doctor.sign_in("000000"), TotpNotEnrolled)
    await refused(identity.staff.confirm_totp("dr.wang", PASSWORD, "000000"), TotpNotEnrolled)
    begun = await identity.staff.begin_totp("dr.wang", PASSWORD)
    doctor.secret = begun.secret
    uri = urlsplit(begun.uri)
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert parse_qs(uri.query)["secret"] == [begun.secret]
    await refused(doctor.sign_in(), TotpNotEnrolled)
    await refused(
        identity.staff.confirm_totp("dr.wang", PASSWORD, doctor.code(5)), StaffCredentialsWrong
    )
    assert len(await identity.staff.confirm_totp("dr.wang", PASSWORD, doctor.code())) == 10
    await refused(doctor.sign_in(), TotpReplayed)
    for again in (
        identity.staff.begin_totp("dr.wang", PASSWORD),
        identity.staff.confirm_totp("dr.wang", PASSWORD, doctor.code(1)),
    ):
        await refused(again, TotpAlreadyEnrolled)
    await doctor.sign_in(doctor.code(1))
    stored = repr(await everything(core.store))
    for secret in (begun.secret, PASSWORD, "dr.wang", "13800138000", "王医生"):
        assert secret not in stored


async def test_enrolment_needs_the_password_and_is_locked_alike(
    identity: IdentityService, core: Core, clock: FixedClock
) -> None:
    await Doctor(identity, clock).create()
    before = await everything(core.store)
    for _ in range(5):
        await refused(identity.staff.begin_totp("dr.wang", "wrong"), StaffCredentialsWrong)
    for locked in (
        identity.staff.begin_totp("dr.wang", PASSWORD),
        identity.staff.confirm_totp("dr.wang", PASSWORD, "000000"),
    ):
        await refused(locked, SignInTooOften)
    assert await everything(core.store) == before


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"username": "王医生"}, UsernameUnfit),
        ({"username": "x"}, UsernameUnfit),
        ({"username": "13800138000"}, UsernameUnfit),
        ({"phone": "12345"}, PhoneUnfit),
        ({"password": "short-1a"}, PasswordTooWeak),
        ({"password": "my-DR.LI-password"}, PasswordTooWeak),
        ({"roles": frozenset()}, RolesUnfit),
        ({"roles": frozenset({Role.INSTITUTION})}, RolesUnfit),
        ({"username": "DR.WANG"}, SignInTaken),
        ({"phone": "+8613800138000"}, SignInTaken),
    ],
)
async def test_staff_that_cannot_be_are_not_half_made(
    doctor: Doctor, identity: IdentityService, core: Core, change: dict[str, object], error: type
) -> None:
    before = await everything(core.store)
    wanted: dict[str, object] = {
        "username": "dr.li",
        "password": PASSWORD,
        "roles": STAFF,
        "display_name": "李医生",
        "phone": None,
    }
    await refused(identity.operators.create_staff(CONSOLE, **wanted | change), error)  # type: ignore[arg-type]
    assert await everything(core.store) == before


async def test_only_operators_make_and_reset_staff(
    doctor: Doctor, identity: IdentityService, core: Core
) -> None:
    viewer = await viewer_of(identity, await doctor.sign_in())
    before = await everything(core.store)
    await refused(
        identity.operators.create_staff(
            viewer, username="dr.li", password=PASSWORD, roles=STAFF, display_name="李医生"
        ),
        OperatorRequired,
    )
    await refused(
        identity.operators.reset_staff(viewer, doctor.account_id, PASSWORD), OperatorRequired
    )
    assert await everything(core.store) == before


async def test_a_changed_password_signs_out_the_other_devices(
    doctor: Doctor, identity: IdentityService
) -> None:
    elsewhere = await doctor.sign_in()
    doctor.clock.advance(STEP)
    here = await doctor.sign_in()
    viewer = await viewer_of(identity, here)
    fresh = "一个全新的密码-abc-2026"
    await identity.change_password(viewer, PASSWORD, fresh)
    await viewer_of(identity, here)
    error = await refused(viewer_of(identity, elsewhere), SessionEnded)
    assert error.data == {"reason": "credentials_changed"}
    doctor.clock.advance(STEP)
    await refused(doctor.sign_in(), StaffCredentialsWrong)
    await doctor.sign_in(password=fresh)


async def test_a_password_change_needs_the_old_one_and_a_good_new_one(
    doctor: Doctor, identity: IdentityService, core: Core
) -> None:
    viewer = await viewer_of(identity, await doctor.sign_in())
    before = await everything(core.store)
    await refused(identity.change_password(viewer, PASSWORD, "short"), PasswordTooWeak)
    for _ in range(4):
        await refused(
            identity.change_password(viewer, "wrong", "一个全新的密码-abc-2026"),
            StaffCredentialsWrong,
        )
    await refused(
        identity.change_password(viewer, PASSWORD, "一个全新的密码-abc-2026"), SignInTooOften
    )
    await refused(identity.change_password(CONSOLE, "x", "y"), AccountNotFound)
    assert await everything(core.store) == before


async def test_a_reset_ends_sessions_recovery_codes_and_the_old_app(
    doctor: Doctor, identity: IdentityService
) -> None:
    tokens = await doctor.sign_in()
    old_secret, old_recovery = doctor.secret, doctor.recovery
    fresh = "操作员给的新密码-2026-x"
    await identity.operators.reset_staff(CONSOLE, doctor.account_id, fresh)
    await refused(viewer_of(identity, tokens), SessionEnded)
    await refused(doctor.sign_in(password=fresh), TotpNotEnrolled)
    await doctor.enrol(fresh)
    assert doctor.secret != old_secret
    await refused(doctor.sign_in(old_recovery[0], password=fresh), StaffCredentialsWrong)
    await doctor.sign_in(password=fresh)
    await refused(identity.operators.reset_staff(CONSOLE, ObjectId(), fresh), AccountNotFound)


async def test_suspended_staff_do_not_get_in(doctor: Doctor, identity: IdentityService) -> None:
    await identity.operators.suspend(CONSOLE, doctor.account_id)
    await refused(doctor.sign_in(), AccountSuspended)


async def test_a_hash_with_old_parameters_is_renewed_at_sign_in(doctor: Doctor, core: Core) -> None:
    stronger = build_identity(
        core, Passwords(PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    )
    old = await core.store.db["staff_secrets"].find_one()
    doctor.identity = stronger
    await doctor.sign_in()
    new = await core.store.db["staff_secrets"].find_one()
    assert old is not None
    assert new is not None
    assert "t=1" in old["password_hash"]
    assert "t=2" in new["password_hash"]
    doctor.clock.advance(STEP)
    await doctor.sign_in()
    await stronger.close()
