"""A reply as calls of the Bot API."""

from __future__ import annotations

from aiogram.methods import SendMessage, SendPhoto
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
)

from bot.chat.reply import MOST_ACTION_BYTES, Button, Reply
from bot.telegram.words import limit

_ALARM = "🚨 "
_IN_A_ROW = 4
Call = SendMessage | SendPhoto


def calls(chat: int, reply: Reply) -> list[Call]:
    """In order; buttons are below the last. Raises ``ValueError`` where an action is too long."""
    text = f"{_ALARM}{reply.text}" if reply.emergency else reply.text
    keys = _keyboard(reply.buttons)
    if reply.picture is None:
        return [*_texts(chat, text, keys)]
    picture = BufferedInputFile(reply.picture, "kangban.png")
    if _units(text) <= limit("caption_units"):
        return [SendPhoto(chat_id=chat, photo=picture, caption=text or None, reply_markup=keys)]
    return [SendPhoto(chat_id=chat, photo=picture), *_texts(chat, text, keys)]


def without_picture(call: SendPhoto) -> SendMessage | None:
    """What is left to say where the picture is refused."""
    if not call.caption:
        return None
    return message(int(call.chat_id), call.caption, call.reply_markup)


def message(chat: int, text: str, keys: object = None) -> SendMessage:
    # A preview would have Telegram's servers fetch the address.
    quiet = LinkPreviewOptions(is_disabled=True)
    keyboard = keys if isinstance(keys, InlineKeyboardMarkup) else None
    return SendMessage(chat_id=chat, text=text, reply_markup=keyboard, link_preview_options=quiet)


def _texts(chat: int, text: str, keys: InlineKeyboardMarkup | None) -> list[SendMessage]:
    parts = _parts(text)
    last = len(parts) - 1
    return [message(chat, each, keys if at == last else None) for at, each in enumerate(parts)]


def _parts(text: str) -> list[str]:
    """Cut at an end of line where there is one; no part is blank, which Telegram refuses."""
    most, parts = limit("text_units") // 2, []
    while _units(text) > limit("text_units"):
        cut = text.rfind("\n", 1, most)
        cut = cut if cut > 0 else most
        parts.append(text[:cut])
        text = text[cut:].lstrip("\n")
    return [each for each in (*parts, text) if each.strip()] or ["…"]


def _keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    if any(len(each.action.encode()) > MOST_ACTION_BYTES for each in buttons):
        raise ValueError("an action is longer than callback_data may be")
    rows: list[list[InlineKeyboardButton]] = []
    for each in buttons[: limit("buttons")]:
        key = InlineKeyboardButton(text=each.label, callback_data=each.action)
        if rows and _side_by_side(rows[-1], each):
            rows[-1].append(key)
        else:
            rows.append([key])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _side_by_side(row: list[InlineKeyboardButton], button: Button) -> bool:
    """依据1 to 依据8 in two rows of four; yes and no stay apart, for fingers that slip."""
    return (
        len(row) < _IN_A_ROW
        and row[-1].text.rstrip("0123456789") == button.label.rstrip("0123456789")
        and button.label[-1:].isdigit()
    )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
