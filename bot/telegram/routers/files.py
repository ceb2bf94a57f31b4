"""Photos and PDFs of reports."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import Message

from backend.identity.viewer import Viewer
from bot.chat.reply import Reply
from bot.chat.talk import Talk
from bot.telegram.desk import Desk
from bot.telegram.files import FileNotFetched, TooLarge, most_megabytes


def router() -> Router:
    made = Router(name="files")
    made.message.register(_file, F.photo | F.document)
    return made


async def _file(message: Message, desk: Desk) -> None:
    user = message.from_user
    if user is None:
        return
    file_id, size, name = _sent(message)
    caption = message.caption or ""
    if await desk.chat.alarmed(caption):
        await desk.answer(
            user, lambda viewer, talk: desk.chat.say(viewer, talk, caption), urgent=True
        )
    elif desk.chat.records(caption):
        await desk.answer(user, lambda viewer, talk: desk.chat.say(viewer, talk, caption))

    async def work(viewer: Viewer, talk: Talk) -> list[Reply]:
        try:
            data = await desk.fetching.fetch(file_id, size)
        except TooLarge:
            return [desk.reply(user, "too_large", megabytes=most_megabytes())]
        except FileNotFetched:
            return [desk.reply(user, "file_failed")]
        return await desk.chat.file(viewer, talk, data, name)

    await desk.answer(user, work, message.message_id)


def _sent(message: Message) -> tuple[str, int | None, str]:
    """Id, size as it is said, and name: of a photo, its largest copy."""
    if message.document is not None:
        sent = message.document
        return sent.file_id, sent.file_size, sent.file_name or ""
    assert message.photo, "the filter lets nothing else in"
    largest = max(message.photo, key=lambda each: each.width * each.height)
    return largest.file_id, largest.file_size, ""
