"""Any sentence-transformers model and cross-encoder, from a folder or an installed package."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.embeddings import Embeddings
from sentence_transformers import (  # type: ignore[import-not-found,unused-ignore]
    CrossEncoder,
    SentenceTransformer,
)


class SentenceModel(Embeddings):
    """``path`` is a folder (or a name already in the local cache): nothing is downloaded."""

    def __init__(self, path: str) -> None:
        self._model = SentenceTransformer(path, device="cpu", local_files_only=True)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return [[float(x) for x in row] for row in rows]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class SentenceReranker:
    """A cross-encoder that reads question and passage together."""

    def __init__(self, path: str) -> None:
        self._model = CrossEncoder(path, device="cpu", local_files_only=True)

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        rows = self._model.predict([(question, t) for t in texts], show_progress_bar=False)
        return [float(x) for x in rows]
