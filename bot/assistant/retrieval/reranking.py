"""A second reading of the passages that rank first: question and passage together."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from bot.assistant.retrieval.errors import RerankerMissing

_PREFIX = "st:"


class Reranker(Protocol):
    """The higher the score, the better question and passage fit."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]: ...


class LazyReranker:
    """``st:<folder>``, a cross-encoder (extra ``semantic``); loads with the first question."""

    def __init__(self, name: str) -> None:
        """Raises ``RerankerMissing`` at once, so that a server says so when it starts."""
        known = name.startswith(_PREFIX)
        if not known or importlib.util.find_spec("sentence_transformers") is None:
            raise RerankerMissing(model=name)
        self._path = name.removeprefix(_PREFIX)
        self._model: Reranker | None = None
        self._loading = threading.Lock()

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        return self._load().scores(question, texts)

    def _load(self) -> Reranker:
        with self._loading:
            if self._model is None:
                from bot.assistant.retrieval.models.sentence import SentenceReranker

                self._model = SentenceReranker(self._path)
            return self._model


@cache
def reranker(name: str | None) -> LazyReranker | None:
    """The process's one reranker of that name. Raises ``RerankerMissing``."""
    return LazyReranker(name) if name else None
