"""The whole book recomputed from the stored bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from backend.core.database import Raw
from backend.core.keys import DataKey
from rewards.ledger.chain import GENESIS, Broken, Fault, documents, opened
from rewards.ledger.documents import AccountDocument, TransferDocument
from rewards.ledger.transfer import SIDES, AccountKind, TransferKind, effect

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many transfers were looked at, and what is wrong with the first broken one."""

    entries: int
    broken: Broken | None = None

    def to_json(self) -> dict[str, Any]:
        if self.broken is None:
            return {"ok": True, "entries": self.entries}
        resident = self.broken.resident_id
        return {
            "ok": False,
            "entries": self.entries,
            "broken": {
                "fault": self.broken.fault.value,
                "resident": None if resident is None else str(resident),
                "seq": self.broken.seq,
            },
        }


@dataclass(slots=True)
class Book:
    """One resident's chain as far as it was followed."""

    resident_id: ObjectId
    seq: int = 0
    head: bytes = GENESIS
    balance: int = 0
    keys: set[str] = field(default_factory=set)
    open: dict[ObjectId, tuple[str, str, int]] = field(default_factory=dict)
    """Transfers that were not reversed: sides and points."""

    def follow(self, raw: Raw) -> None:
        """Raises ``Broken``."""
        if raw["seq"] != self.seq + 1:
            raise Broken(Fault.GAP, self.resident_id, self.seq + 1)
        if bytes(raw["prev"]) != self.head:
            raise self._broken(raw, Fault.LINK)
        self._check_sides(raw)
        before, self.balance = self.balance, self.balance + effect(raw)
        if raw["balance"] != self.balance:
            raise self._broken(raw, Fault.BALANCE)
        reverses = raw["kind"] == TransferKind.REVERSAL
        if self.balance < 0 and self.balance < before and not reverses:
            raise self._broken(raw, Fault.NEGATIVE)
        if raw["key"] in self.keys:
            raise self._broken(raw, Fault.KEY)
        self.keys.add(raw["key"])
        self.open[raw["_id"]] = (raw["source"], raw["target"], raw["points"])
        self.seq, self.head = raw["seq"], bytes(raw["hash"])

    def _check_sides(self, raw: Raw) -> None:
        sides = (raw["source"], raw["target"])
        if not isinstance(raw["points"], int) or raw["points"] <= 0:
            raise self._broken(raw, Fault.SIDES)
        if raw["kind"] == TransferKind.REVERSAL:
            undone = self.open.pop(raw["reverses"], None)
            if undone is None or undone != (sides[1], sides[0], raw["points"]):
                raise self._broken(raw, Fault.REVERSAL)
        elif sides != SIDES[TransferKind(raw["kind"])]:
            raise self._broken(raw, Fault.SIDES)
        if (AccountKind.MERCHANT in sides) != (raw["merchant_id"] is not None):
            raise self._broken(raw, Fault.SIDES)

    def _broken(self, raw: Raw, fault: Fault) -> Broken:
        return Broken(fault, self.resident_id, raw["seq"])


async def verify() -> Verdict:
    """Follow every chain. Beside a running server: what is posted meanwhile may be there or not."""
    ends = await _ends()
    entries = 0
    gone: set[ObjectId] = set()
    try:
        async for book, raw in _followed():
            entries += 1
            if book.resident_id in gone:
                continue
            try:
                book.follow(raw)
                _check_account(book, ends)
            except Broken:
                if not await _erased(book.resident_id):
                    raise
                gone.add(book.resident_id)
        for resident_id, (seq, _, _) in ends.items():
            if not await _erased(resident_id):
                raise Broken(Fault.CUT, resident_id, seq)
    except Broken as broken:
        return Verdict(entries, broken)
    return Verdict(entries)


def _check_account(book: Book, ends: dict[ObjectId, tuple[int, bytes, int]]) -> None:
    """Where the account stood when the check began, its document said the same."""
    end = ends.get(book.resident_id)
    if end is None or book.seq != end[0]:
        return
    del ends[book.resident_id]
    if (book.head, book.balance) != end[1:]:
        raise Broken(Fault.BALANCE, book.resident_id, book.seq)


async def _followed() -> AsyncIterator[tuple[Book, Raw]]:
    found = TransferDocument.get_pymongo_collection().find_raw_batches(
        {}, sort=[("resident_id", 1), ("seq", 1)], batch_size=_BATCH
    )
    book: Book | None = None
    async for batch in found:
        for each in documents(batch):
            raw = opened(each)
            if book is None or book.resident_id != raw["resident_id"]:
                if book is not None:
                    await _check_end(book)
                book = Book(raw["resident_id"])
            yield book, raw
    if book is not None:
        await _check_end(book)


async def _check_end(book: Book) -> None:
    """The account stands where the chain ends, or further on: it went on meanwhile."""
    account = await AccountDocument.get_pymongo_collection().find_one(
        {"_id": book.resident_id}, {"seq": 1}
    )
    if account is not None and account["seq"] >= book.seq:
        return
    if not await _erased(book.resident_id):
        raise Broken(Fault.CUT, book.resident_id, book.seq)


async def _erased(resident_id: ObjectId) -> bool:
    """Whoever is erased takes their chain along, in no order."""
    query = {"_id": resident_id, "wrapped": None}
    return await DataKey.get_pymongo_collection().find_one(query, {"_id": 1}) is not None


async def _ends() -> dict[ObjectId, tuple[int, bytes, int]]:
    fields = {"seq": 1, "head": 1, "balance": 1}
    found = AccountDocument.get_pymongo_collection().find({"seq": {"$gt": 0}}, fields)
    return {raw["_id"]: (raw["seq"], bytes(raw["head"]), raw["balance"]) async for raw in found}
