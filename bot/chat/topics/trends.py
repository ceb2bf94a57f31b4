"""A kind's last thirty days as a picture."""

from __future__ import annotations

from datetime import timedelta

from backend.measurements.draft import Kind
from backend.measurements.trends import Period
from bot.chat.reply import Reply
from bot.chat.showing import kind_words
from bot.chat.turn import Turn
from bot.chat.understanding.naming import kind_in

_DAYS = 30
_SIZE = (1080, 810)


async def show(turn: Turn, text: str) -> list[Reply]:
    """Raises ``AccessDenied`` and what ``Charting.chart`` raises."""
    kind = kind_in(text)
    if kind is None:
        return [turn.reply("no_kind")]
    return [await _chart(turn, kind)]


async def _chart(turn: Turn, kind: Kind) -> Reply:
    resident_id = await turn.resident()
    day = turn.now - timedelta(days=_DAYS)
    picture = await turn.rooms.charting.chart(
        turn.viewer,
        resident_id,
        kind,
        period=Period.DAY,
        since=day.replace(hour=0, minute=0, second=0, microsecond=0),
        until=turn.now,
        size=_SIZE,
    )
    words = kind_words(turn.viewer.language, kind)
    text = turn.say("trend", who=await turn.who(resident_id), kind=words)
    return Reply(text=text, picture=picture)
