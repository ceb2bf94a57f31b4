"""Time-based one-time passwords (RFC 6238: SHA-1, 30 s, 6 digits) and recovery codes."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp

_STEP_SECONDS = 30
_WINDOW = 1  # steps before and after: phones' clocks differ
_DIGITS = 6
_ISSUER = "康伴 Kangban"
_RECOVERY_CODES = 10
_RECOVERY_LENGTH = 10
_RECOVERY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like another


def new_secret() -> str:
    """160 random bits in base32, as RFC 4226 recommends."""
    return pyotp.random_base32(32)


def otpauth_uri(secret: str, login: str) -> str:
    """What the QR code holds that an authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that the code belongs to, within one of now; None when it is wrong."""
    code = code.replace(" ", "")
    if len(code) != _DIGITS or not code.isascii() or not code.isdigit():
        return None
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // _STEP_SECONDS
    for step in range(current - _WINDOW, current + _WINDOW + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Ten codes of 50 random bits, written ``ABCDE-FGHJK``."""
    return [_recovery_code() for _ in range(_RECOVERY_CODES)]


def normal_recovery_code(code: str) -> str | None:
    """The code as it is hashed, or None for what is none."""
    plain = code.upper().replace("-", "").replace(" ", "")
    fits = len(plain) == _RECOVERY_LENGTH and all(each in _RECOVERY_ALPHABET for each in plain)
    return plain if fits else None


def _recovery_code() -> str:
    half = _RECOVERY_LENGTH // 2
    plain = "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_LENGTH))
    return f"{plain[:half]}-{plain[half:]}"
