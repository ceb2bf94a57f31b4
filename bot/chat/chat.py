"""The bot's door: a message or a button in, replies out; nothing raised but programming errors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from backend.access.consent.purpose import Purpose
from backend.access.log.trail import answering
from backend.care.reminders.documents import OccurrenceState
from backend.core.errors import KangbanError
from backend.identity.viewer import Role, Viewer
from bot.assistant.stored.card import card
from bot.assistant.stored.limits import limits
from bot.chat.phrases import here, intent_of
from bot.chat.reply import Reply
from bot.chat.rooms import Rooms
from bot.chat.talk import Talk, Writing
from bot.chat.topics import (
    alerts,
    amending,
    asking,
    devices,
    handing,
    people,
    points,
    pushed,
    recording,
    reminders,
    reports,
    results,
    tickets,
    tidying,
    trends,
)
from bot.chat.turn import ChooseFirst, Turn
from bot.chat.understanding import understand

Work = Callable[[Turn], Awaitable[list[Reply]]]
Press = Callable[[Turn, str], Awaitable[list[Reply]]]

_SAYS = re.compile(r"[\u3400-\u9fff]|[^\W\d_]{2,}[\W_]+[^\W\d_]{2,}")
"""Some Chinese, or two words of another language."""
LONGEST = 4_096
"""Characters of a message. Source: Bot API, "Message", text: 0-4096 characters."""


class Chat:
    """For every messenger. Each answer leaves when what was looked at is in the access log.

    ``leaves``: what a resident must have agreed to before anything of theirs goes out (a channel
    abroad); who did not is not there for this chat. The emergency card, which holds nothing of a
    record's, needs no consent.
    """

    def __init__(self, rooms: Rooms, *, leaves: Purpose | None = None) -> None:
        self._rooms = rooms
        self._leaves = leaves

    async def alarmed(self, text: str) -> bool:
        """Whether the words are an emergency: an adapter lets these wait for nothing."""
        return await _alarms(text[:LONGEST], self._rooms.core.clock.now())

    def records(self, text: str) -> bool:
        """Whether the words say what was measured."""
        return bool(understand(text, here(self._rooms.core.clock.now())).found)

    async def say(self, viewer: Viewer, talk: Talk, text: str) -> list[Reply]:
        """Replies to a message; domain errors are replies in the viewer's language."""
        return await self._answered(viewer, talk, lambda turn: _said(turn, text))

    async def file(self, viewer: Viewer, talk: Talk, data: bytes, name: str) -> list[Reply]:
        """Replies to a photo of a device, or a photo or PDF of a report; ``name`` gives its
        extension, or is empty."""
        return await self._answered(viewer, talk, lambda turn: _file(turn, data, name))

    async def press(self, viewer: Viewer, talk: Talk, action: str) -> list[Reply]:
        """Replies to a button; an unknown or expired one says so."""
        name, _, rest = action.partition(":")
        work = _PRESSED.get(name)
        talk.turns()
        if work is None:
            return [Turn(self._rooms, viewer, talk).reply("expired")]
        return await self._answered(viewer, talk, lambda turn: work(turn, rest))

    async def _answered(self, viewer: Viewer, talk: Talk, work: Work) -> list[Reply]:
        # A request of its own: what an earlier message found out about rights is forgotten.
        turn = Turn(self._rooms, replace(viewer, memo={}), talk, self._leaves)
        try:
            async with answering():
                return await _chosen(turn, work)
        except KangbanError as error:
            return [Reply(text=error.message(viewer.language))]


async def _chosen(turn: Turn, work: Work) -> list[Reply]:
    try:
        return await work(turn)
    except ChooseFirst:
        return await people.offer(turn)
    except ValueError:  # ids of a button that are none
        return [turn.reply("expired")]


async def _said(turn: Turn, text: str) -> list[Reply]:
    """The emergency card comes before everything else that the words may be."""
    text = text.strip()
    if not text:
        return [turn.reply("kind")]
    if len(text) > LONGEST:
        return [turn.reply("too_long")]
    if turn.talk.writing is not None:
        return await tickets.written(turn, text)
    if not await _alarms(text, turn.now):
        return await _usual(turn, text)
    turn.talk.turns()
    replies = [await asking.emergency(turn, text)]
    understood = understand(text, turn.now)
    if understood.found and not understood.lacks:
        replies += await recording.offer(turn, understood, text)
    return replies


async def _file(turn: Turn, data: bytes, name: str) -> list[Reply]:
    return await devices.take(turn, data) or await reports.take(turn, data, name)


async def _alarms(text: str, now: datetime) -> bool:
    """A whole message that is 不对, 记错了 or 记错人了 is no emergency, whatever it sounds like."""
    if intent_of(text) not in (None, "trend") or handing.slip(text):
        return False
    return await asyncio.to_thread(card, text, now) is not None


async def _usual(turn: Turn, text: str) -> list[Reply]:
    corrected = await reports.correct(turn, text)
    if corrected is not None:
        return corrected
    intent = intent_of(text)
    if intent in ("yes", "no"):
        return await recording.typed(turn, yes=intent == "yes") or await asking.ask(turn, text)
    if intent == "undo":
        return await recording.undo(turn, None)
    amended = await handing.hand(turn, text) or await amending.amend(turn, text)
    if amended is not None:
        return amended
    turn.talk.turns()
    understood = understand(text, turn.now)
    if understood.found or (understood.lacks and intent is None):
        return await recording.offer(turn, understood, text)
    if intent is None:
        return await people.switched(turn, text) or await _asked(turn, text)
    if intent == "trend":
        return await trends.show(turn, text)
    return await _INTENTS[intent](turn)


async def _asked(turn: Turn, text: str) -> list[Reply]:
    """A question to the assistant; a picture, a mark or a code is none."""
    if len(text) > limits().longest:
        return [turn.reply("too_long")]
    if not _SAYS.search(text):
        return [turn.reply("not_clear")]
    return await asking.ask(turn, text)


async def _help(turn: Turn) -> list[Reply]:
    if turn.viewer.has(Role.FAMILY_DOCTOR) and not await turn.family():
        return [turn.reply("help_only_doctor")]
    lines = [turn.say("help")]
    if turn.viewer.has(Role.FAMILY_DOCTOR):
        lines.append(turn.say("help_doctor"))
    return [Reply(text="\n".join(lines))]


_INTENTS: dict[str, Work] = {
    "help": _help,
    "people": people.offer,
    "points": points.balance,
    "tasks": points.tasks,
    "reminders": reminders.show,
    "alerts": alerts.show,
    "tickets": tickets.show,
    "tidy": tidying.offer,
}
_PRESSED: dict[str, Press] = {
    "yes": recording.confirm,
    "no": recording.drop,
    "unit": recording.in_other_unit,
    "for": recording.for_whom,
    "undo": recording.undo,
    "who": people.choose,
    "cite": asking.cited,
    "choose": asking.choose,
    "taken": lambda turn, rest: reminders.answer(turn, rest, OccurrenceState.TAKEN),
    "skip": lambda turn, rest: reminders.answer(turn, rest, OccurrenceState.SKIPPED),
    "later": reminders.later,
    "ack": alerts.acknowledge,
    "alerts": alerts.show_of,
    "open": pushed.show,
    "wait": pushed.put_off,
    "report": reports.show,
    "keep": reports.keep,
    "away": reports.put_away,
    "item": results.show,
    "tidy": tidying.choose,
    "claim": tickets.claim,
    "release": tickets.release,
    "answer": lambda turn, rest: tickets.write(turn, rest, Writing.ANSWER),
    "back": lambda turn, rest: tickets.write(turn, rest, Writing.ASK_BACK),
    "send": tickets.send,
    "unsend": tickets.cancel,
    "unwrite": tickets.cancel,
}
