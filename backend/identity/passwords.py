"""Staff passwords: what makes one good enough, and argon2id.

Rules after NIST SP 800-63B (length over mixture, no trivial ones); hashing
with argon2-cffi's own parameters (RFC 9106, low-memory profile).
"""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.core.errors import Invalid
from backend.identity.sign_ins import encodable

SHORTEST = 12
LONGEST = 128
_LEAST_DIFFERENT = 6
_SHORTEST_NAME = 3
_AT_ONCE = 4  # each verification takes 64 MiB while it runs


class PasswordTooWeak(Invalid):
    """``rule``: ``length``, ``variety``, ``digits_only`` or ``contains_name``."""

    code = "PASSWORD_TOO_WEAK"
    zh = "密码须为 {shortest} 到 {longest} 个字符，不能太单一、全是数字或包含用户名（{rule}）。"
    en = (
        "A password has {shortest} to {longest} characters, at least six different ones, is not "
        "all digits and does not contain the user name ({rule})."
    )


def check_password(password: str, names: Iterable[str] = ()) -> None:
    """Raise ``PasswordTooWeak`` with the first rule broken; ``names`` must not be part of it."""
    text = _normal(password)
    rule = None
    if not SHORTEST <= len(text) <= LONGEST:
        rule = "length"
    elif text.isdigit():
        rule = "digits_only"
    elif len(set(text)) < _LEAST_DIFFERENT:
        rule = "variety"
    elif any(len(each) >= _SHORTEST_NAME and each in text.casefold() for each in names):
        rule = "contains_name"
    if rule is not None:
        raise PasswordTooWeak(rule=rule, shortest=SHORTEST, longest=LONGEST)


class Passwords:
    """Hashes and verifies in threads, a few at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is the password. ``stored`` None (nobody's) takes as long and is False."""
        if self._nobodys is None:
            self._nobodys = await self.hash(secrets.token_urlsafe())
        if len(password) > LONGEST:
            return False
        async with self._slots:
            right = await asyncio.to_thread(self._verify, stored or self._nobodys, password)
        return right and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    # The same keys on two phones may give composed and decomposed, wide and narrow characters.
    return encodable(unicodedata.normalize("NFKC", password))
