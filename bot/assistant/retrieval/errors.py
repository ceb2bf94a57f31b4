"""What retrieval refuses; an archive is still searched by its words then."""

from __future__ import annotations

from backend.core.errors import Unavailable


class EmbeddingModelMissing(Unavailable):
    code = "ASSISTANT_EMBEDDING_MODEL_MISSING"
    zh = "没有安装语义检索模型 {model}；目前只按词检索。"
    en = "The embedding model {model} is not installed; search is by words only."


class RerankerMissing(Unavailable):
    code = "ASSISTANT_RERANKER_MISSING"
    zh = "没有安装重排模型 {model}（需要附加组件 semantic，写法为 st:<文件夹>）。"
    en = "The reranker {model} is not there (it takes the extra semantic, written st:<folder>)."
