"""Reasons that people type: long enough to mean something, short enough to read."""

from __future__ import annotations

import unicodedata

from backend.access.circle.errors import ReasonUnfit

_LONGEST = 500


def checked_reason(text: str, least: int) -> str:
    """The trimmed reason. Raises ``ReasonUnfit``."""
    text = unicodedata.normalize("NFC", text).strip()
    unfit = any(unicodedata.category(each) in ("Cc", "Cs") and each != "\n" for each in text)
    if unfit or not least <= len(text) <= _LONGEST:
        raise ReasonUnfit(least=least, most=_LONGEST)
    return text
