"""The jobs of reading: claimed by lease by any number of workers, told step by step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from backend.core.clock import Clock
from backend.core.database import Raw, Session
from backend.reports.documents import JobState, ReportJob, Step
from backend.reports.limits import LEASE_SECONDS

LEASE = timedelta(seconds=LEASE_SECONDS)
_BACKOFF = timedelta(seconds=2)


class Queue:
    """One worker's side of the collection ``report_jobs``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._name = str(ObjectId())

    async def claim(self) -> Raw | None:
        """The job that is due longest, leased to this worker; None where none is due."""
        now = self._clock.now()
        # An expired lease reads as available_at in the past: its worker died.
        return await ReportJob.get_pymongo_collection().find_one_and_update(
            {"state": {"$in": _OPEN}, "available_at": {"$lte": now}},
            {
                "$set": {
                    "state": JobState.LEASED.value,
                    "leased_by": self._name,
                    "available_at": now + LEASE,
                    "updated_at": now,
                },
                "$inc": {"attempts": 1},
            },
            sort=[("available_at", 1)],
            return_document=ReturnDocument.AFTER,
        )

    async def renew(self, job: Raw) -> bool:
        """Keep the lease; False where it is no longer this worker's."""
        return await self._update(job, {"$set": {"available_at": self._clock.now() + LEASE}})

    async def tell(self, job: Raw, step: Step, page: int | None = None) -> bool:
        """Note a step; whoever listens hears of it. False where the job is another's now."""
        now = self._clock.now()
        told = {"step": step.value, "page": page, "at": now}
        change = {
            "$push": {"steps": told},
            "$set": {"available_at": now + LEASE, "updated_at": now},
        }
        return await self._update(job, change)

    async def begin(self, job: Raw) -> bool:
        """A new run tells its steps from the start."""
        first = {"step": Step.RECEIVED.value, "page": None, "at": self._clock.now()}
        return await self._update(job, {"$set": {"steps": [first]}})

    async def again(self, job: Raw, failure: Raw) -> bool:
        """Give the job back, to be tried once more a little later."""
        now = self._clock.now()
        change = {
            "state": JobState.PENDING.value,
            "leased_by": None,
            "available_at": now + _BACKOFF * job["attempts"],
            "failure": failure,
            "updated_at": now,
        }
        return await self._update(job, {"$set": change})

    async def settle(
        self, job: Raw, state: JobState, failure: Raw | None, session: Session
    ) -> bool:
        """End the job in the transaction of its outcome; False where it is another's now."""
        now = self._clock.now()
        change: dict[str, Any] = {
            "$set": {
                "state": state.value,
                "leased_by": None,
                "failure": failure,
                "updated_at": now,
            }
        }
        if state is JobState.DONE:
            ready = {"step": Step.READY.value, "page": None, "at": now}
            change["$push"] = {"steps": ready}
        return await self._update(job, change, session)

    async def _update(self, job: Raw, change: Raw, session: Session | None = None) -> bool:
        # Only while lease and round are ours: pages added meanwhile made another round.
        result = await ReportJob.get_pymongo_collection().update_one(
            {
                "_id": job["_id"],
                "resident_id": job["resident_id"],
                "leased_by": self._name,
                "round": job["round"],
                "attempts": job["attempts"],
            },
            change,
            session=session,
        )
        return bool(result.matched_count)


_OPEN = [JobState.PENDING.value, JobState.LEASED.value]
