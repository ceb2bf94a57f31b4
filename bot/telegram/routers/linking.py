"""Linking by a one-time code, unlinking, and people who block the bot."""

from __future__ import annotations

import re

from aiogram import F, Router
from aiogram.enums import ChatMemberStatus
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import ChatMemberUpdated, Message, User

from backend.core.errors import KangbanError
from backend.identity.viewer import Channel
from backend.notifications.kinds import ChannelKey
from bot.chat.reply import Reply
from bot.telegram import leaving
from bot.telegram.desk import Desk
from bot.telegram.words import language_of

_CODE = re.compile(r"\s*[0-9A-Za-z]{4}[-\s]?[0-9A-Za-z]{4}\s*")
_UNLINK = re.compile(r"\s*(?:解除绑定|解绑|取消绑定|不用了?康伴|unlink)\s*[。.!！]?\s*")


def router() -> Router:
    made = Router(name="linking")
    made.message.register(_started, CommandStart())
    made.message.register(_unlink, Command("unlink"))
    made.message.register(_unlink, F.text.regexp(_UNLINK, mode="fullmatch"))
    made.message.register(_code, F.text.regexp(_CODE, mode="fullmatch"), _not_linked)
    left = F.new_chat_member.status == ChatMemberStatus.KICKED
    made.my_chat_member.register(_blocked, left)
    return made


async def _not_linked(message: Message, desk: Desk) -> bool:
    return message.from_user is not None and await desk.viewer(message.from_user) is None


async def _started(message: Message, command: CommandObject, desk: Desk) -> None:
    user = message.from_user
    if user is not None and command.args:
        await _link(user, command.args, desk)
    elif user is not None:
        await desk.answer(user, lambda viewer, talk: desk.chat.say(viewer, talk, "help"))


async def _code(message: Message, desk: Desk) -> None:
    if message.from_user is not None:
        await _link(message.from_user, message.text or "", desk)


async def _link(user: User, code: str, desk: Desk) -> None:
    language, chat = language_of(user), str(user.id)
    try:
        account_id = await desk.links.redeem(Channel.TELEGRAM, chat, code[:64])
        await desk.addresses.unlink(account_id, ChannelKey.TELEGRAM)
        await desk.addresses.put(account_id, ChannelKey.TELEGRAM, chat, language)
    except KangbanError as error:
        await desk.send(user, [Reply(text=error.message(language))])
    else:
        await desk.say(user, "linked")


async def _unlink(message: Message, desk: Desk) -> None:
    user = message.from_user
    if user is None:
        return
    viewer = await desk.viewer(user)
    if viewer is not None:
        await leaving.unlink(desk.links, desk.addresses, viewer)
    await desk.say(user, "not_linked" if viewer is None else "unlinked")


async def _blocked(event: ChatMemberUpdated, desk: Desk) -> None:
    await desk.forget(event.from_user)
