"""What retrieval refuses; an archive is still searched by its words then."""

from __future__ import annotations

from backend.core.errors import Unavailable


class EmbeddingModelMissing(Unavailable):
    code = "ASSISTANT_EMBEDDING_MODEL_MISSING"
    zh = "没有安装语义检索模型 {model}；目前只按词检索。"
    en = "The embedding model {model} is not installed; search is by words only."
