"""Deletion of a record: asked for, cooled off, done in steps that can be cut off and resumed."""

from __future__ import annotations

from typing import Any

import structlog
from beanie import PydanticObjectId
from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action
from backend.access.relations import Relation, RelationKind
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import DataKey
from backend.identity.viewer import Viewer
from backend.privacy.asking import require_holder
from backend.privacy.certificate import Certificate
from backend.privacy.closing import Closing
from backend.privacy.documents import ErasureDocument, ErasureState
from backend.privacy.errors import DeletionBegun, DeletionNotFound
from backend.privacy.events import DeletionCancelled, DeletionRequested, ResidentErased
from backend.privacy.leases import LeaseLost, Leases
from backend.privacy.limits import COOLING_OFF, SWEEP_AFTER
from backend.privacy.owned import Owned

log = structlog.get_logger(__name__)

_DUE = {
    "state": {
        "$in": [
            ErasureState.COOLING_OFF.value,
            ErasureState.ERASING.value,
            ErasureState.SWEEPING.value,
        ]
    }
}


class Erasing:
    """Requests and cancels for the resident; ``step`` is the worker's."""

    def __init__(self, core: Core, access: Access, owned: Owned) -> None:
        self._core = core
        self._access = access
        self._owned = owned
        self._closing = Closing(core.store, core.keyring, core.clock)
        self._certificate = Certificate(core.keyring)
        self._leases = Leases(core.clock, _erasures)

    async def request(
        self, viewer: Viewer, resident_id: ObjectId, *, idempotency_key: str
    ) -> ErasureDocument:
        """Begin to cool off; the request that waits already where there is one.

        Raises ``RightNotYours``, ``AccessDenied``.
        """
        await require_holder(self._access, viewer, resident_id, Action.MANAGE, purpose="deletion")

        async def work(session: Session) -> Raw:
            now = self._core.clock.now()
            erasure = ErasureDocument(
                resident_id=PydanticObjectId(resident_id),
                requested_by=PydanticObjectId(viewer.account_id),
                at=now,
                due_at=now + COOLING_OFF,
                available_at=now + COOLING_OFF,
            )
            await erasure.insert(session=session)
            event = DeletionRequested(
                resident_id=PydanticObjectId(resident_id), erasure_id=erasure.id
            )
            await self._core.outbox.publish(session, event)
            return {"erasure_id": erasure.id}

        arguments = ["request_deletion", resident_id]
        try:
            await self._core.idempotency.once(viewer.account_id, idempotency_key, arguments, work)
        except DuplicateKeyError:
            log.info("deletion was asked for already")
        waiting = await self._open(resident_id)
        if waiting is None:
            raise DeletionNotFound
        return waiting

    async def of(self, viewer: Viewer, resident_id: ObjectId) -> ErasureDocument | None:
        """The deletion that waits, for the resident and guardians."""
        await require_holder(self._access, viewer, resident_id)
        return await self._open(resident_id)

    async def cancel(self, viewer: Viewer, resident_id: ObjectId) -> ErasureDocument:
        """Raises ``DeletionNotFound``, ``DeletionBegun`` once the cooling-off is over."""
        await require_holder(self._access, viewer, resident_id, Action.MANAGE, purpose="deletion")
        now = self._core.clock.now()

        async def work(session: Session) -> Raw | None:
            raw: Raw | None = await _erasures().find_one_and_update(
                {
                    "resident_id": resident_id,
                    "state": ErasureState.COOLING_OFF.value,
                    "due_at": {"$gt": now},
                },
                {
                    "$set": {
                        "state": ErasureState.CANCELLED.value,
                        "open": False,
                        "cancelled_at": now,
                        "cancelled_by": viewer.account_id,
                    }
                },
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            if raw is not None:
                event = DeletionCancelled(
                    resident_id=PydanticObjectId(resident_id), erasure_id=raw["_id"]
                )
                await self._core.outbox.publish(session, event)
            return raw

        raw = await self._core.store.transaction(work)
        if raw is None:
            waiting = await self._open(resident_id)
            raise DeletionNotFound if waiting is None else DeletionBegun
        cancelled: ErasureDocument = ErasureDocument.model_validate(raw)
        return cancelled

    async def certificates(self, viewer: Viewer) -> list[tuple[ErasureDocument, str]]:
        """Finished deletions that this account asked for, each with its signed certificate."""
        query = {"requested_by": viewer.account_id, "state": ErasureState.DONE.value}
        found = await ErasureDocument.find(query).sort("-at").limit(20).to_list()
        return [(each, self._certificate.text(each)) for each in found]

    async def reapply(self) -> int:
        """Erase again what a restored backup brought back; how many records that were.

        Whoever restores an older dump puts the newest ``erasures`` beside it (operations.md).
        """
        done = ErasureDocument.find({"state": ErasureState.DONE.value})
        again = 0
        async for each in done:
            alive = {"_id": each.resident_id, "wrapped": {"$ne": None}}
            if await DataKey.get_pymongo_collection().find_one(alive, {"_id": 1}) is None:
                continue
            log.warning("an erased record came back with a backup and is erased again")
            change = {
                "state": ErasureState.COOLING_OFF.value,
                "open": True,
                "available_at": self._core.clock.now(),
            }
            await _erasures().update_one({"_id": each.id}, {"$set": change})
            again += 1
        return again

    async def step(self) -> bool:
        """Bring one due deletion a step further; False when none is due."""
        job = await self._leases.claim(_DUE)
        if job is None:
            return False
        try:
            if job["state"] == ErasureState.COOLING_OFF:
                await self._destroy_key(job)
            await self._sweep(job)
        except LeaseLost:
            log.info("deletion taken over or cancelled")
        return True

    async def _destroy_key(self, job: Raw) -> None:
        resident_id = job["resident_id"]
        now = self._core.clock.now()
        own = Relation.find({"resident_id": resident_id, "kind": RelationKind.SELF.value})
        accounts = list({each.account_id async for each in own})

        async def work(session: Session) -> None:
            await self._leases.settle(
                job,
                available_at=job["available_at"],
                session=session,
                state=ErasureState.ERASING.value,
                own_accounts=accounts,
                key_destroyed_at=now,
            )
            # Before the key: the outbox takes nothing of somebody who is gone.
            await self._core.outbox.publish(
                session, ResidentErased(resident_id=PydanticObjectId(resident_id))
            )
            await self._core.keyring.destroy(resident_id, session)

        await self._core.store.transaction(work)
        await self._core.keyring.destroy(resident_id)  # drops this process's opened key
        job.update(state=ErasureState.ERASING.value, own_accounts=accounts, key_destroyed_at=now)

    async def _sweep(self, job: Raw) -> None:
        gone = await self._owned.delete(job["resident_id"])
        deleted = {
            name: job["deleted"].get(name, 0) + gone.get(name, 0)
            for name in sorted({*job["deleted"], *gone})
        }
        now = self._core.clock.now()
        if now < job["key_destroyed_at"] + SWEEP_AFTER:
            # A transaction that began before the key went may still commit: come again.
            await self._leases.settle(
                job,
                available_at=job["key_destroyed_at"] + SWEEP_AFTER,
                state=ErasureState.SWEEPING.value,
                deleted=deleted,
            )
            return
        if gone and job["state"] == ErasureState.SWEEPING:
            log.warning("late writes of an erased record were deleted", collections=sorted(gone))
        for account_id in job["own_accounts"]:
            await self._closing.close_unless_needed(account_id)
        done: Raw = {
            "state": ErasureState.DONE.value,
            "open": False,
            "deleted": deleted,
            "finished_at": now,
        }
        signature = self._certificate.sign({**job, **done})
        await self._leases.settle(job, available_at=now, **done, signature=signature)

    async def _open(self, resident_id: ObjectId) -> ErasureDocument | None:
        return await ErasureDocument.find_one({"resident_id": resident_id, "open": True})


def _erasures() -> Any:
    return ErasureDocument.get_pymongo_collection()
