"""What the bot does not take: edited, forwarded, stickers, places and the like."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import Message

from bot.telegram.desk import Desk


def router() -> Router:
    made = Router(name="odd")
    made.edited_message.register(_edited)
    made.message.register(_forwarded, F.forward_origin)
    made.message.register(_voice, F.voice | F.audio | F.video_note)
    made.message.register(_odd, ~F.text & ~F.photo & ~F.document)
    return made


async def _edited(message: Message, desk: Desk) -> None:
    """An emergency is one, also where it took two tries to write it."""
    user, text = message.from_user, message.text or message.caption or ""
    if user is not None and text and await desk.chat.alarmed(text):
        await desk.answer(user, lambda viewer, talk: desk.chat.say(viewer, talk, text), urgent=True)
    else:
        await _say(message, desk, "edited")


async def _forwarded(message: Message, desk: Desk) -> None:
    await _say(message, desk, "forwarded")


async def _voice(message: Message, desk: Desk) -> None:
    await _say(message, desk, "voice")


async def _odd(message: Message, desk: Desk) -> None:
    await _say(message, desk, "odd")


async def _say(message: Message, desk: Desk, key: str) -> None:
    if message.from_user is not None:
        await desk.remark(message.from_user, key, message.message_id)
