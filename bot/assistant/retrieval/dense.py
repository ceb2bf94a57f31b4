"""Passages by the cosine of their vectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import NamedTuple

from bot.assistant.retrieval.embedding import Embedder, Vectors
from bot.assistant.retrieval.passages import Passage

MOST_AT_ONCE = 96  # texts embedded while somebody waits, where nothing is stored


class Near(NamedTuple):
    """A row and its cosine with the question."""

    row: int
    cosine: float


class DenseIndex:
    """Vectors of passages by digest: given ones (the stored index), the others as needed."""

    def __init__(
        self,
        rows: Sequence[Passage],
        embedder: Embedder,
        known: Mapping[str, Vectors] | None,
        at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._rows = rows
        self._embedder = embedder
        self._at_once = at_once
        self._vectors: MutableMapping[str, Vectors] = dict(known or {})

    def ranked(self, question: str, among: Iterable[int]) -> list[Near]:
        """Rows with a vector, nearest first. Raises ``EmbeddingModelMissing``."""
        import numpy as np

        chosen = list(among)
        self._embed(chosen)
        held = [i for i in chosen if self._rows[i].digest in self._vectors]
        if not held:
            return []
        matrix = np.stack([self._vectors[self._rows[i].digest] for i in held])
        cosines = matrix @ self._embedder.query(question)
        order = np.argsort(-cosines, kind="stable")
        return [Near(held[k], float(cosines[k])) for k in order]

    def _embed(self, among: Sequence[int]) -> None:
        missing: dict[str, str] = {}
        # The newest first: where there are too many, the old ones are found by their words.
        for i in sorted(among, key=lambda i: _age(self._rows[i])):
            row = self._rows[i]
            if row.digest not in self._vectors and len(missing) < self._at_once:
                missing[row.digest] = row.text
        if missing:
            found = self._embedder.passages(list(missing.values()))
            self._vectors.update(zip(missing, found, strict=True))


def _age(row: Passage) -> float:
    return -row.entry.start.timestamp() if row.entry.start else 0.0
