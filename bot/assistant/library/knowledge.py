"""What is often asked of the content library, and the piece's own sentences that answer.

Only pieces that hold for everybody stand here: what depends on an allergy, an illness or a
medicine is chosen for a person by ``content.choosing``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from bot.assistant.answer import Citation
from bot.assistant.lexicon.kinds import read_toml


class Known(NamedTuple):
    """What a piece says to a question. ``says`` are sentences of the piece."""

    piece: str
    title: str
    says: tuple[str, ...]

    @property
    def said(self) -> str:
        return "".join(self.says)

    def citation(self) -> Citation:
        return Citation(f"Content/{self.piece}", None, f"《{self.title}》{self.said}")


def known(text: str) -> Known | None:
    """What the library says to a question in plain text; None where it is not known to."""
    return next((found for pattern, found in _asked() if pattern.search(text)), None)


@cache
def _asked() -> list[tuple[re.Pattern[str], Known]]:
    rows = read_toml(__package__, "asked.toml")["asked"]
    return [
        (re.compile(row["ask"]), Known(row["piece"], row["title"], tuple(row["says"])))
        for row in rows
    ]
