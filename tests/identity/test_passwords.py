"""Passwords, logins and TOTP: the pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.clock import FixedClock
from backend.identity.logins import (
    PhoneUnfit,
    UsernameUnfit,
    normal_login,
    normal_phone,
    normal_username,
)
from backend.identity.passwords import Passwords, PasswordTooWeak, check_password
from backend.identity.totp import matching_step, new_recovery_codes, normal_recovery_code

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("", "length"),
        ("abcdefghijk", "length"),
        ("abcdefgh" * 17, "length"),
        ("123456789012345", "digits_only"),
        ("１２３４５６７８９０１２", "digits_only"),
        ("aaaaaaaaaaaa", "variety"),
        ("abcabcabcabcabc", "variety"),
        ("i-am-Dr.Wang-2026", "contains_name"),
    ],
)
def test_a_weak_password_is_refused_by_its_rule(password: str, rule: str) -> None:
    with pytest.raises(PasswordTooWeak) as raised:
        check_password(password, ["dr.wang"])
    assert raised.value.data == {"rule": rule, "shortest": 12, "longest": 128}
    assert not password or password not in str(raised.value)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "高血压随访二零二六年康伴站", "abcdef" * 2, "x9" * 3 + "ABCDEF"],
)
def test_a_long_enough_mixed_password_is_taken(password: str) -> None:
    check_password(password, ["dr.wang"])


async def test_the_same_password_typed_on_another_keyboard_fits() -> None:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    stored = await passwords.hash("Café-ＡＢＣ-2026")
    assert await passwords.verify(stored, "Cafe\u0301-ABC-2026")
    assert not await passwords.verify(stored, "Cafe-ABC-2026")
    assert not await passwords.verify("not a hash", "Café-ＡＢＣ-2026")
    assert not await passwords.verify(None, "Café-ＡＢＣ-2026")


def test_todays_parameters_are_the_librarys_own() -> None:
    assert not Passwords().outdated(PasswordHasher().hash("x"))
    assert Passwords().outdated(PasswordHasher(time_cost=1).hash("x"))


@pytest.mark.parametrize(
    ("typed", "login"),
    [
        (" Dr.Wang ", "dr.wang"),
        ("１３８００１３８０００", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("+86-138-0013-8000", "+8613800138000"),
        ("+852 5123 4567", "+85251234567"),
    ],
)
def test_a_login_is_one_however_it_is_typed(typed: str, login: str) -> None:
    assert normal_login(typed) == login


@settings(deadline=None)
@given(st.text())
def test_normalising_a_login_again_changes_nothing(text: str) -> None:
    assert normal_login(normal_login(text)) == normal_login(text)


@pytest.mark.parametrize("name", ["", "ab", "1abc", "a b c", "王医生", "a" * 33, "abc\0", "abc/d"])
def test_an_unfit_user_name_is_refused(name: str) -> None:
    with pytest.raises(UsernameUnfit):
        normal_username(name)


@pytest.mark.parametrize("phone", ["", "110", "12345678901", "+0123456789", "+86 1380013800a"])
def test_an_unfit_phone_is_refused(phone: str) -> None:
    with pytest.raises(PhoneUnfit):
        normal_phone(phone)


@settings(deadline=None)
@given(st.integers(0, 4_000_000_000), st.integers(-4, 4))
def test_a_code_fits_within_one_step_and_names_its_step(second: int, steps: int) -> None:
    now = datetime.fromtimestamp(second + 120, UTC)
    at = (second + 120) // 30 + steps
    code = pyotp.TOTP(SECRET).generate_otp(at)
    found = matching_step(SECRET, code, now)
    if abs(steps) <= 1:
        assert found is not None
        assert pyotp.TOTP(SECRET).generate_otp(found) == code
    else:
        near = {pyotp.TOTP(SECRET).generate_otp(at - steps + each) for each in (-1, 0, 1)}
        assert (found is not None) == (code in near)


def test_rfc_6238_vector() -> None:
    """RFC 6238, appendix B: 59 s, SHA-1, 94287082 of which we use six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    clock = FixedClock(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=59))
    assert matching_step(secret, "287082", clock.now()) == 1


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "１２３４５６", "²³¹²³¹", "\ud800"]
)
def test_what_is_no_code_fits_nothing(code: str) -> None:
    assert matching_step(SECRET, code, datetime(2026, 11, 21, tzinfo=UTC)) is None


def test_recovery_codes_read_back_in_any_spelling() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    for each in codes:
        plain = normal_recovery_code(each)
        assert plain == normal_recovery_code(f" {each.lower()} ") == each.replace("-", "")
    for none in ("", "ABCDE", "ABCDE-FGHI0", "康" * 10):
        assert normal_recovery_code(none) is None
