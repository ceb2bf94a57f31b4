"""Free words as readings: pure, no database, no clock of its own."""

from __future__ import annotations

from bot.chat.understanding.reading import understand
from bot.chat.understanding.understood import Found, Lack, OfWriter, Understood

__all__ = ["Found", "Lack", "OfWriter", "Understood", "understand"]
