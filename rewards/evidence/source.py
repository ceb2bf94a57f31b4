"""Where evidence comes from. A room plugs in with a source and a line of the rules file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from bson import ObjectId

from backend.core.clock import SHANGHAI
from backend.core.database import Session, Store
from rewards.rules.rule import Evidence, EvidenceKind


class EvidenceSource(Protocol):
    """Reads what is evidence now, from the things themselves.

    ``kinds`` are all that this source may give. ``read`` answers for ids that something
    happened to; one that does not count (any more) is left out, and so loses its points.
    """

    @property
    def kinds(self) -> frozenset[EvidenceKind]: ...

    async def read(
        self, session: Session | None, resident_id: ObjectId, ids: Sequence[ObjectId]
    ) -> list[Evidence]: ...


class StoredEvidence:
    """Documents of any room that count while they match ``counts``: reports, quizzes …

    ``at`` names the time of the day that they earn for, ``subject`` the field with their
    subject. Given by the composition root, for rooms that may not know each other.
    """

    def __init__(
        self,
        store: Store,
        kind: EvidenceKind,
        collection: str,
        counts: dict[str, Any],
        *,
        at: str,
        subject: str | None = None,
    ) -> None:
        self._collection = store.db[collection]
        self._kind = kind
        self._counts = counts
        self._at = at
        self._subject = subject
        self.kinds = frozenset({kind})

    async def read(
        self, session: Session | None, resident_id: ObjectId, ids: Sequence[ObjectId]
    ) -> list[Evidence]:
        query = {"resident_id": resident_id, "_id": {"$in": list(ids)}, **self._counts}
        found = self._collection.find(query, session=session)
        return [
            Evidence(
                kind=self._kind,
                ref=str(raw["_id"]),
                day=_day(raw[self._at]),
                subject="" if self._subject is None else str(raw[self._subject]),
            )
            async for raw in found
        ]


def _day(at: datetime) -> Any:
    return at.astimezone(SHANGHAI).date()
