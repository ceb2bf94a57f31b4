"""Words and buttons, to the core."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message

from bot.telegram.desk import Desk


def router() -> Router:
    made = Router(name="talking")
    made.message.register(_text, F.text)
    made.callback_query.register(_button)
    return made


async def _text(message: Message, desk: Desk) -> None:
    if message.from_user is not None:
        text = (message.text or "").removeprefix("/")
        await desk.answer(
            message.from_user,
            lambda who, talk: desk.chat.say(who, talk, text),
            message.message_id,
            urgent=await desk.chat.alarmed(text),
        )


async def _button(query: CallbackQuery, desk: Desk) -> None:
    # First, for Telegram shows the button as working until then.
    await desk.out.call(AnswerCallbackQuery(callback_query_id=query.id))
    action = query.data or ""
    await desk.answer(query.from_user, lambda who, talk: desk.chat.press(who, talk, action))
