"""A meter's secrets: its device key, the code printed on it, its signatures.

What is sealed here is bound to the meter's id by a key of the server's own: a meter is
nobody's person, and its key must open without a look-up, in the same time whether the
meter exists or not.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re

from bson import ObjectId

from backend.core.container import Core
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.measurements.meter_errors import MeterCodeInvalid, MeterKeyUnfit

SCHEME = "kangban:meter"
CODE_LENGTH = 16  # of base32: 80 bits
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){16,64}")
_SCANNED = re.compile(r"kangban:meter:([A-Za-z0-9._-]{4,40}):([A-Za-z0-9 -]{16,40})")
# What people type where base32 has no such digit.
_LOOKALIKES = str.maketrans("018", "OIB", " -")


class MeterKeys:
    def __init__(self, core: Core) -> None:
        self._secret = core.keyring.secret(b"meters")
        self._keyring = core.keyring
        self._cipher = core.settings.cipher
        nobody = ObjectId()
        self._decoy: Raw = {"_id": nobody, "key": self.seal(nobody, os.urandom(32))}

    def seal(self, meter_id: ObjectId, key: bytes) -> bytes:
        return self._owner(meter_id).seal(key, _place(meter_id))

    def open(self, meter: Raw | None) -> bytes:
        """The device key; a random one, for the same work, where there is no meter."""
        raw = meter or self._decoy
        return self._owner(raw["_id"]).open(raw["key"], _place(raw["_id"]))

    def claim_code(self, meter_id: ObjectId) -> str:
        """Derived, not stored: who registers the meter twice reads the same code."""
        digest = hmac.digest(self._secret, b"claim" + meter_id.binary, hashlib.sha256)
        return base64.b32encode(digest).decode()[:CODE_LENGTH]

    def claim_hash(self, serial: str, code: str) -> bytes:
        return self._keyring.blind_index("meter_claim", f"{serial}\0{code}")

    def body_hash(self, body: bytes) -> bytes:
        """Keyed, for a plain hash of so few possible readings could be guessed back."""
        return hmac.digest(self._secret, b"body" + body, hashlib.sha256)

    def _owner(self, meter_id: ObjectId) -> OwnerKey:
        return OwnerKey(meter_id, self._secret, self._cipher)


def read_key(text: str) -> bytes:
    """16 to 64 bytes written in hexadecimal. Raises ``MeterKeyUnfit``."""
    if not _HEX.fullmatch(text):
        raise MeterKeyUnfit
    return bytes.fromhex(text)


def scanned_text(serial: str, code: str) -> str:
    """What the printed QR code says."""
    return f"{SCHEME}:{serial}:{code}"


def read_scanned(text: str) -> tuple[str, str]:
    """Serial and claim code. Raises ``MeterCodeInvalid``."""
    match = _SCANNED.fullmatch(text.strip())
    if match is None:
        raise MeterCodeInvalid
    return match[1], match[2].upper().translate(_LOOKALIKES)


def signature(
    key: bytes, method: str, path: str, headers: tuple[str, str, str], body: bytes
) -> str:
    """HMAC-SHA256, in hexadecimal, of six lines: method, path, serial, counter and timestamp
    as in their headers, and the body's SHA-256 in hexadecimal."""
    lines = [method, path, *headers, hashlib.sha256(body).hexdigest()]
    return hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def _place(meter_id: ObjectId) -> str:
    return f"meters:{meter_id}:key"
