"""Alerts of readings that nobody has taken care of."""

from __future__ import annotations

from bson import ObjectId

from backend.measurements.alert import Alert
from backend.measurements.thresholds import Text
from bot.chat.phrases import here, short
from bot.chat.reply import Button, Reply
from bot.chat.turn import Turn

_MOST = 5


async def show(turn: Turn) -> list[Reply]:
    resident_id = await turn.resident()
    page = await turn.rooms.alerts.page(turn.viewer, resident_id, first=_MOST)
    who = await turn.who(resident_id)
    if not page.items:
        return [turn.reply("no_alerts", who=who)]
    head = turn.reply("alerts", who=who, count=len(page.items))
    return [head, *[one(turn, each) for each in page.items]]


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
