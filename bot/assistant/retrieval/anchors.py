"""What a question and a passage must agree on (``anchors.toml``)."""

from __future__ import annotations

import re
from functools import cache

from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.understanding.text import make_plain


def things(text: str) -> frozenset[str]:
    """The organs, examinations and themes a text names."""
    plain = make_plain(text)
    return frozenset(name for name, pattern in _patterns().items() if pattern.search(plain))


def agrees(asked: frozenset[str], held: frozenset[str]) -> bool:
    """Whether the passage is of everything that is asked of; a question of nothing agrees not."""
    return bool(asked) and asked <= held


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    rows = read_toml(__package__, "anchors.toml")["thing"]
    return {name: re.compile(source) for name, source in rows.items()}
