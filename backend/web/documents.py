"""Trusted documents: production runs the operations it knows, named by their hash.

Named in ``extensions.persistedQuery.sha256Hash``, the form that Apollo and
graphql-request send. The operations are the files of
``mobile_contract/operations``, and what earlier releases had there; development
runs any text as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from strawberry.http import GraphQLRequestData

import mobile_contract
from backend.core.errors import Forbidden, Invalid


class DocumentNotTrusted(Forbidden):
    code = "DOCUMENT_NOT_TRUSTED"
    zh = "这个操作没有登记，请更新应用后再试。"
    en = "This operation is not registered; update the app and try again."


class BatchingOff(Invalid):
    code = "BATCHING_OFF"
    zh = "不支持批量请求。"
    en = "Batched requests are off."


def operations() -> dict[str, str]:
    """Each operation's text by the SHA-256 of it: today's, and those of released apps."""
    today = mobile_contract.by_hash(mobile_contract.operations())
    return {**mobile_contract.released()["operations"], **today}


class TrustedDocuments:
    """Puts the text in where a hash came; refuses what is not registered."""

    def __init__(self, known: Mapping[str, str], *, only_known: bool) -> None:
        self._known = known
        self._only_known = only_known

    def resolve(self, data: GraphQLRequestData | list[GraphQLRequestData]) -> GraphQLRequestData:
        """Raises ``DocumentNotTrusted`` or ``BatchingOff``."""
        if isinstance(data, list):
            raise BatchingOff
        digest = _hash(data.extensions)
        if digest is not None:
            if digest not in self._known:
                raise DocumentNotTrusted
            data.query = self._known[digest]
        elif self._only_known and not self._is_known(data.query):
            raise DocumentNotTrusted
        return data

    def _is_known(self, query: str | None) -> bool:
        return hashlib.sha256((query or "").encode()).hexdigest() in self._known


def _hash(extensions: dict[str, Any] | None) -> str | None:
    persisted = (extensions or {}).get("persistedQuery")
    digest = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return digest if isinstance(digest, str) else None
