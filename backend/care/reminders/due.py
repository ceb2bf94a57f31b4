"""What falls due: pure decisions about a reminder and an occurrence at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import ObjectId

from backend.care.reminders.documents import OccurrenceState
from backend.care.reminders.limits import ReminderKind, limits
from backend.care.reminders.reminder import recurrence_of
from backend.core.database import Raw


@dataclass(frozen=True, slots=True)
class Fall:
    """A reminder's occurrences up to now, and when it falls due next."""

    reminder: Raw
    occurrences: tuple[Raw, ...]
    next_at: datetime | None

    @property
    def told(self) -> Raw | None:
        last = self.occurrences[-1] if self.occurrences else None
        return last if last is not None and last["told"] else None


def fall(raw: Raw, now: datetime) -> Fall:
    """Whatever the clock did: each time once, told only where it is still worth it."""
    times = [raw["next_at"]]
    next_at: datetime | None = None
    for each in recurrence_of(raw).after(raw["next_at"]):
        if each > now:
            next_at = each
            break
        times.append(each)
    kept = times[-(limits()["untold"] + 1) :]
    *before, last = [_occurrence(raw, each, now) for each in kept]
    return Fall(raw, (*({**each, **_UNTOLD} for each in before), last), next_at)


def again(raw: Raw, now: datetime) -> tuple[OccurrenceState, Raw]:
    """What becomes of an open occurrence that a worker looks at: told again, or missed."""
    if now >= raw["missed_at"]:
        return OccurrenceState.MISSED, {"state": OccurrenceState.MISSED.value, "look_at": None}
    change = {
        "state": OccurrenceState.DUE.value,
        "look_at": raw["missed_at"],
        "told": raw["told"] + 1,
    }
    return OccurrenceState.DUE, change


def _occurrence(raw: Raw, due: datetime, now: datetime) -> Raw:
    # By hand: the model's encoder would be half the work of a minute with many.
    late = now - due > ReminderKind(raw["kind"]).late
    missed = max(due + timedelta(minutes=raw["missed_minutes"]), now + timedelta(minutes=1))
    return {
        "_id": ObjectId(),
        "resident_id": raw["resident_id"],
        "reminder_id": raw["_id"],
        "kind": raw["kind"],
        "subject": raw["subject"],
        "due_at": due,
        "missed_at": missed,
        "state": OccurrenceState.DUE.value,
        "told": 1,
        "tell_family": raw["tell_family"],
        "later_until": None,
        "look_at": missed,
        "leased_by": None,
        "answered_at": None,
        "answered_by": None,
        "version": 1,
        **(_UNTOLD if late else {}),
    }


_UNTOLD: Raw = {"state": OccurrenceState.UNTOLD.value, "told": 0, "look_at": None}
