"""Somebody in a chat, as tests need them."""

from __future__ import annotations

from dataclasses import dataclass, field

from bson import ObjectId

from backend.access.consent.purpose import Purpose
from backend.identity.viewer import Viewer
from backend.measurements.documents import ReadingDocument
from backend.services import Services
from bot.chat.chat import Chat
from bot.chat.reply import MOST_ACTION_BYTES, Reply
from bot.chat.talk import Talk


@dataclass
class Talker:
    """``says`` and ``presses`` remember the replies; every button fits every messenger."""

    services: Services
    viewer: Viewer
    talk: Talk = field(default_factory=Talk)
    replies: list[Reply] = field(default_factory=list)
    leaves: Purpose | None = None

    @property
    def chat(self) -> Chat:
        return Chat(self.services, leaves=self.leaves)

    async def says(self, text: str) -> str:
        return self._got(await self.chat.say(self.viewer, self.talk, text))

    async def presses(self, label: str) -> str:
        """The first button whose label holds this."""
        return await self.sends(self.action(label))

    async def sends(self, action: str) -> str:
        return self._got(await self.chat.press(self.viewer, self.talk, action))

    def action(self, label: str) -> str:
        return next(
            each.action for reply in self.replies for each in reply.buttons if label in each.label
        )

    @property
    def labels(self) -> list[str]:
        return [each.label for reply in self.replies for each in reply.buttons]

    def _got(self, replies: list[Reply]) -> str:
        assert replies
        self.replies = replies
        for each in replies:
            assert all(len(one.action.encode()) <= MOST_ACTION_BYTES for one in each.buttons)
        return "\n".join(each.text for each in replies)


async def stored(resident_id: ObjectId, state: str = "live") -> list[dict[str, object]]:
    """A resident's readings in a state: kind, canonical values, channel."""
    found = ReadingDocument.get_pymongo_collection().find(
        {"resident_id": resident_id, "state": state}
    )
    return await found.sort("_id").to_list()
