"""Whose record the chat is about."""

from __future__ import annotations

from bson import ObjectId

from backend.identity.viewer import Role
from bot.chat.reply import Button, Reply
from bot.chat.topics import whose
from bot.chat.turn import Turn
from bot.chat.understanding.folding import fold
from bot.chat.understanding.tables import words


async def offer(turn: Turn) -> list[Reply]:
    """Everybody whose record the viewer may see as family."""
    family = await turn.family()
    if not family:
        doctor = turn.viewer.has(Role.FAMILY_DOCTOR)
        return [turn.reply("help_only_doctor" if doctor else "nobody")]
    buttons = [
        Button(await turn.who(each.resident_id), f"who:{each.resident_id}") for each in family
    ]
    known = {each.resident_id for each in family}
    if turn.talk.resident_id in known:
        who = await turn.who(ObjectId(turn.talk.resident_id))
        return [turn.reply("who_now", *buttons, who=who)]
    return [turn.reply("whose", *buttons)]


async def switched(turn: Turn, text: str) -> list[Reply]:
    """换成我爸: straight to whom it names; nothing where it is no such wish."""
    if not words().switch.match(fold(text)):
        return []
    somebody = await whose.named(turn, text)
    return await offer(turn) if somebody is None else await choose(turn, str(somebody))


async def choose(turn: Turn, resident_id: str) -> list[Reply]:
    """Raises ``AccessDenied`` for somebody whose record is not the viewer's to see."""
    if not ObjectId.is_valid(resident_id):
        return [turn.reply("expired")]
    who = await turn.who(ObjectId(resident_id))
    turn.talk.about(ObjectId(resident_id))
    return [turn.reply("who_is", who=who)]
