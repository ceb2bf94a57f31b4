"""Firebase Cloud Messaging through firebase-admin's ``send_each_async``.

Source: firebase.google.com/docs/cloud-messaging, "Send messages using FCM HTTP v1" and "Error
codes": UNREGISTERED means the token is dead, 429 and 5xx are tried again with backoff. The tag
(Android) and collapse id (APNs) are the item's: the same one sent twice is shown once.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import structlog

from backend.access.consent.purpose import Purpose
from backend.identity.viewer import Role, Viewer
from backend.notifications.channels.base import SENT, Answer, Capability, Parcel, Result
from backend.notifications.channels.http import seconds
from backend.notifications.errors import PushAddressInvalid
from backend.notifications.kinds import ChannelKey, Urgency

log = structlog.get_logger(__name__)

_FID = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
"""A Firebase installation ID; the older registration tokens are longer and have a colon."""

_SHORTEST, _LONGEST = 22, 4_096
_GONE = {"UnregisteredError", "SenderIdMismatchError"}
_MISCONFIGURED = {"UnauthenticatedError", "PermissionDeniedError", "ThirdPartyAuthError"}
_REFUSED = {"InvalidArgumentError"}


class FcmChannel:
    key: ClassVar[ChannelKey] = ChannelKey.FCM
    capability: ClassVar[Capability] = Capability(
        replaces=True, consent=Purpose.FCM, registers=frozenset(Role) - {Role.INSTITUTION}
    )

    def __init__(
        self, project_id: str, credentials_file: Path | None, *, credential: Any = None
    ) -> None:
        self._project_id = project_id
        self._file = credentials_file
        self._credential = credential
        self._app: Any = None

    async def address_of(self, viewer: Viewer, given: str) -> str:
        """The installation id, or an older phone's registration token. Raises
        ``PushAddressInvalid``."""
        if not _SHORTEST <= len(given) <= _LONGEST or not given.isascii() or " " in given:
            raise PushAddressInvalid
        return given

    async def send(self, parcels: Sequence[tuple[str, Parcel]]) -> list[Answer]:
        from firebase_admin import messaging

        messages = [_message(messaging, *each) for each in parcels]
        try:
            batch = await messaging.send_each_async(messages, app=await self._opened())
        except Exception as error:  # of the batch as a whole: credentials, a broken connection
            log.warning("fcm failed", error=type(error).__name__)
            return [Answer(Result.LATER, code=type(error).__name__)] * len(parcels)
        return [_answer(each) for each in batch.responses]

    async def close(self) -> None:
        if self._app is None:
            return
        import firebase_admin
        from firebase_admin import messaging

        # Its own way to close runs an event loop of its own: the connections, which belong to
        # this one, go first, and the rest in a thread.
        await messaging._get_messaging_service(self._app)._async_client.aclose()
        await asyncio.to_thread(firebase_admin.delete_app, self._app)
        self._app = None

    async def _opened(self) -> Any:
        if self._app is None:
            self._app = await asyncio.to_thread(self._open)
        return self._app

    def _open(self) -> Any:
        # Imported where it is used: firebase-admin takes most of a second.
        import firebase_admin
        from firebase_admin import credentials

        given = self._credential
        if given is None and self._file is not None:
            given = credentials.Certificate(str(self._file))
        options = {"projectId": self._project_id, "httpTimeout": 15}
        return firebase_admin.initialize_app(given, options, name=f"kangban-{id(self)}")


def _message(messaging: Any, address: str, parcel: Parcel) -> Any:
    soon = parcel.urgency is not Urgency.ROUTINE
    message = messaging.Message(
        fid=address,
        notification=messaging.Notification(title=parcel.title, body=parcel.text),
        data={"item": parcel.tag},
        android=messaging.AndroidConfig(
            priority="high" if soon else "normal",
            notification=messaging.AndroidNotification(tag=parcel.tag),
        ),
        apns=messaging.APNSConfig(
            headers={"apns-collapse-id": parcel.tag, "apns-priority": "10" if soon else "5"}
        ),
    )
    if _FID.fullmatch(address) is None:
        # Set afterwards: the library warns each time of what phones in the field still have.
        message.fid, message.token = None, address
    return message


def _answer(response: Any) -> Answer:
    if response.success:
        return SENT
    error = response.exception
    name = type(error).__name__
    if name in _GONE:
        return Answer(Result.GONE, code=name)
    if name in _REFUSED:
        return Answer(Result.REFUSED, code=name)
    if name in _MISCONFIGURED:
        return Answer(Result.MISCONFIGURED, code=name)
    headers = getattr(error.http_response, "headers", None) or {}
    after = headers.get("retry-after", "")
    return Answer(Result.LATER, seconds(int(after)) if after.isdecimal() else None, name)
