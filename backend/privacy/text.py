"""What a person typed, fit to be kept."""

from __future__ import annotations

import unicodedata

from backend.core.text_errors import TextEmpty, TextLoneSurrogate, TextNullByte, TextTooLong


def clean_text(text: str, limit: int) -> str:
    """NFC and trimmed. Raises ``TextEmpty``, ``TextTooLong``, ``TextNullByte`` and
    ``TextLoneSurrogate``."""
    if "\0" in text:
        raise TextNullByte
    if any(unicodedata.category(each) == "Cs" for each in text):
        raise TextLoneSurrogate
    clean = unicodedata.normalize("NFC", text).strip()
    if not clean:
        raise TextEmpty
    if len(clean) > limit:
        raise TextTooLong(limit=limit)
    return clean
