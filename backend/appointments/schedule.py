"""Schedules and slots as plain values, and what makes one fit to be published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bson import ObjectId

from backend.appointments.documents import SlotState
from backend.appointments.errors import ScheduleInvalid, SlotInvalid
from backend.appointments.services import ServiceKind, lead, limits
from backend.core.database import Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchedule:
    """``place`` is where to go, as residents read it. ``topics``: keys of the content library."""

    kind: ServiceKind
    title: str
    place: str
    note: str | None = None
    topics: tuple[str, ...] = ()

    def checked(self, known: frozenset[str]) -> NewSchedule:
        """Trimmed. Raises ``ScheduleInvalid``."""
        numbers, note = limits(), (self.note or "").strip()
        for field, text in (("title", self.title), ("place", self.place)):
            if not 1 <= len(text.strip()) <= numbers[field]:
                raise ScheduleInvalid(field=field)
        if len(note) > numbers["note"]:
            raise ScheduleInvalid(field="note")
        if len(self.topics) > numbers["topics"] or not set(self.topics) <= known:
            raise ScheduleInvalid(field="topics")
        return NewSchedule(
            kind=self.kind,
            title=self.title.strip(),
            place=self.place.strip(),
            note=note or None,
            topics=self.topics,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    id: ObjectId
    institution_id: ObjectId
    kind: ServiceKind
    title: str
    place: str
    note: str | None
    topics: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSlot:
    start: datetime
    end: datetime
    capacity: int = 1

    def checked(self, now: datetime) -> NewSlot:
        """In UTC. Raises ``SlotInvalid``: naive, past, too far, too short, too long."""
        numbers = limits()
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise SlotInvalid(field="start")
        horizon = now + timedelta(days=numbers["horizon_days"])
        if not now + lead() < self.start <= horizon:
            raise SlotInvalid(field="start")
        minutes = (self.end - self.start) / timedelta(minutes=1)
        if not numbers["shortest_minutes"] <= minutes <= numbers["longest_minutes"]:
            raise SlotInvalid(field="end")
        if not 1 <= self.capacity <= numbers["capacity"]:
            raise SlotInvalid(field="capacity")
        start, end = (_whole(each) for each in (self.start, self.end))
        return NewSlot(start=start, end=end, capacity=self.capacity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """``at`` is its place in lists: the start. ``left`` places can be booked."""

    id: ObjectId
    schedule: Schedule
    start: datetime
    end: datetime
    capacity: int
    left: int
    waiting: int
    state: SlotState

    @property
    def at(self) -> datetime:
        return self.start


def schedule_of(raw: Raw) -> Schedule:
    return Schedule(
        id=raw["_id"],
        institution_id=raw["institution_id"],
        kind=ServiceKind(raw["kind"]),
        title=raw["title"],
        place=raw["place"],
        note=raw["note"],
        topics=tuple(raw["topics"]),
        at=raw["at"],
    )


def slot_of(raw: Raw, schedule: Schedule) -> Slot:
    return Slot(
        id=raw["_id"],
        schedule=schedule,
        start=raw["start"],
        end=raw["end"],
        capacity=raw["capacity"],
        left=raw["left"],
        waiting=raw["waiting"],
        state=SlotState(raw["state"]),
    )


def slot_raw(new: NewSlot, schedule: Schedule, now: datetime, identity: str | None = None) -> Raw:
    """A new slot, all of it free."""
    return {
        "_id": ObjectId(),
        "schedule_id": schedule.id,
        "institution_id": schedule.institution_id,
        "kind": schedule.kind.value,
        "identity": identity or f"at:{new.start:%Y-%m-%dT%H:%MZ}",
        "start": new.start,
        "end": new.end,
        "capacity": new.capacity,
        "left": new.capacity,
        "waiting": 0,
        "state": SlotState.OPEN.value,
        "at": now,
    }


def _whole(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)
