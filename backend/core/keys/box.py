"""Sealed boxes: authenticated encryption bound to the place where the box is stored.

Layout: 1 byte suite, 12 bytes nonce, ciphertext, 16 bytes tag. The place
(``entries:<id>``) and the owner are authenticated, so that a box copied to
another document or person does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any, Protocol

import orjson
from bson import ObjectId
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.core.errors import Unavailable

NONCE_BYTES = 12
TAG_BYTES = 16
TOKEN_BYTES = 8  # 2^-64 of a false hit a word; the hit is checked after opening anyway


class BrokenSeal(Unavailable):
    code = "RECORD_UNREADABLE"
    zh = "这条记录无法解密，可能已损坏。请联系客服。"
    en = "This record cannot be decrypted; it may be damaged. Please contact support."


class Suite(Protocol):
    """One authenticated cipher with a 12-byte nonce and a 16-byte tag appended."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


class SM4GCM:
    """SM4 in GCM (GB/T 32907, RFC 8998) with the interface of ``AESGCM``; the key is 16 bytes."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        text, tag = data[:-TAG_BYTES], data[-TAG_BYTES:]
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated_data)
        return decryptor.update(text) + decryptor.finalize()


CIPHERS = {"aes-256-gcm": 1, "sm4-gcm": 2}


class OwnerKey:
    """The keys of one person, derived from their data key (32 bytes)."""

    __slots__ = ("_owner", "_suites", "_words", "_write_suite")

    def __init__(self, owner: ObjectId, data_key: bytes, cipher: str = "aes-256-gcm") -> None:
        self._owner = owner.binary
        self._suites: dict[int, Suite] = {
            1: AESGCM(derive(data_key, b"aes-256-gcm", 32)),
            2: SM4GCM(derive(data_key, b"sm4-gcm", 16)),
        }
        self._write_suite = CIPHERS[cipher]
        self._words = derive(data_key, b"words", 32)

    def seal(self, plain: bytes, place: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        suite = self._suites[self._write_suite]
        return bytes([self._write_suite]) + nonce + suite.encrypt(nonce, plain, self._bound(place))

    def open(self, box: bytes, place: str) -> bytes:
        """The plain bytes. Raises ``BrokenSeal`` when the box is damaged or from elsewhere."""
        suite = self._suites.get(box[0]) if len(box) > NONCE_BYTES + TAG_BYTES else None
        if suite is None:
            raise BrokenSeal
        nonce, text = box[1 : NONCE_BYTES + 1], box[NONCE_BYTES + 1 :]
        try:
            return suite.decrypt(nonce, text, self._bound(place))
        except InvalidTag as error:
            raise BrokenSeal from error

    def seal_json(self, value: Any, place: str) -> bytes:
        return self.seal(orjson.dumps(value), place)

    def open_json(self, box: bytes, place: str) -> Any:
        return orjson.loads(self.open(box, place))

    def token(self, word: str) -> bytes:
        """A keyed, shortened hash of a word: searchable by who has the key, else noise."""
        return hmac.digest(self._words, word.encode(), hashlib.sha256)[:TOKEN_BYTES]

    def _bound(self, place: str) -> bytes:
        return self._owner + place.encode()


def derive(key: bytes, purpose: bytes, length: int) -> bytes:
    """HKDF-SHA256 (RFC 5869) of a key for one purpose."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"kangban/" + purpose).derive(
        key
    )
