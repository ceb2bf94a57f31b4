"""Words and meaning together: BM25 and cosines fused by reciprocal rank (Cormack 2009, k = 60)."""

from __future__ import annotations

import threading
import weakref
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from bot.assistant.answer import Window
from bot.assistant.records import Area, Entry
from bot.assistant.retrieval.anchors import agrees, things
from bot.assistant.retrieval.dense import MOST_AT_ONCE, DenseIndex, Near
from bot.assistant.retrieval.embedding import DEFAULT, Embedder, Vectors, embedder
from bot.assistant.retrieval.errors import EmbeddingModelMissing
from bot.assistant.retrieval.lexical import LexicalIndex
from bot.assistant.retrieval.passages import Passage, passages
from bot.assistant.retrieval.reranking import Reranker
from bot.assistant.view import ArchiveView

K = 60
HELD_WORDS = 0.5  # share of the question's words that a passage must hold to be quoted for them
_LOOKED_AT = 5
_RERANKED = 8


class Passages(Protocol):
    """What the answering modules ask of an index."""

    def best(
        self, question: str, window: Window | None, areas: Collection[Area] = ()
    ) -> tuple[Entry, str] | None: ...


class HybridIndex:
    """One view's passages. The policy was applied before: what is not granted is not here."""

    def __init__(
        self,
        rows: Sequence[Passage],
        model: Embedder | None = None,
        *,
        vectors: Mapping[str, Vectors] | None = None,
        reranker: Reranker | None = None,
        embed_at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._rows = rows
        self._model = model
        self._lexical = LexicalIndex(rows)
        self._dense = DenseIndex(rows, model, vectors, embed_at_once) if model else None
        self._reranker = reranker

    def best(
        self, question: str, window: Window | None, areas: Collection[Area] = ()
    ) -> tuple[Entry, str] | None:
        """The passage that fits, or None where none is good enough to quote."""
        among = self._among(window, areas)
        by_words = self._lexical.ranked(question, among)
        chosen = self._in_these_words(question, by_words)  # no model need be asked
        if chosen is None:
            chosen = self._fused(question, by_words, among)
        return None if chosen is None else (self._rows[chosen].entry, self._rows[chosen].said)

    def _in_these_words(self, question: str, by_words: list[int]) -> int | None:
        """The best row that holds most of the question's words and is not of another thing.

        Of those that hold as many, the newest: 羊水多少 asks of the last scan.
        """
        asked = things(question)
        fitting: list[tuple[float, int]] = []
        for index in by_words[:_LOOKED_AT]:
            held = self._lexical.coverage(question, index)
            if held < HELD_WORDS:
                break
            if asked <= things(self._rows[index].text):
                fitting.append((held, index))
        if not fitting:
            return None
        first = fitting[0][0]
        return min((i for held, i in fitting if held == first), key=self._age)

    def _fused(self, question: str, by_words: list[int], among: list[int]) -> int | None:
        asked = things(question)
        agreeing = [i for i in among if agrees(asked, things(self._rows[i].text))]
        if not agreeing:
            return None
        near = self._near(question, agreeing)
        fitting = self._fitting(near) if near else [i for i in by_words if i in set(agreeing)]
        if not fitting:
            return None
        ranks: dict[int, float] = defaultdict(float)
        for ranking in (by_words, [n.row for n in near]):
            for rank, index in enumerate(ranking, 1):
                ranks[index] += 1 / (K + rank)
        order = sorted(fitting, key=lambda i: (-ranks[i], self._age(i)))
        return self._reranked(question, order)

    def _near(self, question: str, among: list[int]) -> list[Near]:
        if self._dense is None:
            return []
        try:
            return self._dense.ranked(question, among)
        except EmbeddingModelMissing:
            self._dense = None
            return []

    def _fitting(self, near: list[Near]) -> list[int]:
        least = self._model.least_cosine if self._model else 0.0
        return [n.row for n in near if n.cosine >= least]

    def _reranked(self, question: str, order: list[int]) -> int:
        if self._reranker is None or len(order) == 1:
            return order[0]
        first = order[:_RERANKED]
        scores = self._reranker.scores(question, [self._rows[i].text for i in first])
        return max(zip(scores, first, strict=True), key=lambda pair: pair[0])[1]

    def _among(self, window: Window | None, areas: Collection[Area]) -> list[int]:
        """Rows in the window, and of the areas asked for where there are such."""
        rows = [i for i in range(len(self._rows)) if window is None or self._in(window, i)]
        asked = [i for i in rows if self._rows[i].entry.area in areas]
        return asked or rows

    def _in(self, window: Window, index: int) -> bool:
        start = self._rows[index].entry.start
        return start is not None and window.holds(start)

    def _age(self, index: int) -> float:
        start = self._rows[index].entry.start
        return -start.timestamp() if start else 0.0


_held: weakref.WeakKeyDictionary[object, Passages] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def index_of(view: ArchiveView) -> Passages:
    """The view's index: the one given to it, else one in memory, made on first use.

    Typed questions never pay for it, and the model loads only where words alone do not do.
    """
    with _lock:
        found = _held.get(view)
    if found is None:
        found = HybridIndex(passages(view), embedder(DEFAULT))
        give_index(view, found)
    return found


def has_index(view: ArchiveView) -> bool:
    with _lock:
        return view in _held


def give_index(view: ArchiveView, index: Passages) -> None:
    """From now on this is the view's index (and that of views equal to it)."""
    with _lock:
        _held[view] = index
