"""A kind's last thirty days as a picture, or a laboratory item over the years."""

from __future__ import annotations

import re
from datetime import timedelta

from bson import ObjectId

from backend.measurements.draft import Kind
from backend.measurements.trends import Period
from bot.chat.reply import Reply
from bot.chat.showing import kind_words
from bot.chat.topics import results, whose
from bot.chat.turn import Turn
from bot.chat.understanding.naming import kind_in
from ocr.lab import dictionary

_TREND = re.compile(r"的?(?:趋势|曲线|走势)图?|\b(?:trend|chart)s?\b", re.IGNORECASE)
_DAYS = 30
_SIZE = (1080, 810)


async def show(turn: Turn, text: str) -> list[Reply]:
    """Of whom the words name, else of the person talked of. Raises ``AccessDenied`` and what
    ``Charting.chart`` raises."""
    kind, code = kind_in(text), _item_in(text)
    if kind is None and code is None:
        return [turn.reply("no_kind")]
    resident_id = await whose.named(turn, text) or await turn.resident()
    if kind is not None:
        return [await _chart(turn, resident_id, kind)]
    return [await results.of_code(turn, resident_id, str(code))]


def _item_in(text: str) -> str | None:
    """The LOINC code of the laboratory item that the last words before 趋势 name."""
    said = _TREND.sub("", text).strip()
    names = [said[start:] for start in range(len(said))]
    found = (dictionary().match(each) for each in names if dictionary().knows(each))
    return next((each.entry.loinc for each in found if each and each.entry.loinc), None)


async def _chart(turn: Turn, resident_id: ObjectId, kind: Kind) -> Reply:
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
