"""What the assistant leaves to people: it says why, what the record says, and offers the doctor."""

from bot.assistant.declining.decline import decline

__all__ = ["decline"]
