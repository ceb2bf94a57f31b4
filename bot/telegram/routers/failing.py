"""What should not happen: the person hears that it failed, the log which kind it was."""

from __future__ import annotations

import structlog
from aiogram import Router
from aiogram.types import ErrorEvent, Update, User

from bot.telegram.desk import Desk
from bot.telegram.sending import ChatGone

log = structlog.get_logger(__name__)


def router() -> Router:
    made = Router(name="failing")
    made.errors.register(_failed)
    return made


async def _failed(event: ErrorEvent, desk: Desk) -> bool:
    user = _private(event.update)
    if isinstance(event.exception, ChatGone):
        if user is not None:
            await desk.forget(user)
        return True
    # Neither text nor traceback with values: both may hold what the person wrote.
    log.error("update failed", error=type(event.exception).__name__)
    if user is not None:
        await desk.say(user, "broken")
    return True


def _private(update: Update) -> User | None:
    if update.callback_query is not None:
        return update.callback_query.from_user
    message = update.message or update.edited_message
    return message.from_user if message and message.chat.type == "private" else None
