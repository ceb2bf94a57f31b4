"""Messages that delete themselves: noted when they are sent, deleted when they are due.

In the store and leased: they are deleted after a restart too, by any process, once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from beanie import PydanticObjectId

from backend.core.container import Core
from backend.core.database import Raw
from backend.core.rounds import drained, rounds
from backend.identity.viewer import Channel, Viewer
from backend.notifications.claims import Claims
from bot.linking.links import ChatLinks
from bot.telegram.documents import FadingMessage
from bot.telegram.words import limit

Delete = Callable[[int, Sequence[int]], Awaitable[float | None]]
"""Of a chat, some messages: None when that is over, else in how many seconds to try again."""


class Fading:
    def __init__(self, core: Core, bot_id: int, links: ChatLinks, delete: Delete) -> None:
        self._core = core
        self._bot_id = bot_id
        self._links = links
        self._delete = delete
        lease = timedelta(seconds=limit("delete_lease_seconds"))
        self._claims = Claims(
            core.clock, _messages, due="delete_at", holder="leased_by", lease=lease
        )

    async def note(self, viewer: Viewer, chat: int, message_ids: Sequence[int]) -> None:
        """These were written a moment ago: to be deleted where the account chose so."""
        link = await self._links.link_of(viewer, Channel.TELEGRAM)
        if link is None or link.kept_hours is None or not message_ids:
            return
        now = self._core.clock.now()
        key = await self._core.keyring.key(viewer.account_id)
        rows = [
            FadingMessage(
                bot_id=self._bot_id,
                account_id=PydanticObjectId(viewer.account_id),
                chat=b"",
                message_id=each,
                delete_at=now + timedelta(hours=link.kept_hours),
                expires_at=now + timedelta(hours=limit("deletable_hours")),
            )
            for each in message_ids
        ]
        for row in rows:
            row.chat = key.seal(str(chat).encode(), _place(row.id))
        await _messages().insert_many([row.to_raw() for row in rows])

    async def run(self) -> None:
        """Until cancelled."""
        await rounds("deleting messages", self.drain, limit("delete_look_seconds"))

    async def drain(self) -> int:
        """Everything that is due now; how many messages that was."""
        return await drained(self.step)

    async def step(self) -> int:
        """One batch; how many messages it was."""
        name, rows = await self._claims.take({"bot_id": self._bot_id}, limit("delete_batch"))
        keys = await self._core.keyring.keys({each["account_id"] for each in rows})
        by_chat: dict[int, list[Raw]] = defaultdict(list)
        for row in rows:
            key = keys.get(row["account_id"])
            if key is not None:
                by_chat[int(key.open(row["chat"], _place(row["_id"])))].append(row)
        over = [each["_id"] for each in rows if each["account_id"] not in keys]
        for chat, some in by_chat.items():
            again = await self._delete(chat, [each["message_id"] for each in some])
            if again is None:
                over += [each["_id"] for each in some]
            else:
                await self._put_off(name, some, again)
        await _messages().delete_many({"_id": {"$in": over}})
        return len(rows)

    async def _put_off(self, name: str, rows: Sequence[Raw], seconds: float) -> None:
        at = self._core.clock.now() + timedelta(seconds=seconds)
        mine = {"_id": {"$in": [each["_id"] for each in rows]}, "leased_by": name}
        await _messages().update_many(mine, {"$set": {"delete_at": at, "leased_by": None}})


def _place(message_id: object) -> str:
    return f"telegram_messages:{message_id}:chat"


def _messages() -> Any:
    return FadingMessage.get_pymongo_collection()
