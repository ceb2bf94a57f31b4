"""A reminder as the rest of the program sees it, and its way into and out of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from beanie import PydanticObjectId
from bson import ObjectId

from backend.care.reminders.documents import ReminderDocument, ReminderState, Stock
from backend.care.reminders.errors import ReminderInvalid, ReminderNeverDue
from backend.care.reminders.limits import ReminderKind, limits
from backend.care.reminders.recurrence import Recurrence, checked_rule, checked_zone
from backend.core.clock import SHANGHAI
from backend.core.database import Raw
from backend.core.keys import OwnerKey

_MOST_STOCK = 100_000
_OLDEST = timedelta(days=366)
_FARTHEST = timedelta(days=366 * 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDraft:
    """``left`` and ``per_dose`` in one unit (tablets, say); warned ``warn_days`` ahead."""

    left: float
    per_dose: float = 1.0
    warn_days: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDraft:
    """What somebody, or another room, wants to be reminded of.

    ``times`` are wall times in ``zone`` (IANA), ``rule`` an RFC 5545 RRULE that says on which days
    (None: on ``start`` only). ``subject``: the kind of measurement, the medication's entry id, a
    LOINC code or a vaccine's key. ``missed_after``: when an unanswered one is missed; None takes
    the kind's own. ``tell_family``: whether those who receive alerts hear of missed ones.
    """

    kind: ReminderKind
    title: str
    times: tuple[time, ...]
    start: date
    rule: str | None = None
    zone: str = SHANGHAI.key
    note: str | None = None
    subject: str | None = None
    missed_after: timedelta | None = None
    tell_family: bool = False
    stock: StockDraft | None = None

    def checked(self, now: datetime) -> ReminderDraft:
        """Raises ``ReminderInvalid``, ``ReminderRuleInvalid``."""
        numbers = limits()
        _require(1 <= len(self.title.strip()) <= numbers["title"], "title")
        _require(len(self.note or "") <= numbers["note"], "note")
        _require(1 <= len(set(self.times)) <= numbers["times"], "times")
        _require(all(each.tzinfo is None for each in self.times), "times")
        _require(len(self.subject or "") <= numbers["title"], "subject")
        today = now.astimezone(SHANGHAI).date()
        _require(today - _OLDEST <= self.start <= today + _FARTHEST, "start")
        if self.missed_after is not None:
            _require(timedelta(minutes=5) <= self.missed_after <= timedelta(days=90), "missed")
        if self.stock is not None:
            _check_stock(self.stock)
            _require(self.kind is ReminderKind.MEDICATION, "stock")
        return ReminderDraft(
            kind=self.kind,
            title=self.title.strip(),
            times=tuple(sorted({each.replace(second=0, microsecond=0) for each in self.times})),
            start=self.start,
            rule=checked_rule(self.rule) if self.rule is not None else None,
            zone=checked_zone(self.zone),
            note=self.note,
            subject=self.subject,
            missed_after=self.missed_after,
            tell_family=self.tell_family,
            stock=self.stock,
        )

    @property
    def recurrence(self) -> Recurrence:
        return Recurrence(start=self.start, times=self.times, zone=self.zone, rule=self.rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    id: ObjectId
    resident_id: ObjectId
    draft: ReminderDraft
    state: ReminderState
    stock: Stock | None
    next_at: datetime | None
    source: str | None
    created_by: ObjectId | None
    at: datetime
    version: int


def to_raw(
    draft: ReminderDraft,
    *,
    resident_id: ObjectId,
    key: OwnerKey,
    now: datetime,
    created_by: ObjectId | None = None,
    source: str | None = None,
) -> Raw:
    """The document of a new reminder. Raises ``ReminderNeverDue``."""
    new_id = ObjectId()
    document = ReminderDocument(
        id=PydanticObjectId(new_id),
        resident_id=PydanticObjectId(resident_id),
        words=b"",
        source=source,
        created_by=None if created_by is None else PydanticObjectId(created_by),
        created_at=now,
        updated_at=now,
        **content(draft, new_id, key, now),
    )
    raw = document.to_raw()
    return {**raw, "words": sealed(draft, new_id, key)}


def content(draft: ReminderDraft, reminder_id: ObjectId, key: OwnerKey, now: datetime) -> Raw:
    """The fields that the draft says, words apart. Raises ``ReminderNeverDue``."""
    next_at = draft.recurrence.next_after(now)
    if next_at is None:
        raise ReminderNeverDue
    missed = draft.missed_after or draft.kind.missed_after
    stock = draft.stock
    return {
        "kind": draft.kind.value,
        "subject": draft.subject,
        "rule": draft.rule,
        "start": draft.start.isoformat(),
        "times": [each.isoformat("minutes") for each in draft.times],
        "zone": draft.zone,
        "missed_minutes": missed // timedelta(minutes=1),
        "tell_family": draft.tell_family,
        "stock": None
        if stock is None
        else {"left": stock.left, "per_dose": stock.per_dose, "warn_days": stock.warn_days},
        "next_at": next_at,
        "look_at": next_at,
    }


def sealed(draft: ReminderDraft, reminder_id: ObjectId, key: OwnerKey) -> bytes:
    return key.seal_json({"title": draft.title, "note": draft.note}, _place(reminder_id))


def from_raw(raw: Raw, key: OwnerKey) -> Reminder:
    document = ReminderDocument.model_validate(raw)
    words = key.open_json(document.words, _place(document.id))
    stock = document.stock
    draft = ReminderDraft(
        kind=document.kind,
        title=words["title"],
        note=words["note"],
        times=tuple(map(time.fromisoformat, document.times)),
        start=date.fromisoformat(document.start),
        rule=document.rule,
        zone=document.zone,
        subject=document.subject,
        missed_after=timedelta(minutes=document.missed_minutes),
        tell_family=document.tell_family,
        stock=StockDraft(left=stock.left, per_dose=stock.per_dose, warn_days=stock.warn_days)
        if stock
        else None,
    )
    return Reminder(
        id=document.id,
        resident_id=document.resident_id,
        draft=draft,
        state=document.state,
        stock=stock,
        next_at=document.next_at,
        source=document.source,
        created_by=document.created_by,
        at=document.created_at.astimezone(UTC),
        version=document.version,
    )


def recurrence_of(raw: Raw) -> Recurrence:
    """Of a stored reminder, without opening its words."""
    return Recurrence(
        start=date.fromisoformat(raw["start"]),
        times=tuple(map(time.fromisoformat, raw["times"])),
        zone=raw["zone"],
        rule=raw["rule"],
    )


def _check_stock(stock: StockDraft) -> None:
    _require(0 <= stock.left <= _MOST_STOCK, "stock.left")
    _require(0 < stock.per_dose <= _MOST_STOCK, "stock.perDose")
    _require(1 <= stock.warn_days <= 60, "stock.warnDays")


def _require(good: bool, field: str) -> None:
    if not good:
        raise ReminderInvalid(field=field)


def _place(reminder_id: ObjectId) -> str:
    return f"reminders:{reminder_id}:words"
