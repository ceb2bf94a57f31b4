"""Alerts of readings that nobody has taken care of."""

from __future__ import annotations

import contextlib

from bson import ObjectId

from backend.access.errors import AccessDenied
from backend.measurements.alert import Alert
from backend.measurements.thresholds import Text
from bot.chat.phrases import here, short
from bot.chat.reply import Button, Reply
from bot.chat.topics import people
from bot.chat.turn import Turn

_MOST = 5


async def show(turn: Turn) -> list[Reply]:
    resident_id = await turn.resident()
    page = await turn.rooms.alerts.page(turn.viewer, resident_id, first=_MOST)
    who = await turn.who(resident_id)
    others = await _of_others(turn, resident_id)
    if not page.items:
        return [turn.reply("no_alerts", who=who), *others]
    head = turn.reply("alerts", who=who, count=len(page.items))
    worst_first = sorted(page.items, key=lambda each: -each.level.value)
    return [head, *[one(turn, each) for each in worst_first], *others]


async def show_of(turn: Turn, rest: str) -> list[Reply]:
    """Of the one who is switched to by it. Raises ``AccessDenied``."""
    return [*await people.choose(turn, rest), *await show(turn)]


async def _of_others(turn: Turn, but: ObjectId) -> list[Reply]:
    """A button for each other person of the family who has some."""
    buttons = []
    for each in await turn.family():
        with contextlib.suppress(AccessDenied):
            if each.resident_id != but:
                page = await turn.rooms.alerts.page(turn.viewer, each.resident_id, first=1)
                if page.items:
                    who = await turn.who(each.resident_id)
                    buttons.append(Button(who, f"alerts:{each.resident_id}"))
    return [turn.reply("alerts_of_others", *buttons)] if buttons else []


async def acknowledge(turn: Turn, rest: str) -> list[Reply]:
    resident_id, alert_id = await turn.place(rest)
    await turn.rooms.alerts.acknowledge(turn.viewer, resident_id, alert_id)
    return [turn.reply("acknowledged")]


async def opened(turn: Turn, resident_id: ObjectId, alert_id: ObjectId) -> Reply:
    """Raises ``AccessDenied`` and ``AlertNotFound``."""
    return one(turn, await turn.rooms.alerts.get(turn.viewer, resident_id, alert_id))


def one(turn: Turn, each: Alert) -> Reply:
    """With a button where nobody has taken care of it yet."""
    waits = each.open and each.acknowledged_at is None
    button = Button(turn.say("acknowledge"), f"ack:{each.resident_id}:{each.id}")
    return turn.reply(
        "alert",
        *([button] if waits else []),
        level=turn.say(f"level_{each.level.value}"),
        at=turn.time(here(each.at)),
        reason=_text(turn, each.reason),
        what=_text(turn, each.what_to_do),
    )


def _text(turn: Turn, words: Text) -> str:
    return words.en if short(turn.viewer.language) == "en" else words.zh
