"""BM25 (Robertson 2009, k1 = 1.2, b = 0.75) over jieba tokens of one archive's texts."""

from __future__ import annotations

import logging
import math
import re
import weakref
from collections import Counter
from collections.abc import Iterable
from typing import ClassVar, Protocol

from bot.assistant.answer import Window
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.records import Area, Entry
from bot.assistant.understanding.text import make_plain
from bot.assistant.view import ArchiveView

K1, B = 1.2, 0.75
_INDEXED = (
    Area.REPORT,
    Area.DOCUMENT,
    Area.ENCOUNTER,
    Area.CONDITION,
    Area.PROCEDURE,
    Area.PLAN,
    Area.LIFESTYLE,
    Area.MEDICATION,
)


class Passages(Protocol):
    """What the answering modules ask of an index."""

    def best(self, question: str, window: Window | None) -> tuple[Entry, str] | None: ...


class LexicalIndex:
    """Sentences of the archive's texts, each with its entry."""

    _made: ClassVar[weakref.WeakKeyDictionary[object, LexicalIndex]] = weakref.WeakKeyDictionary()

    def __init__(self, view: ArchiveView) -> None:
        self._rows = [
            (entry, said)
            for area in _INDEXED
            for entry in view.entries(area)
            for said in _passages(entry)
        ]
        self._tokens = [Counter(tokens(f"{e.name} {said}")) for e, said in self._rows]
        self._lengths = [sum(c.values()) for c in self._tokens]
        self._average = sum(self._lengths) / len(self._lengths) if self._lengths else 1.0
        seen = Counter(t for c in self._tokens for t in c)
        count = len(self._rows)
        self._idf = {t: math.log(1 + (count - n + 0.5) / (n + 0.5)) for t, n in seen.items()}

    @classmethod
    def of(cls, view: ArchiveView) -> LexicalIndex:
        """The view's index, made on first use: typed questions never pay for it."""
        if view not in cls._made:
            cls._made[view] = cls(view)
        return cls._made[view]

    def best(self, question: str, window: Window | None) -> tuple[Entry, str] | None:
        """The best passage, if it holds most of what the question is about."""
        if not self._rows:
            return None
        wanted = [t for t in dict.fromkeys(tokens(question)) if t not in _stop()]
        if not wanted:
            return None
        scores = [(self._score(i, wanted), i) for i in range(len(self._rows))]
        if window is not None:
            scores = [(s, i) for s, i in scores if self._in(window, i)]
        if not scores:
            return None
        score, index = max(scores, key=lambda pair: (pair[0], -pair[1]))
        held = sum(len(t) for t in wanted if t in self._tokens[index])
        if score <= 0 or not held or held / sum(len(t) for t in wanted) < 0.5:
            return None
        return self._rows[index]

    def _score(self, index: int, wanted: Iterable[str]) -> float:
        counts, length = self._tokens[index], self._lengths[index]
        norm = K1 * (1 - B + B * length / self._average)
        return sum(
            self._idf[t] * counts[t] * (K1 + 1) / (counts[t] + norm) for t in wanted if t in counts
        )

    def _in(self, window: Window, index: int) -> bool:
        start = self._rows[index][0].start
        return start is not None and window.holds(start)


def tokens(text: str) -> list[str]:
    """jieba's search tokens; single characters and figures say too little alone."""
    import jieba  # loads its dictionary (0.8 s): only where words are searched

    jieba.setLogLevel(logging.ERROR)
    return [
        t
        for t in jieba.cut_for_search(make_plain(text))
        if len(t) > 1 and not t.isdigit() and t.strip()
    ]


def _passages(entry: Entry) -> list[str]:
    texts = [entry.details.get("conclusion", ""), entry.text, entry.details.get("reason", "")]
    found = [p.strip() for text in texts for p in re.split(r"(?<=[。！？\n])", text) if p.strip()]
    return found or []


def _stop() -> frozenset[str]:
    return frozenset(read_toml(__package__, "stopwords.toml")["words"])
