"""From the store to inboxes, by any number of workers: each occurrence is told by one.

A batch is held by lease. What it does is one transaction: the occurrences, the inbox items they
are told by, and when the reminders fall due next. A worker that dies before it commits has done
nothing, and its lease brings the batch back; one that overslept its lease matches nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from beanie import PydanticObjectId
from bson import ObjectId
from pymongo import UpdateOne
from pymongo.errors import PyMongoError

from backend.access.consent.purpose import ConsentState
from backend.access.consent.states import ConsentStates
from backend.access.relations import Relation
from backend.care.reminders.documents import (
    OccurrenceDocument,
    OccurrenceState,
    ReminderDocument,
    ReminderState,
)
from backend.care.reminders.due import Fall, again, fall
from backend.care.reminders.events import OccurrenceMissed
from backend.care.reminders.limits import ReminderKind, limits
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.rounds import drained, rounds
from backend.identity.viewer import Viewer
from backend.notifications.claims import Claims
from backend.notifications.kinds import Urgency
from backend.notifications.recipients import Recipients
from backend.notifications.telling import Occasion, Telling

log = structlog.get_logger(__name__)

_SECONDS = 2.0
_ACTIVE = {"state": ReminderState.ACTIVE.value}


class _Overtaken(Exception):
    """Something of the batch was changed meanwhile: none of it is written."""


class ReminderWorker:
    def __init__(self, core: Core, telling: Telling, recipients: Recipients) -> None:
        self._core = core
        self._telling = telling
        self._recipients = recipients
        self._consents = ConsentStates()
        lease = timedelta(seconds=limits()["lease_seconds"])
        self._reminders = Claims(
            core.clock, _reminders, due="look_at", holder="leased_by", lease=lease
        )
        self._occurrences = Claims(
            core.clock, _occurrences, due="look_at", holder="leased_by", lease=lease
        )

    async def run(self) -> None:
        """Work until cancelled."""
        await rounds("reminders", self.drain, _SECONDS)

    async def drain(self) -> int:
        """Everything that is due now; how much that was."""
        return await drained(self.step)

    async def step(self) -> int:
        """A batch of reminders and one of open occurrences; how many they were."""
        name, raws = await self._reminders.take(_ACTIVE, limits()["batch"])
        if raws:
            await self._in_batch_or_alone(self._fall, name, raws)
        held, open_ones = await self._occurrences.take({}, limits()["batch"])
        if open_ones:
            await self._in_batch_or_alone(self._look, held, open_ones)
        return len(raws) + len(open_ones)

    async def _in_batch_or_alone(self, work: Any, name: str, raws: list[Raw]) -> None:
        """One that was changed meanwhile, or cannot be looked at, holds up no other."""
        try:
            await work(name, raws)
        except PyMongoError:  # the store is away
            raise
        except Exception:
            for each in raws:
                await self._alone(work, name, each)

    async def _alone(self, work: Any, name: str, raw: Raw) -> None:
        try:
            await work(name, [raw])
        except _Overtaken:
            log.info("reminder was changed while it fell due")
        except PyMongoError:
            raise
        except Exception as error:
            log.warning("reminder could not be looked at", error=type(error).__name__)

    async def _fall(self, name: str, raws: list[Raw]) -> None:
        now = self._core.clock.now()
        falls = [fall(each, now) for each in raws]
        residents = {each["resident_id"] for each in raws}
        consenting = await self._consenting(residents)
        relations = await self._recipients.relations(consenting)
        silent = [each for each in falls if each.reminder["resident_id"] not in consenting]
        spoken = [each for each in falls if each.reminder["resident_id"] in consenting]
        changes = [_moved_on(each, name, now) for each in falls]
        documents = [one for each in spoken for one in each.occurrences]
        occasions = [
            _due(each.told, self._recipients.own(relations.get(each.told["resident_id"], [])), 1)
            for each in spoken
            if each.told is not None
        ]

        async def work(session: Session) -> None:
            done = await _reminders().bulk_write(changes, ordered=False, session=session)
            if done.matched_count != len(changes):
                raise _Overtaken
            if documents:
                await _occurrences().insert_many(documents, ordered=False, session=session)
            await self._telling.tell(session, occasions)

        await self._core.store.transaction(work)
        if silent:
            log.info("reminders passed by without consent", count=len(silent))

    async def _look(self, name: str, raws: list[Raw]) -> None:
        now = self._core.clock.now()
        residents = {each["resident_id"] for each in raws}
        relations = await self._recipients.relations(await self._consenting(residents))
        changes, occasions, events = [], [], []
        for raw in raws:
            state, change = again(raw, now)
            changes.append(_update(raw, name, change))
            near = relations.get(raw["resident_id"], [])
            if state is OccurrenceState.MISSED:
                events.append(_missed(raw))
                occasions += self._to_family(raw, near)
            else:
                occasions.append(_due(raw, self._recipients.own(near), raw["told"] + 1))

        async def work(session: Session) -> None:
            done = await _occurrences().bulk_write(changes, ordered=False, session=session)
            if done.matched_count != len(changes):
                raise _Overtaken
            await self._telling.tell(session, occasions)
            await self._core.outbox.publish(session, *events)

        await self._core.store.transaction(work)

    def _to_family(self, raw: Raw, relations: Sequence[Relation]) -> list[Occasion]:
        if not raw["tell_family"]:
            return []
        category = ReminderKind(raw["kind"]).category
        own = set(self._recipients.own(relations))
        family = [each for each in self._recipients.alerted(relations, category) if each not in own]
        return [
            Occasion(
                key=f"missed:{raw['_id']}",
                resident_id=raw["resident_id"],
                accounts=family,
                text="reminder_missed",
                topic="missed",
                urgency=Urgency.ROUTINE,
                category=category,
                about=("ReminderOccurrence", raw["_id"]),
            )
        ]

    async def _consenting(self, resident_ids: set[ObjectId]) -> set[ObjectId]:
        """Whose record may be worked on; in one read. Nobody acts: the viewer only remembers."""
        memory = Viewer(account_id=ObjectId(), roles=frozenset())
        await self._consents.preload(memory, resident_ids)
        states = {each: await self._consents.health_data(memory, each) for each in resident_ids}
        return {each for each, state in states.items() if state is ConsentState.GIVEN}


def _moved_on(each: Fall, name: str, now: datetime) -> UpdateOne:
    """Only as it was claimed: the same time due, by nobody else."""
    raw = each.reminder
    place = {
        "resident_id": raw["resident_id"],
        "_id": raw["_id"],
        "leased_by": name,
        "version": raw["version"],
        **_ACTIVE,
    }
    fields: Raw = {"next_at": each.next_at, "look_at": each.next_at, "leased_by": None}
    if each.next_at is None:
        fields |= {"state": ReminderState.ENDED.value, "updated_at": now}
    return UpdateOne(place, {"$set": fields, "$inc": {"version": 1}})


def _update(raw: Raw, name: str, change: Raw) -> UpdateOne:
    place = {
        "resident_id": raw["resident_id"],
        "_id": raw["_id"],
        "leased_by": name,
        "version": raw["version"],
    }
    return UpdateOne(place, {"$set": {**change, "leased_by": None}, "$inc": {"version": 1}})


def _due(raw: Raw, accounts: list[ObjectId], told: int) -> Occasion:
    kind = ReminderKind(raw["kind"])
    return Occasion(
        key=f"reminder:{raw['_id']}:{told}",
        resident_id=raw["resident_id"],
        accounts=accounts,
        text=f"reminder_{kind.value}",
        topic="reminders",
        urgency=Urgency.ROUTINE,
        category=kind.category,
        about=("ReminderOccurrence", raw["_id"]),
        # The time was chosen with the reminder.
        wakes=True,
    )


def _missed(raw: Raw) -> OccurrenceMissed:
    return OccurrenceMissed(
        resident_id=PydanticObjectId(raw["resident_id"]),
        reminder_id=PydanticObjectId(raw["reminder_id"]),
        occurrence_id=PydanticObjectId(raw["_id"]),
        kind=raw["kind"],
    )


def _reminders() -> Any:
    return ReminderDocument.get_pymongo_collection()


def _occurrences() -> Any:
    return OccurrenceDocument.get_pymongo_collection()
