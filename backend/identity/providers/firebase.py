"""Firebase sign-in: an ID token, verified by Google's own firebase-admin.

The library is imported with the first token (7 MB, 0.1 s on top of ours). It
decides from the environment whether tokens need a signature, so this module
sets ``FIREBASE_AUTH_EMULATOR_HOST`` when the setting says so, and refuses to
verify anything when the variable is there and the setting is not. In
production the settings refuse an emulator host altogether.
"""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import uuid4

import structlog

from backend.core.clock import Clock
from backend.core.errors import Unauthenticated, Unavailable
from backend.identity.providers.base import ProviderIdentity
from backend.identity.sign_ins import ProviderName

log = structlog.get_logger(__name__)

_EMULATOR = "FIREBASE_AUTH_EMULATOR_HOST"
_LONGEST_TOKEN = 8_192
_FETCH_SECONDS = 5


class FirebaseTokenInvalid(Unauthenticated):
    code = "FIREBASE_TOKEN_INVALID"
    zh = "登录凭证无效，请重新登录。"
    en = "The Firebase ID token is not valid; sign in again."


class FirebaseTokenExpired(Unauthenticated):
    code = "FIREBASE_TOKEN_EXPIRED"
    zh = "登录凭证已过期，请重新登录。"
    en = "The Firebase ID token has expired; sign in again."


class FirebaseUnreachable(Unavailable):
    code = "FIREBASE_UNREACHABLE"
    zh = "连接不上 Firebase，请稍后再试或换一种登录方式。"
    en = "Firebase's keys cannot be fetched; try again shortly or sign in another way."


class FirebaseEmulatorStray(Unavailable):
    code = "FIREBASE_EMULATOR_STRAY"
    zh = "环境里有 Firebase 模拟器地址，但设置里没有，拒绝验证登录。"
    en = "The environment names a Firebase emulator and the settings do not: nothing is verified."


@dataclass(frozen=True, slots=True, repr=False)
class FirebaseIdToken:
    """``token`` from the Firebase client SDK's ``getIdToken``."""

    provider: ClassVar[ProviderName] = ProviderName.FIREBASE
    token: str


class FirebaseProvider:
    name: ClassVar[ProviderName] = ProviderName.FIREBASE

    def __init__(self, project_id: str, clock: Clock, *, emulator_host: str | None = None) -> None:
        self._project_id = project_id
        self._clock = clock
        self._emulator_host = emulator_host
        self._app: Any = None
        self._lock = threading.Lock()
        if emulator_host:
            os.environ[_EMULATOR] = emulator_host

    def attempt_subject(self, credential: FirebaseIdToken) -> None:
        return None

    async def verify(self, credential: FirebaseIdToken) -> ProviderIdentity:
        """Raises one of the errors above."""
        if not 1 <= len(credential.token) <= _LONGEST_TOKEN:
            raise FirebaseTokenInvalid
        claims = await asyncio.to_thread(self._verified, credential.token)
        # The library does not look at the time of an emulator's token.
        expires = claims.get("exp")
        if not isinstance(expires, int):
            raise FirebaseTokenInvalid
        if expires <= self._clock.now().timestamp():
            raise FirebaseTokenExpired
        return ProviderIdentity(
            provider=self.name,
            subjects=(f"{self._project_id}:{claims['uid']}",),
            welcomes=True,
            phone=_text(claims.get("phone_number")),
        )

    def _verified(self, token: str) -> dict[str, Any]:
        if os.environ.get(_EMULATOR, "") != (self._emulator_host or ""):
            raise FirebaseEmulatorStray
        from firebase_admin import auth

        try:
            claims: dict[str, Any] = auth.verify_id_token(token, app=self._ready())
        except auth.ExpiredIdTokenError:
            raise FirebaseTokenExpired from None
        except (auth.InvalidIdTokenError, ValueError, KeyError, TypeError):
            # Its message repeats parts of the token.
            raise FirebaseTokenInvalid from None
        except auth.CertificateFetchError as error:
            log.warning("firebase keys not fetched", error=type(error.cause).__name__)
            raise FirebaseUnreachable from None
        return claims

    def _ready(self) -> Any:
        with self._lock:
            if self._app is None:
                self._app = _initialized(self._project_id)
            return self._app


def _initialized(project_id: str) -> Any:
    import firebase_admin
    import google.auth.credentials
    from firebase_admin import credentials

    class NoCredentials(credentials.Base):  # type: ignore[misc]
        """Verifying a token needs Google's public keys only, no service account."""

        def get_credential(self) -> Any:
            return google.auth.credentials.AnonymousCredentials()  # type: ignore[no-untyped-call]

    return firebase_admin.initialize_app(
        NoCredentials(),
        {"projectId": project_id, "httpTimeout": _FETCH_SECONDS},
        name=f"kangban-{uuid4().hex}",
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
