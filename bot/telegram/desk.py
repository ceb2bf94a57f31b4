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
from bot.telegram.fading import Fading
from bot.telegram.files import Fetching
from bot.telegram.queues import Queues, TooManyAtOnce
from bot.telegram.sending import ChatGone, Outgoing
from bot.telegram.words import language_of, limit, words

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
    fading: Fading

    async def viewer(self, user: User) -> Viewer | None:
        return await self.links.viewer_of(Channel.TELEGRAM, str(user.id), language_of(user))

    async def answer(
        self, user: User, work: Work, message_id: int | None = None, *, urgent: bool = False
    ) -> None:
        """Whoever is not linked hears how to link, and nothing else. ``message_id``: what the
        person wrote, which goes with the answer where messages delete themselves. ``urgent``
        waits for no earlier message, and needs nothing of what was said before."""
        viewer = await self.viewer(user)
        if viewer is None:
            return await self.say(user, "not_linked")
        if urgent and self.queues.busy(user.id):
            sent = await self.send(user, await work(viewer, Talk()))
            return await self._fade(user, viewer, message_id, sent)
        try:
            async with self.queues.turn(user.id):
                replies = await self._replies(user, viewer, work, urgent)
                sent = await self.send(user, replies)
                await self._fade(user, viewer, message_id, sent)
        except TooManyAtOnce as error:
            if not error.told:
                await self.say(user, "too_many", waiting=limit("waiting"))

    async def _replies(self, user: User, viewer: Viewer, work: Work, urgent: bool) -> list[Reply]:
        """What was remembered is stored before the answer leaves, so that its buttons are known
        wherever they are pressed."""
        try:
            place = (str(user.id), viewer.account_id)
            async with self.talks.turn(*place, wait=not urgent) as talk:
                return await work(viewer, talk)
        except TalkHeld:
            if urgent:
                return await work(viewer, Talk())
            return [self.reply(user, "held")]

    async def remark(self, user: User, key: str, message_id: int) -> None:
        """On something that the bot does not take; whoever is not linked hears how to link."""
        viewer = await self.viewer(user)
        sent = await self.send(user, [self.reply(user, "not_linked" if viewer is None else key)])
        if viewer is not None:
            await self._fade(user, viewer, message_id, sent)

    async def _fade(self, user: User, viewer: Viewer, written: int | None, sent: list[int]) -> None:
        own = [] if written is None else [written]
        await self.fading.note(viewer, user.id, [*own, *sent])

    async def say(self, user: User, key: str, **values: object) -> None:
        await self.send(user, [self.reply(user, key, **values)])

    def reply(self, user: User, key: str, **values: object) -> Reply:
        return Reply(text=words(language_of(user), key, **values))

    async def send(self, user: User, replies: list[Reply]) -> list[int]:
        """To one person alone; the messages' ids. Who blocked the bot is unlinked."""
        try:
            return await self.out.send(user.id, replies)
        except ChatGone:
            await self.forget(user)
            return []

    async def forget(self, user: User) -> None:
        await leaving.gone(self.links, self.addresses, str(user.id))
