"""What was just offered is somebody else's: 是我爸的; 记给李秀英; 我的."""

from __future__ import annotations

import re
from dataclasses import replace

from bson import ObjectId

from bot.chat.reply import Reply
from bot.chat.topics import offering, whose
from bot.chat.turn import Turn
from bot.chat.understanding.folding import fold
from bot.chat.understanding.tables import words

_HANDED = re.compile(
    r"(?:不对|不是我的|不是|错了)?[\s,，。]*(?:(?:这个?|那个?)?(?:应该)?是|记给|记到|记在|给|帮|替)?\s*"
    r"(?P<who>[^\s,，。?？呢吗\d]{1,6}?)(?:的|记|量的|测的|名下|那里|那儿|档案里)*[。.!！]?"
    r"|(?:no,?\s*)?(?:it'?s|that'?s|this is|for)\s+(?P<whom>(?:my\s+)?[a-z]+(?:'s)?)[.!]?"
)
_ONESELF = re.compile(r"我(?:自己|本人)?|mine|me")


async def hand(turn: Turn, text: str) -> list[Reply] | None:
    """The offer shown last, for whom the words name; None where they name nobody, or are about
    nothing. What is recorded already is taken back first."""
    last = turn.talk.last
    offer, done = turn.talk.offered.get(last), turn.talk.recorded.get(last)
    plain = fold(text).strip()
    said = None if words().switch.match(plain) else _HANDED.fullmatch(plain)
    if said is None or (offer is None and done is None):
        return None
    somebody = await _named(turn, text, said["who"] or said["whom"])
    if somebody is None:
        return None
    if offer is not None and offer.fixes is None:
        turn.talk.offered.take(last)
        handed = replace(offer, resident_id=somebody, sure=False)
        return [await offering.offered(turn, handed, ())]
    if done is None or done.resident_id == somebody:
        return None
    return [turn.reply("undo_first", who=await turn.who(done.resident_id))]


async def _named(turn: Turn, text: str, word: str) -> ObjectId | None:
    if not _ONESELF.fullmatch(word):
        return await whose.named(turn, text)
    return whose.own_of(await turn.family())
