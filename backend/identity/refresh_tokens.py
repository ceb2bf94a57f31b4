"""Refresh tokens: opaque, each good once, each leading to exactly one next.

A token is ``session id (12) | generation (4) | secret (32) | tag (16)`` in
base64url. The first secret is random; the next is a keyed hash of the one
before, so that whoever shows a token twice within the grace gets the same
next one, though only hashes are stored. The tag tells an old token of ours,
whose reuse ends the session, from a made-up one, which may not.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass

from bson import ObjectId

from backend.identity.errors import RefreshTokenInvalid

_SECRET_BYTES = 32
_TAG_BYTES = 16
_HEAD = struct.Struct(">12sI")
_LENGTH = _HEAD.size + _SECRET_BYTES + _TAG_BYTES
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True, repr=False)
class RefreshToken:
    session_id: ObjectId
    generation: int
    secret: bytes

    @property
    def hash(self) -> bytes:
        """What is stored. The secret is 256 bits of noise: no salt, no stretching needed."""
        return hashlib.sha256(self.secret).digest()


class RefreshTokens:
    """Makes, reads and continues refresh tokens; stores nothing."""

    def __init__(self, key: bytes) -> None:
        self._tag_key = hmac.digest(key, b"tag", hashlib.sha256)
        self._next_key = hmac.digest(key, b"next", hashlib.sha256)

    def first(self, session_id: ObjectId) -> RefreshToken:
        return RefreshToken(session_id, 0, secrets.token_bytes(_SECRET_BYTES))

    def following(self, token: RefreshToken) -> RefreshToken:
        """The one and only next token."""
        generation = token.generation + 1
        head = _HEAD.pack(token.session_id.binary, generation)
        secret = hmac.digest(self._next_key, head + token.secret, hashlib.sha256)
        return RefreshToken(token.session_id, generation, secret)

    def text(self, token: RefreshToken) -> str:
        body = _HEAD.pack(token.session_id.binary, token.generation) + token.secret
        return base64.urlsafe_b64encode(body + self._tag(body)).decode().rstrip("=")

    def read(self, text: str) -> RefreshToken:
        """A token that this server made at some time. Raises ``RefreshTokenInvalid``."""
        raw = _decoded(text)
        body, tag = raw[:-_TAG_BYTES], raw[-_TAG_BYTES:]
        if len(raw) != _LENGTH or not hmac.compare_digest(tag, self._tag(body)):
            raise RefreshTokenInvalid
        session_id, generation = _HEAD.unpack_from(body)
        return RefreshToken(ObjectId(session_id), generation, body[_HEAD.size :])

    def _tag(self, body: bytes) -> bytes:
        return hmac.digest(self._tag_key, body, hashlib.sha256)[:_TAG_BYTES]


def _decoded(text: str) -> bytes:
    if len(text) > _LONGEST_TEXT:
        raise RefreshTokenInvalid
    try:
        return base64.b64decode(
            text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True
        )
    except (binascii.Error, UnicodeEncodeError) as error:
        raise RefreshTokenInvalid from error
