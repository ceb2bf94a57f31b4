"""What the bot answers, as data: an adapter shows it as its messenger can."""

from __future__ import annotations

from dataclasses import dataclass

MOST_ACTION_BYTES = 64
"""What every messenger's button can carry. Source: Bot API, InlineKeyboardButton callback_data."""


@dataclass(frozen=True, slots=True)
class Button:
    """``action`` comes back through ``Chat.press``; at most 64 bytes, no health data."""

    label: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message. ``picture`` is a PNG. ``emergency`` goes out first and is never put off."""

    text: str
    buttons: tuple[Button, ...] = ()
    picture: bytes | None = None
    emergency: bool = False
