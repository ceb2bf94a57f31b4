"""What falls due: pure decisions about a reminder and an occurrence at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from beanie import PydanticObjectId

from backend.care.reminders.documents import OccurrenceDocument, OccurrenceState
from backend.care.reminders.limits import ReminderKind, limits
from backend.care.reminders.reminder import recurrence_of
from backend.core.database import Raw


@dataclass(frozen=True, slots=True)
class Fall:
    """A reminder's occurrences up to now, and when it falls due next."""

    reminder: Raw
    occurrences: tuple[OccurrenceDocument, ...]
    next_at: datetime | None

    @property
    def told(self) -> OccurrenceDocument | None:
        last = self.occurrences[-1] if self.occurrences else None
        return last if last is not None and last.told else None


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
    untold = tuple(_untold(each) for each in before)
    return Fall(raw, (*untold, last), next_at)


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


def _occurrence(raw: Raw, due: datetime, now: datetime) -> OccurrenceDocument:
    kind = ReminderKind(raw["kind"])
    missed = due + timedelta(minutes=raw["missed_minutes"])
    late = now - due > kind.late
    document = OccurrenceDocument(
        resident_id=PydanticObjectId(raw["resident_id"]),
        reminder_id=PydanticObjectId(raw["_id"]),
        kind=kind,
        subject=raw["subject"],
        due_at=due,
        missed_at=max(missed, now + timedelta(minutes=1)),
        state=OccurrenceState.DUE,
        told=1,
        tell_family=raw["tell_family"],
        look_at=max(missed, now + timedelta(minutes=1)),
    )
    return _untold(document) if late else document


def _untold(document: OccurrenceDocument) -> OccurrenceDocument:
    change = {"state": OccurrenceState.UNTOLD, "told": 0, "look_at": None}
    after: OccurrenceDocument = document.model_copy(update=change)
    return after
