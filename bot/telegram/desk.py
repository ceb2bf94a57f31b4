"""What every router uses: who writes, their talk, and the way out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiogram.types import User

from backend.identity.viewer import Channel, Viewer
from backend.notifications.addresses import Addresses
from bot.chat.chat import Chat
from bot.chat.reply import Reply
from bot.chat.talk import Talk
from bot.chat.talks import TalkHeld, Talks
from bot.linking.links import ChatLinks
from bot.telegram import leaving
from bot.telegram.files import Fetching
from bot.telegram.queues import Queues, TooManyAtOnce
from bot.telegram.sending import ChatGone, Outgoing
from bot.telegram.words import language_of, words

Work = Callable[[Viewer, Talk], Awaitable[list[Reply]]]


@dataclass(frozen=True, slots=True)
class Desk:
    """In a private chat, the chat's id is the person's."""

    chat: Chat
    links: ChatLinks
    addresses: Addresses
    out: Outgoing
    queues: Queues
    talks: Talks
    fetching: Fetching

    async def viewer(self, user: User) -> Viewer | None:
        return await self.links.viewer_of(Channel.TELEGRAM, str(user.id), language_of(user))

    async def answer(self, user: User, work: Work) -> None:
        """Whoever is not linked hears how to link, and nothing else."""
        viewer = await self.viewer(user)
        if viewer is None:
            return await self.say(user, "not_linked")
        try:
            async with self.queues.turn(user.id):
                await self.send(user, await self._replies(user, viewer, work))
        except TooManyAtOnce as error:
            if not error.told:
                await self.say(user, "too_many")

    async def _replies(self, user: User, viewer: Viewer, work: Work) -> list[Reply]:
        """What was remembered is stored before the answer leaves, so that its buttons are known
        wherever they are pressed."""
        try:
            async with self.talks.turn(str(user.id), viewer.account_id) as talk:
                return await work(viewer, talk)
        except TalkHeld:
            return [self.reply(user, "too_many")]

    async def say(self, user: User, key: str, **values: object) -> None:
        await self.send(user, [self.reply(user, key, **values)])

    def reply(self, user: User, key: str, **values: object) -> Reply:
        return Reply(text=words(language_of(user), key, **values))

    async def send(self, user: User, replies: list[Reply]) -> None:
        """To one person alone. Who blocked the bot is unlinked."""
        try:
            await self.out.send(user.id, replies)
        except ChatGone:
            await self.forget(user)

    async def forget(self, user: User) -> None:
        await leaving.gone(self.links, self.addresses, str(user.id))
