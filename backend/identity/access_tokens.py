"""Access tokens: short-lived JWTs (RFC 7519), HS256 and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from bson import ObjectId
from bson.errors import InvalidId

from backend.core.clock import Clock
from backend.core.keys import Keyring
from backend.core.settings import Settings
from backend.identity.errors import TokenExpired, TokenInvalid, TokenMissing
from backend.identity.viewer import Role

_ALGORITHM = "HS256"
_ISSUER = "kangban"
_AUDIENCE = "kangban-api"
_CLAIMS = ["sub", "sid", "roles", "iat", "exp", "aud", "iss"]
_LONGEST = 4_096


@dataclass(frozen=True, slots=True)
class Claims:
    account_id: ObjectId
    session_id: ObjectId


class AccessTokens:
    """Signs and reads access tokens by the given clock."""

    def __init__(self, settings: Settings, keyring: Keyring, clock: Clock) -> None:
        given = settings.token_secret
        self._key = given.get_secret_value().encode() if given else keyring.secret(b"access-token")
        self._life = timedelta(minutes=settings.access_token_minutes)
        self._clock = clock

    def sign(
        self, account_id: ObjectId, session_id: ObjectId, roles: frozenset[Role]
    ) -> tuple[str, datetime]:
        """The token and when it expires (whole seconds, as JWTs count)."""
        issued = self._clock.now().replace(microsecond=0)
        expires = issued + self._life
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": str(account_id),
            "sid": str(session_id),
            "roles": sorted(roles),
            "iat": int(issued.timestamp()),
            "exp": int(expires.timestamp()),
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM), expires

    def read(self, token: str | None) -> Claims:
        """Raises ``TokenMissing``, ``TokenInvalid`` or, where all else is right, ``TokenExpired``.

        The roles claim is for clients to look at: what an account may do is read from its session.
        """
        if not token:
            raise TokenMissing
        if len(token) > _LONGEST:
            raise TokenInvalid
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                issuer=_ISSUER,
                # Times are compared below, by our own clock.
                options={
                    "require": _CLAIMS,
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            expires = int(claims["exp"])
            read = Claims(ObjectId(claims["sub"]), ObjectId(claims["sid"]))
        except (jwt.PyJWTError, InvalidId, ValueError, TypeError, OverflowError) as error:
            raise TokenInvalid from error
        if expires <= self._clock.now().timestamp():
            raise TokenExpired
        return read
