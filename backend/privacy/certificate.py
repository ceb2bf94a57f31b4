"""The proof that a record was erased: what, when, asked by whom, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from backend.core.database import Raw
from backend.core.keys import Keyring
from backend.privacy.documents import ErasureDocument
from backend.privacy.owned import KEPT


class Certificate:
    """Signed with a secret derived from the master key: HMAC-SHA256 over the text."""

    def __init__(self, keyring: Keyring) -> None:
        self._secret = keyring.secret(b"erasure-certificate")

    def sign(self, raw: Raw) -> bytes:
        return hmac.digest(self._secret, _statement(raw).encode(), hashlib.sha256)

    def holds(self, erasure: ErasureDocument) -> bool:
        """Whether the stored erasure is the one that was signed."""
        signed = erasure.signature or b""
        return hmac.compare_digest(self.sign(erasure.to_raw()), signed)

    def text(self, erasure: ErasureDocument) -> str:
        """JSON for the resident: the statement and its signature in hex."""
        whole: dict[str, Any] = json.loads(_statement(erasure.to_raw()))
        whole["signature"] = (erasure.signature or b"").hex()
        return json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True)


def _statement(raw: Raw) -> str:
    times = ("at", "due_at", "key_destroyed_at", "finished_at")
    return json.dumps(
        {
            "resident": str(raw["resident_id"]),
            "requested_by": str(raw["requested_by"]),
            **{name: raw[name].isoformat() for name in times},
            "deleted": raw["deleted"],
            "kept": sorted(KEPT),
        },
        sort_keys=True,
    )
