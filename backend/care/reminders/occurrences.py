"""What became of each time a reminder fell due: taken, skipped, later, and the share taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Action
from backend.access.service import NOTHING, Access
from backend.care.reminders.documents import OccurrenceDocument, OccurrenceState
from backend.care.reminders.errors import (
    OccurrenceSettled,
    ReminderChanged,
    ReminderNotFound,
    ReminderSnoozeInvalid,
)
from backend.care.reminders.events import OccurrenceAnswered
from backend.care.reminders.limits import ReminderKind, limits
from backend.care.reminders.reminders import Reminders
from backend.care.reminders.stock import Stocks
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from backend.notifications.telling import Telling

_OPEN = (OccurrenceState.DUE, OccurrenceState.LATER)
_ANSWERS = {OccurrenceState.TAKEN, OccurrenceState.SKIPPED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence:
    """Of the occurrences that were told and are over: how many were taken. ``percent`` is None
    where there is none."""

    since: datetime
    taken: int
    skipped: int
    missed: int

    @property
    def percent(self) -> int | None:
        total = self.taken + self.skipped + self.missed
        return (200 * self.taken + total) // (2 * total) if total else None


class Occurrences:
    def __init__(
        self,
        core: Core,
        access: Access,
        reminders: Reminders,
        telling: Telling,
        stocks: Stocks,
    ) -> None:
        self._core = core
        self._access = access
        self._reminders = reminders
        self._telling = telling
        self._stocks = stocks

    async def page(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        *,
        first: int,
        after: Cursor | None = None,
        open_only: bool = False,
    ) -> Page[OccurrenceDocument]:
        """Of granted kinds, newest first. Raises ``AccessDenied``."""
        size = page_size(first)
        kinds = await self._reminders.granted(viewer, resident_id)
        query: Raw = {"resident_id": resident_id, "kind": {"$in": kinds}}
        if open_only:
            query["state"] = {"$in": [each.value for each in _OPEN]}
        if after is not None:
            query["$and"] = [after.older_than("due_at")]
        rows = OccurrenceDocument.find(query).sort("-due_at", "-_id").limit(size + 1)
        return Page.of(await rows.to_list(), size)

    async def get(
        self, viewer: Viewer, resident_id: ObjectId, occurrence_id: ObjectId
    ) -> OccurrenceDocument:
        """Raises ``AccessDenied``, ``ReminderNotFound``."""
        found = await self._found(viewer, resident_id, occurrence_id)
        await self._access.require(viewer, resident_id, found.kind.category)
        return found

    async def answer(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        occurrence_id: ObjectId,
        state: OccurrenceState,
    ) -> OccurrenceDocument:
        """``TAKEN`` or ``SKIPPED``, also when it was missed, and once more to correct it; the same
        again changes nothing. Raises ``AccessDenied``, ``ReminderNotFound``,
        ``OccurrenceSettled``, ``ReminderChanged``.
        """
        assert state in _ANSWERS
        before = await self._found(viewer, resident_id, occurrence_id)
        await self._access.require(viewer, resident_id, before.kind.category, Action.RECORD)
        return await self.settle(before, state, by=viewer.account_id)

    async def settle(
        self, before: OccurrenceDocument, state: OccurrenceState, *, by: ObjectId
    ) -> OccurrenceDocument:
        """``answer`` for who asked the policy otherwise (a reading that was recorded)."""
        if before.state is state:
            return before
        now = self._core.clock.now()
        if now > before.due_at + timedelta(days=limits()["answer_days"]) and now > before.missed_at:
            raise OccurrenceSettled
        change: Raw = {
            "state": state.value,
            "answered_at": now,
            "answered_by": by,
            "look_at": None,
            "leased_by": None,
        }

        async def work(session: Session) -> OccurrenceDocument:
            after = await _moved(before, change, session)
            await self._stocks.count(before, state, session)
            await self._telling.over(session, before.resident_id, _about(before.id))
            await self._core.outbox.publish(session, _answered(before, state))
            return after

        return await self._core.store.transaction(work)

    async def later(
        self, viewer: Viewer, resident_id: ObjectId, occurrence_id: ObjectId, minutes: int
    ) -> OccurrenceDocument:
        """Told again after some minutes, and missed only after that. Raises as ``answer``, and
        ``ReminderSnoozeInvalid``."""
        before = await self._found(viewer, resident_id, occurrence_id)
        await self._access.require(viewer, resident_id, before.kind.category, Action.RECORD)
        numbers = limits()
        shortest, longest = numbers["shortest_snooze_minutes"], numbers["longest_snooze_minutes"]
        if not shortest <= minutes <= longest:
            raise ReminderSnoozeInvalid(shortest=shortest, longest=longest)
        if before.state not in _OPEN:
            raise OccurrenceSettled
        until = self._core.clock.now() + timedelta(minutes=minutes)
        change: Raw = {
            "state": OccurrenceState.LATER.value,
            "later_until": until,
            "look_at": until,
            "leased_by": None,
            "missed_at": max(before.missed_at, until + (before.missed_at - before.due_at)),
        }

        async def work(session: Session) -> OccurrenceDocument:
            after = await _moved(before, change, session)
            await self._telling.over(session, before.resident_id, _about(before.id))
            return after

        return await self._core.store.transaction(work)

    async def adherence(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        *,
        reminder_id: ObjectId | None = None,
        kind: ReminderKind = ReminderKind.MEDICATION,
        days: int = 30,
    ) -> Adherence:
        """Of one reminder, or of all of a kind, over the last days (1 to 366).

        Raises ``AccessDenied``, ``ReminderNotFound``.
        """
        if reminder_id is not None:
            kind = (await self._reminders.get(viewer, resident_id, reminder_id)).draft.kind
        await self._access.require(viewer, resident_id, kind.category)
        since = self._core.clock.now() - timedelta(days=max(1, min(days, 366)))
        match: Raw = {
            "resident_id": resident_id,
            "due_at": {"$gte": since},
            "kind": kind.value,
            "told": {"$gte": 1},
        }
        if reminder_id is not None:
            match["reminder_id"] = reminder_id
        stages = [{"$match": match}, {"$group": {"_id": "$state", "count": {"$sum": 1}}}]
        cursor = await _occurrences().aggregate(stages)
        counts = {raw["_id"]: raw["count"] async for raw in cursor}
        return Adherence(
            since=since,
            taken=counts.get(OccurrenceState.TAKEN, 0),
            skipped=counts.get(OccurrenceState.SKIPPED, 0),
            missed=counts.get(OccurrenceState.MISSED, 0),
        )

    async def open_measures(self, resident_id: ObjectId) -> list[OccurrenceDocument]:
        """Measurements that are due: a few, however many readings come."""
        query = {
            "resident_id": resident_id,
            "kind": ReminderKind.MEASURE.value,
            "state": {"$in": [each.value for each in _OPEN]},
        }
        return await OccurrenceDocument.find(query).to_list()

    async def _found(
        self, viewer: Viewer, resident_id: ObjectId, occurrence_id: ObjectId
    ) -> OccurrenceDocument:
        await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        found = await OccurrenceDocument.find_one(
            {"resident_id": resident_id, "_id": occurrence_id}
        )
        if found is None:
            raise ReminderNotFound
        return found


async def _moved(before: OccurrenceDocument, change: Raw, session: Session) -> OccurrenceDocument:
    """Raises ``ReminderChanged`` where the worker or somebody else was first."""
    raw = await _occurrences().find_one_and_update(
        {"resident_id": before.resident_id, "_id": before.id, "version": before.version},
        {"$set": change, "$inc": {"version": 1}},
        return_document=True,
        session=session,
    )
    if raw is None:
        raise ReminderChanged
    after: OccurrenceDocument = OccurrenceDocument.model_validate(raw)
    return after


def _about(occurrence_id: ObjectId) -> tuple[str, ObjectId]:
    return "ReminderOccurrence", occurrence_id


def _answered(before: OccurrenceDocument, state: OccurrenceState) -> OccurrenceAnswered:
    return OccurrenceAnswered(
        resident_id=before.resident_id,
        reminder_id=before.reminder_id,
        occurrence_id=PydanticObjectId(before.id),
        kind=before.kind.value,
        state=state.value,
    )


def _occurrences() -> Any:
    return OccurrenceDocument.get_pymongo_collection()
