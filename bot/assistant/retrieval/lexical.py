"""BM25 (Robertson 2009, k1 = 1.2, b = 0.75) over jieba tokens of passages."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.retrieval.passages import Passage
from bot.assistant.understanding.text import make_plain

K1, B = 1.2, 0.75


class LexicalIndex:
    """Which passages hold the words of a question."""

    def __init__(self, rows: Sequence[Passage]) -> None:
        self._tokens = [Counter(tokens(row.text)) for row in rows]
        self._lengths = [sum(c.values()) for c in self._tokens]
        self._average = sum(self._lengths) / len(self._lengths) if self._lengths else 1.0
        seen = Counter(t for c in self._tokens for t in c)
        count = len(rows)
        self._idf = {t: math.log(1 + (count - n + 0.5) / (n + 0.5)) for t, n in seen.items()}

    def ranked(self, question: str, among: Iterable[int]) -> list[int]:
        """Rows that hold any of the question's words, best first."""
        wanted = wanted_tokens(question)
        scores = [(self._score(i, wanted), i) for i in among]
        return [i for score, i in sorted(scores, key=lambda s: (-s[0], s[1])) if score > 0]

    def coverage(self, question: str, index: int) -> float:
        """The share of what the question is about that the row holds, by characters."""
        wanted = wanted_tokens(question)
        held = sum(len(t) for t in wanted if t in self._tokens[index])
        return held / sum(len(t) for t in wanted) if wanted else 0.0

    def _score(self, index: int, wanted: Iterable[str]) -> float:
        counts, length = self._tokens[index], self._lengths[index]
        norm = K1 * (1 - B + B * length / self._average)
        return sum(
            self._idf[t] * counts[t] * (K1 + 1) / (counts[t] + norm) for t in wanted if t in counts
        )


def tokens(text: str) -> list[str]:
    """jieba's search tokens; single characters and figures say too little alone."""
    import jieba  # loads its dictionary (0.8 s): only where words are searched

    jieba.setLogLevel(logging.ERROR)
    return [
        t
        for t in jieba.cut_for_search(make_plain(text))
        if len(t) > 1 and not t.isdigit() and t.strip()
    ]


def wanted_tokens(question: str) -> list[str]:
    return [t for t in dict.fromkeys(tokens(question)) if t not in _stop()]


@cache
def _stop() -> frozenset[str]:
    return frozenset(read_toml(__package__, "stopwords.toml")["words"])
