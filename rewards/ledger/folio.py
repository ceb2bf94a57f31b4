"""One resident's page of the book, open in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId
from bson.int64 import Int64
from bson.raw_bson import RawBSONDocument

from backend.core.database import Raw, Session
from rewards.errors import PointsInsufficient, PointsOwed
from rewards.ledger.chain import VERSION, sealed
from rewards.ledger.documents import AccountDocument, TransferDocument
from rewards.ledger.transfer import AccountKind, Draft, TransferKind, reversal


class Folio:
    """Takes transfers while the transaction runs; ``Ledger`` writes them at its end."""

    def __init__(self, session: Session, account: Raw, now: datetime) -> None:
        self.session = session
        self.resident_id: ObjectId = account["resident_id"]
        self.now = now
        self.balance: int = account["balance"]
        self._seq: int = account["seq"]
        self._head: bytes = bytes(account["head"])
        self._made: list[Any] = []

    def post(self, draft: Draft) -> ObjectId:
        """The transfer's id. Raises ``PointsInsufficient``, or ``PointsOwed`` below zero."""
        if draft.points <= 0:
            raise ValueError("a transfer moves at least one point")
        source, target = draft.sides
        after = self.balance
        after += draft.points if target is AccountKind.RESIDENT else 0
        after -= draft.points if source is AccountKind.RESIDENT else 0
        if after < 0 and source is AccountKind.RESIDENT and draft.kind is not TransferKind.REVERSAL:
            if self.balance < 0:
                raise PointsOwed
            raise PointsInsufficient(needed=draft.points)
        fields = {
            "_id": draft.id,
            "v": VERSION,
            "resident_id": self.resident_id,
            "seq": Int64(self._seq + 1),
            "prev": self._head,
            "at": self.now,
            "kind": draft.kind.value,
            "source": source.value,
            "target": target.value,
            "points": Int64(draft.points),
            "balance": Int64(after),
            "key": draft.key,
            "evidence": draft.evidence,
            "rule": draft.rule,
            "slot": draft.slot,
            "day": draft.day,
            "year": draft.year,
            "merchant_id": draft.merchant_id,
            "reverses": draft.reverses,
        }
        raw, self._head = sealed(fields)
        self._made.append(RawBSONDocument(raw))
        self._seq, self.balance = self._seq + 1, after
        return draft.id

    async def reverse(self, transfer_id: ObjectId, *, key: str, evidence: str) -> ObjectId:
        """Undo a stored transfer; a broken ``one_reversal_per_transfer`` is the store's to tell."""
        raw = await TransferDocument.get_pymongo_collection().find_one(
            {"resident_id": self.resident_id, "_id": transfer_id}, session=self.session
        )
        if raw is None:
            raise LookupError("a reversal of nothing")
        return self.post(reversal(raw, key, evidence))

    async def write(self) -> None:
        """Put what was posted into the store, within the transaction."""
        if not self._made:
            return
        await TransferDocument.get_pymongo_collection().insert_many(
            self._made, session=self.session
        )
        await AccountDocument.get_pymongo_collection().update_one(
            {"_id": self.resident_id, "resident_id": self.resident_id},
            {"$set": {"balance": self.balance, "seq": self._seq, "head": self._head}},
            session=self.session,
        )
