"""The two secrets of a link: the token in its address and the key in its fragment.

Both are derived from the caller's idempotency key, which is kept as a keyed hash only:
asked once more for the same link, the server can say it again, and it stores neither.
Why that is no weaker than drawing them: docs/decisions/0008.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from bson import ObjectId

from backend.core.idempotency import IdempotencyKeyInvalid
from backend.core.keys import Keyring

_LONGEST = 200


@dataclass(frozen=True, slots=True, repr=False)
class LinkSecrets:
    """``token`` and ``key`` as base64url of 32 bytes each, 43 characters; ``once`` is what
    the idempotency record is kept under."""

    token: str
    key: bytes
    once: str


class SecretMaker:
    """Makes links' secrets and the hashes by which they are recognised."""

    def __init__(self, keyring: Keyring) -> None:
        self._secret = keyring.secret(b"share-links")
        self._keyring = keyring

    def secrets(self, account_id: ObjectId, idempotency_key: str) -> LinkSecrets:
        """Raises ``IdempotencyKeyInvalid``."""
        if not 1 <= len(idempotency_key) <= _LONGEST:
            raise IdempotencyKeyInvalid
        seed = account_id.binary + idempotency_key.encode("utf-8", "surrogatepass")
        return LinkSecrets(
            token=base64url(self._derived(b"token", seed)),
            key=self._derived(b"key", seed),
            once=f"share-link:{self._derived(b'once', seed).hex()}",
        )

    def token_index(self, token: str) -> bytes:
        """The hash under which a link is found by its address."""
        return self._keyring.blind_index("share-token", token)

    def pin_mark(self, share_id: ObjectId, pin: str) -> bytes:
        """A PIN has few digits: only a keyed hash keeps it from being tried out on a dump."""
        return self._derived(b"pin", share_id.binary + pin.encode("utf-8", "surrogatepass"))

    def _derived(self, purpose: bytes, seed: bytes) -> bytes:
        return hmac.digest(self._secret, purpose + b"\0" + seed, hashlib.sha256)


def base64url(data: bytes) -> str:
    """Without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
