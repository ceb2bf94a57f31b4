"""An archive's texts as sentences, each with its entry."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.assistant.records import Area, Entry
from bot.assistant.view import ArchiveView

INDEXED = (
    Area.REPORT,
    Area.DOCUMENT,
    Area.ENCOUNTER,
    Area.CONDITION,
    Area.PROCEDURE,
    Area.PLAN,
    Area.LIFESTYLE,
    Area.MEDICATION,
)
_END = re.compile(r"(?<=[。！？\n])")


class Passage(NamedTuple):
    """One sentence (``said``) of an entry; ``text`` is what is indexed, its name with it."""

    entry: Entry
    said: str

    @property
    def text(self) -> str:
        return f"{self.entry.name} {self.said}"

    @property
    def digest(self) -> str:
        """The same text has the same vector, wherever it stands."""
        return hashlib.blake2b(self.text.encode(), digest_size=16).hexdigest()


def passages(view: ArchiveView) -> list[Passage]:
    """Every passage of what the view shows."""
    return [p for area in INDEXED for entry in view.entries(area) for p in of_entry(entry)]


def of_entries(entries: Sequence[Entry]) -> list[Passage]:
    return [p for entry in entries if entry.area in INDEXED for p in of_entry(entry)]


def of_entry(entry: Entry) -> Iterator[Passage]:
    texts = [entry.details.get("conclusion", ""), entry.text, entry.details.get("reason", "")]
    for text in texts:
        yield from (Passage(entry, s.strip()) for s in _END.split(text) if s.strip())
