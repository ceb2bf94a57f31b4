"""Groups and channels: one sentence, nothing private, and away."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.methods import AnswerCallbackQuery, LeaveChat
from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, Message, User

from bot.telegram.desk import Desk
from bot.telegram.sending import ChatGone
from bot.telegram.words import language_of, words

_INSIDE = {ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR}


def router() -> Router:
    made = Router(name="groups")
    elsewhere = F.chat.type != ChatType.PRIVATE
    made.message.register(_message, elsewhere)
    made.edited_message.register(_ignored, elsewhere)
    made.my_chat_member.register(_added, elsewhere)
    made.callback_query.register(_pressed, F.message.chat.type != ChatType.PRIVATE)
    return made


async def _message(message: Message, desk: Desk) -> None:
    await _refuse(message.chat, message.from_user, desk)


async def _added(event: ChatMemberUpdated, desk: Desk) -> None:
    if event.new_chat_member.status in _INSIDE:
        await _refuse(event.chat, event.from_user, desk)


async def _ignored(message: Message) -> None:
    pass


async def _pressed(query: CallbackQuery, desk: Desk) -> None:
    text = words(language_of(query.from_user), "group")
    await desk.out.call(AnswerCallbackQuery(callback_query_id=query.id, text=text, show_alert=True))


async def _refuse(chat: Chat, user: User | None, desk: Desk) -> None:
    try:
        if chat.type != ChatType.CHANNEL:
            await desk.out.say(chat.id, words(language_of(user), "group"))
        await desk.out.call(LeaveChat(chat_id=chat.id))
    except ChatGone:  # put out already
        pass
