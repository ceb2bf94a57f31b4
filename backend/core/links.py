"""Links that open for a short while without a token: for images that a browser loads.

Signed over path, query, expiry and the account that made them. Who opens one acts as
that account, and the policy is asked again with what the account may do then.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from bson import ObjectId
from bson.errors import InvalidId

from backend.core.clock import Clock
from backend.core.errors import Unauthenticated
from backend.core.keys import Keyring

LIFE = timedelta(minutes=10)
_ACCOUNT, _EXPIRES, _SIGNATURE = "account", "expires", "signature"
_LATEST = 253_402_300_799  # seconds since 1970: the end of year 9999

Pairs = Iterable[tuple[str, str]]


class LinkInvalid(Unauthenticated):
    code = "LINK_INVALID"
    zh = "链接无效。"
    en = "This link is not valid."


class LinkExpired(Unauthenticated):
    code = "LINK_EXPIRED"
    zh = "链接已过期，请返回后重新打开。"
    en = "This link has expired; go back and open it again."


class Links:
    """Makes and reads signed queries."""

    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._secret = keyring.secret(b"links")
        self._clock = clock

    def sign(self, path: str, query: Pairs, account_id: ObjectId, life: timedelta = LIFE) -> str:
        """``path`` with its query, account, expiry and signature."""
        expires = int((self._clock.now() + life).timestamp())
        pairs = [*query, (_ACCOUNT, str(account_id)), (_EXPIRES, str(expires))]
        return f"{path}?{urlencode([*pairs, (_SIGNATURE, self._signature(path, pairs))])}"

    def opened(self, path: str, query: Pairs) -> ObjectId:
        """The account that made the link. Raises ``LinkInvalid`` or ``LinkExpired``."""
        pairs = list(query)
        signed = [pair for pair in pairs if pair[0] != _SIGNATURE]
        given = _only(pairs, _SIGNATURE)
        if not hmac.compare_digest(self._signature(path, signed).encode(), given.encode()):
            raise LinkInvalid
        expires = datetime.fromtimestamp(min(int(_only(pairs, _EXPIRES)), _LATEST), UTC)
        if expires <= self._clock.now():
            raise LinkExpired
        try:
            return ObjectId(_only(pairs, _ACCOUNT))
        except InvalidId as error:
            raise LinkInvalid from error

    def _signature(self, path: str, pairs: Pairs) -> str:
        # Sorted: a proxy may put the query in another order.
        text = f"{path}?{urlencode(sorted(pairs))}"
        return hmac.digest(self._secret, text.encode(), hashlib.sha256).hex()


def is_signed(query: Pairs) -> bool:
    """Whether a query claims to be a signed link."""
    return any(name == _SIGNATURE for name, _ in query)


def _only(pairs: Pairs, name: str) -> str:
    found = [value for key, value in pairs if key == name]
    if len(found) != 1:
        raise LinkInvalid
    return found[0]
