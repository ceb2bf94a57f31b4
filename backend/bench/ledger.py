"""The points' ledger: its speed beside a bare transaction, and 100,000 operations by 16 tasks."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bson import ObjectId

from backend.bench.measure import Ratio, compare
from backend.core.database import Session
from backend.services import Services
from rewards.errors import PointsInsufficient, PointsOwed, TransferReversedAlready
from rewards.ledger.documents import AccountDocument, TransferDocument
from rewards.ledger.ledger import Ledger
from rewards.ledger.transfer import Draft, TransferKind
from rewards.ledger.verify import verify

TASKS = 16
_RESIDENTS = 200
_PROCESSES = 4
"""Ledgers that know nothing of each other's locks, as the server's processes do not."""
_LARGEST = 50


async def transfers(services: Services, rounds: int) -> Ratio:
    """One transfer against a bare transaction that changes two documents."""
    ledger, resident_id = Ledger(services.core), ObjectId()
    bare, ids = services.core.store.db["bench_bare"], (ObjectId(), ObjectId())
    await bare.insert_many([{"_id": each, "points": 0} for each in ids])
    numbers = itertools.count()

    async def ours() -> None:
        number = next(numbers)
        await ledger.post(
            resident_id,
            Draft(kind=TransferKind.EARN, points=1, key=f"e{number}", evidence="bench", year=2026),
        )

    async def base() -> None:
        async def work(session: Session) -> None:
            await bare.update_one({"_id": ids[0]}, {"$inc": {"points": -1}}, session=session)
            await bare.update_one({"_id": ids[1]}, {"$inc": {"points": 1}}, session=session)

        await services.core.store.transaction(work)

    return await compare("ledger_transfer", ours, base, limit=1 / 0.6, rounds=rounds)


@dataclass
class Model:
    """What the ledger must say, counted apart from it."""

    balances: Counter[ObjectId] = field(default_factory=Counter)
    posted: int = 0
    refused: int = 0
    repeated: int = 0


@dataclass
class _Known:
    """One resident's transfers that may be reversed or posted once more."""

    drafts: list[tuple[ObjectId, Draft]] = field(default_factory=list)


class Storm:
    """Random transfers, repeats and reversals by many tasks over a few residents."""

    def __init__(self, services: Services, operations: int, seed: int) -> None:
        self._ledgers = [Ledger(services.core) for _ in range(_PROCESSES)]
        self._chance = random.Random(seed)
        self._people = [ObjectId() for _ in range(_RESIDENTS)]
        self._known = {each: _Known() for each in self._people}
        self._numbers = iter(range(operations))
        self.model = Model()

    async def run(self) -> float:
        """Seconds that it took."""
        began = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for number in range(TASKS):
                tasks.create_task(self._work(self._ledgers[number % _PROCESSES]))
        return time.perf_counter() - began

    async def _work(self, ledger: Ledger) -> None:
        kinds: list[Callable[[Ledger, ObjectId, int], Awaitable[None]]] = [
            self._earn, self._earn, self._spend, self._repeat, self._reverse,
        ]  # fmt: skip
        for number in self._numbers:
            kind = self._chance.choice(kinds)
            await kind(ledger, self._chance.choice(self._people), number)

    async def _earn(self, ledger: Ledger, who: ObjectId, number: int) -> None:
        await self._post(ledger, who, TransferKind.EARN, number)

    async def _spend(self, ledger: Ledger, who: ObjectId, number: int) -> None:
        try:
            await self._post(ledger, who, TransferKind.RESERVE, number)
        except (PointsInsufficient, PointsOwed):
            self.model.refused += 1

    async def _repeat(self, ledger: Ledger, who: ObjectId, number: int) -> None:
        known = self._known[who].drafts
        if not known:
            return
        transfer_id, draft = self._chance.choice(known)
        assert await ledger.post(who, draft) == transfer_id, "a key posted twice"
        self.model.repeated += 1

    async def _reverse(self, ledger: Ledger, who: ObjectId, number: int) -> None:
        known = self._known[who].drafts
        if not known:
            return
        transfer_id, draft = self._chance.choice(known)
        try:
            await ledger.reverse(who, transfer_id, key=f"reverse:{number}", evidence="storm")
        except TransferReversedAlready:
            self.model.refused += 1
        else:
            signed = draft.points if draft.kind is TransferKind.EARN else -draft.points
            self.model.balances[who] -= signed
            self.model.posted += 1

    async def _post(self, ledger: Ledger, who: ObjectId, kind: TransferKind, number: int) -> None:
        draft = Draft(
            kind=kind,
            points=self._chance.randint(1, _LARGEST),
            key=f"storm:{number}",
            evidence="storm",
            year=2026 if kind is TransferKind.EARN else None,
        )
        transfer_id = await ledger.post(who, draft)
        self._known[who].drafts.append((transfer_id, draft))
        self.model.balances[who] += draft.points if kind is TransferKind.EARN else -draft.points
        self.model.posted += 1

    async def check(self) -> None:
        """Every invariant, against the model and by the ledger's own check."""
        verdict = await verify()
        assert verdict.broken is None, str(verdict.broken)
        owners = {"resident_id": {"$in": self._people}}
        stored = await TransferDocument.get_pymongo_collection().count_documents(owners)
        assert stored == self.model.posted, (stored, self.model.posted)
        async for raw in AccountDocument.get_pymongo_collection().find(owners):
            assert raw["balance"] == self.model.balances[raw["_id"]], raw["_id"]


async def storm(services: Services, operations: int, *, seed: int = 1) -> Ratio:
    """Milliseconds an operation, told for information; broken invariants raise."""
    blow = Storm(services, operations, seed)
    seconds = await blow.run()
    await blow.check()
    each = 1_000 * seconds / operations
    return Ratio(f"ledger_storm_{operations}", each, each, None, operations)
