"""Messages that delete themselves after a while, where the account chose so for this messenger."""

from __future__ import annotations

from bot.chat.reply import Button, Reply
from bot.chat.turn import Turn
from bot.linking.links import limits

_NEVER = "off"


async def offer(turn: Turn) -> list[Reply]:
    """What is chosen now, and what can be; a terminal or an app has nothing to choose."""
    link = await turn.rooms.chat_links.link_of(turn.viewer, turn.viewer.channel)
    if link is None:
        return [turn.reply("stays_here")]
    buttons = [
        Button(_words(turn, hours), f"tidy:{hours or _NEVER}")
        for hours in (None, *limits()["kept_hours"])
    ]
    return [turn.reply("tidy", *buttons, now=_words(turn, link.kept_hours))]


async def choose(turn: Turn, chosen: str) -> list[Reply]:
    """Raises ``ValueError`` for hours that are not offered."""
    hours = None if chosen == _NEVER else int(chosen)
    links = turn.rooms.chat_links
    if not await links.keep_for(turn.viewer, turn.viewer.channel, hours):
        return [turn.reply("stays_here")]
    return [turn.reply("tidy_off" if hours is None else "tidy_on", hours=hours)]


def _words(turn: Turn, hours: int | None) -> str:
    return turn.say("never") if hours is None else turn.say("after_hours", hours=hours)
