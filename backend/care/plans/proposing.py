"""What the archive gives reason for is proposed; what lost its reason goes.

Subscribers, and the weekly worker's eye for birthdays: told the same again they change nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.archive.added import added
from backend.archive.events import EntriesAdded, EntryChanged
from backend.care.plans.book import Book
from backend.care.plans.documents import Change, PlanDocument, PlanState
from backend.care.plans.events import PlanProposed
from backend.care.plans.facts import WHY, Archive
from backend.care.plans.fitting import Fit, fits, reasoned
from backend.care.plans.judging import said
from backend.care.plans.plan import Plan, mark, proposal, to_raw
from backend.care.plans.programme import Words, programme
from backend.care.plans.revising import Changed, Revising
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import OwnerKey
from backend.core.outbox import Event
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Kind
from backend.measurements.events import ReadingsRecorded

_RUNS = [PlanState.ACTIVE.value, PlanState.PAUSED.value]
_SIZES = [Kind.WEIGHT.value, Kind.HEIGHT.value]


class Proposing:
    def __init__(self, core: Core, book: Book, archive: Archive, revising: Revising) -> None:
        self._core = core
        self._book = book
        self._archive = archive
        self._revising = revising

    async def on_person(self, event: Event, _: ObjectId) -> None:
        """``ResidentRegistered``, ``ProfileChanged``."""
        await self.look(event.resident_id)

    async def on_entries(self, event: EntriesAdded, _: ObjectId) -> None:
        """Only a diagnosis or a pregnancy says something of a pathway."""
        if await added(event, WHY):
            await self.look(event.resident_id)

    async def on_entry(self, event: EntryChanged, _: ObjectId) -> None:
        """Also ends a plan whose own entry was marked as wrong."""
        await self.look(event.resident_id)
        await self._follow_entry(event.resident_id, event.entry_id)

    async def on_readings(self, event: ReadingsRecorded, _: ObjectId) -> None:
        """Only a weight or a height says something of a pathway."""
        query = {
            "resident_id": event.resident_id,
            "_id": {"$in": list(event.reading_ids)},
            "kind": {"$in": _SIZES},
        }
        readings: Any = ReadingDocument.get_pymongo_collection()
        if await readings.find_one(query, {"_id": 1}) is not None:
            await self.look(event.resident_id)

    async def look(self, resident_id: ObjectId) -> int:
        """Propose and take back as the archive says now; how many were proposed."""
        facts = await self._archive.facts(resident_id)
        found = fits(self._book.pathways, facts)
        key = await self._core.keyring.key(resident_id)
        known = await _known(resident_id)
        reasons = reasoned(self._book.pathways, facts)
        await self._take_back(resident_id, known, (frozenset(found), reasons), key)
        now = self._core.clock.now()
        new = [each for each in found.values() if _is_new(each, known, key, now)]
        for each in new:
            await self._propose(resident_id, each, key, now)
        return len(new)

    async def _propose(self, resident_id: ObjectId, fit: Fit, key: OwnerKey, now: datetime) -> None:
        plan = proposal(ObjectId(), resident_id, fit.pathway, fit.reason, fit.evidence, now)

        async def work(session: Session) -> None:
            await _plans().insert_one(to_raw(plan, key), session=session)
            event = PlanProposed(
                resident_id=PydanticObjectId(resident_id),
                plan_id=PydanticObjectId(plan.id),
                category=plan.category.value,
            )
            await self._core.outbox.publish(session, event)

        try:
            await self._core.store.transaction(work)
        except DuplicateKeyError:  # another worker was first
            return

    async def _take_back(
        self,
        resident_id: ObjectId,
        known: list[Raw],
        keys: tuple[frozenset[str], frozenset[str]],
        key: OwnerKey,
    ) -> None:
        """``keys``: of pathways that fit, and of those whose reason is there: a proposal has to
        fit, a plan that runs goes on while it has its reason."""
        wavering = {each.key for each in self._book.pathways if each.who.bmi}
        fitting, reasons, resting = (
            {bytes(key.token(mark(each))) for each in some} for some in (*keys, wavering)
        )
        for raw in known:
            token = bytes(raw["pathway"])
            if raw["state"] == PlanState.PROPOSED and token not in fitting:
                await self._withdraw(raw, rests=token in resting)
            elif raw["state"] in _RUNS and token not in reasons:
                await self._end(resident_id, raw["_id"], said("reason_gone"))

    async def _withdraw(self, raw: Raw, *, rests: bool) -> None:
        """``rests``: a weight at the edge of a class goes to and fro, and is not told of each
        time."""
        now = self._core.clock.now()
        fields: Raw = {"state": PlanState.WITHDRAWN.value, "open": False, "updated_at": now}
        if rests:
            fields["rests_until"] = now + timedelta(days=programme().limits.wavering_days)
        await _plans().update_one(
            {"resident_id": raw["resident_id"], "_id": raw["_id"], "version": raw["version"]},
            {"$set": fields, "$inc": {"version": 1}},
        )

    async def _end(self, resident_id: ObjectId, plan_id: ObjectId, why: Words) -> None:
        now = self._core.clock.now()

        async def ended(plan: Plan, _: Raw, session: Session) -> Changed | None:
            if plan.state.value not in _RUNS:
                return None
            after = replace(plan, state=PlanState.ENDED, ended_at=now)
            return Changed(after, Change.ENDED, why, {"open": False, "review_at": None})

        async def work(session: Session) -> None:
            await self._revising.change(resident_id, plan_id, ended, session)

        await self._core.store.transaction(work)

    async def _follow_entry(self, resident_id: ObjectId, entry_id: ObjectId) -> None:
        query = {"resident_id": resident_id, "entry_id": entry_id, "state": {"$in": _RUNS}}
        raw = await _plans().find_one(query, {"_id": 1})
        if raw is None:
            return
        entry = await self._core.store.db["entries"].find_one(
            {"resident_id": resident_id, "_id": entry_id}, {"status": 1}
        )
        if entry is not None and entry["status"] != "active":
            await self._end(resident_id, raw["_id"], said("entry_gone"))


def _is_new(fit: Fit, known: list[Raw], key: OwnerKey, now: datetime) -> bool:
    """Neither there already, nor declined or ended by somebody lately."""
    token = bytes(key.token(mark(fit.pathway.key)))
    return not any(
        bytes(raw["pathway"]) == token
        and (raw["open"] or (raw["rests_until"] is not None and raw["rests_until"] > now))
        for raw in known
    )


async def _known(resident_id: ObjectId) -> list[Raw]:
    found: list[Raw] = await _plans().find({"resident_id": resident_id}, {"box": 0}).to_list()
    return found


def _plans() -> Any:
    return PlanDocument.get_pymongo_collection()
