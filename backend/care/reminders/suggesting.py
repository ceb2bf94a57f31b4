"""Reminders that the record gives reason for: vaccination, re-check, and what a stopped medicine
or a reading settles. Each has a source, so that it is made once and stays ended if ended."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.archive.added import added
from backend.archive.documents import EntryDocument
from backend.archive.entry import Entry, from_raw
from backend.archive.events import EntriesAdded, EntryChanged
from backend.archive.residents import Residents
from backend.archive.sections import EntryStatus, ImmunizationBody, MedicationBody, Section
from backend.archive.sections.immunization import ImmunizationStatus
from backend.archive.sections.medication import MedicationStatus
from backend.care.reminders.documents import OccurrenceDocument, OccurrenceState
from backend.care.reminders.errors import OccurrenceSettled, ReminderChanged, ReminderNeverDue
from backend.care.reminders.limits import ReminderKind, rechecks, suggested_time, vaccines
from backend.care.reminders.occurrences import Occurrences
from backend.care.reminders.reminder import ReminderDraft
from backend.care.reminders.reminders import Reminders
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.outbox import Event
from backend.measurements.documents import ReadingDocument
from backend.measurements.events import ReadingsRecorded

_SERIES_LATE = timedelta(days=30)
"""A dose that was due longer ago is no longer a matter of a date: the clinic plans it anew."""
_SHOTS = (Section.IMMUNIZATION,)


class Confirmed(Protocol):
    """The reports' event, whose room is not known here."""

    resident_id: PydanticObjectId
    report_id: PydanticObjectId
    abnormal: tuple[PydanticObjectId, ...]


class Suggesting:
    """Subscribers; handed the same event again they change nothing."""

    def __init__(
        self, core: Core, residents: Residents, reminders: Reminders, occurrences: Occurrences
    ) -> None:
        self._core = core
        self._residents = residents
        self._reminders = reminders
        self._occurrences = occurrences

    async def on_person(self, event: Event, entry_id: ObjectId) -> None:
        """``ResidentRegistered``, ``ProfileChanged``, ``EntriesAdded``: vaccinations by age."""
        if isinstance(event, EntriesAdded) and not await added(event, _SHOTS):
            return
        born = await self._residents.birth_date(event.resident_id)
        if born is None:
            return
        given = await self._immunizations(event.resident_id)
        today = self._core.clock.now().astimezone(SHANGHAI).date()
        drafts = dict(vaccinations(born, given, today))
        await self._put(event.resident_id, drafts)

    async def on_report(self, event: Confirmed, entry_id: ObjectId) -> None:
        """A re-check of each abnormal item with a usual interval, counted from today."""
        query = {"resident_id": event.resident_id, "_id": {"$in": list(event.abnormal)}}
        found = await self._entries(event.resident_id, query)
        today = self._core.clock.now().astimezone(SHANGHAI).date()
        await self._put(event.resident_id, dict(_rechecks(found, event.report_id, today)))

    async def on_entry(self, event: EntryChanged, entry_id: ObjectId) -> None:
        """A medicine that is no longer taken is not reminded of."""
        query = {"resident_id": event.resident_id, "_id": event.entry_id}
        for entry in await self._entries(event.resident_id, query):
            if isinstance(entry.body, MedicationBody) and not _taken(entry):
                await self._withdraw(event.resident_id, str(event.entry_id))

    async def on_readings(self, event: ReadingsRecorded, entry_id: ObjectId) -> None:
        """What was to be measured was measured."""
        due = await self._occurrences.open_measures(event.resident_id)
        if not due:
            return
        query = {
            "resident_id": event.resident_id,
            "_id": {"$in": list(event.reading_ids)},
            "kind": {"$in": sorted({each.subject for each in due if each.subject})},
        }
        rows = ReadingDocument.get_pymongo_collection().find(
            query, {"kind": 1, "at": 1, "recorded_by": 1}
        )
        readings = await rows.to_list()
        for each in due:
            raw = next((one for one in readings if _answers(one, each)), None)
            if raw is None:
                continue
            by = (raw.get("recorded_by") or {}).get("account_id") or event.resident_id
            # Somebody answered it themselves, or it is long over.
            with suppress(ReminderChanged, OccurrenceSettled):
                await self._occurrences.settle(each, OccurrenceState.TAKEN, by=by)

    async def _put(self, resident_id: ObjectId, drafts: dict[str, ReminderDraft]) -> None:
        async def work(session: Session) -> None:
            for source, draft in drafts.items():
                try:
                    await self._reminders.put(resident_id, draft, source=source, session=session)
                except ReminderNeverDue:
                    continue

        if drafts:
            try:
                await self._core.store.transaction(work)
            except DuplicateKeyError:  # another worker made them
                await self._core.store.transaction(work)

    async def _withdraw(self, resident_id: ObjectId, subject: str) -> None:
        async def work(session: Session) -> int:
            return await self._reminders.withdraw_subject(
                resident_id, ReminderKind.MEDICATION, subject, session=session
            )

        await self._core.store.transaction(work)

    async def _immunizations(self, resident_id: ObjectId) -> list[ImmunizationBody]:
        query = {
            "resident_id": resident_id,
            "section": Section.IMMUNIZATION.value,
            "status": EntryStatus.ACTIVE.value,
        }
        found = await self._entries(resident_id, query)
        return [each.body for each in found if isinstance(each.body, ImmunizationBody)]

    async def _entries(self, resident_id: ObjectId, query: Raw) -> list[Entry]:
        collection: Any = EntryDocument.get_pymongo_collection()
        raws = await collection.find(query).to_list()
        if not raws:
            return []
        key = await self._core.keyring.key(resident_id)
        return [from_raw(each, key) for each in raws]


def _answers(raw: Raw, due: OccurrenceDocument) -> bool:
    """Whether the reading is the one that was asked for: from an hour before until missed."""
    early = due.due_at - timedelta(hours=1)
    return bool(raw["kind"] == due.subject and early <= raw["at"] < due.missed_at)


def vaccinations(
    born: date, given: list[ImmunizationBody], today: date
) -> Iterator[tuple[str, ReminderDraft]]:
    """By source: doses of childhood still to come, seasonal ones and those of age. Pure."""
    done = [each for each in given if each.status is ImmunizationStatus.COMPLETED]
    table = vaccines()
    if today < _years(born, table["child"]["until_years"]):
        for series in table["child"]["series"]:
            yield from _doses(series, born, _count(done, series["words"]), today)
    for each in table["season"]:
        begins = max(_years(born, each["from_years"]), today)
        # The first season after the age is reached; once given in the year, the next year's.
        day = date(begins.year, each["month"], each["day"])
        in_year = [one for one in done if _given_on(one) and _given_on(one).year == day.year]  # type: ignore[union-attr]
        if day < begins or _count(in_year, each["words"]):
            day = date(day.year + 1, each["month"], each["day"])
        rule = f"FREQ=YEARLY;BYMONTH={each['month']};BYMONTHDAY={each['day']}"
        if (day - today).days < 3_600:
            yield f"vaccine:{each['key']}", _vaccination(each, day, rule)
    for each in table["once"]:
        due = max(_years(born, each["from_years"]), today + timedelta(days=1))
        if not _count(done, each["words"]) and (due - today).days < 3_600:
            yield f"vaccine:{each['key']}", _vaccination(each, due)


def _doses(
    series: dict[str, Any], born: date, given: int, today: date
) -> Iterator[tuple[str, ReminderDraft]]:
    for number, months in enumerate(series["months"], start=1):
        due = _months(born, months)
        if number <= given or due < today - _SERIES_LATE:
            continue
        day = max(due, today + timedelta(days=1))
        yield f"vaccine:{series['key']}:{number}", _vaccination(series, day, number=number)


def _vaccination(
    each: dict[str, Any], day: date, rule: str | None = None, *, number: int | None = None
) -> ReminderDraft:
    dose = f"（第 {number} 剂）" if number else ""
    return ReminderDraft(
        kind=ReminderKind.VACCINATION,
        title=f"{each['zh']}{dose}",
        times=(suggested_time(),),
        start=day,
        rule=rule,
        subject=each["key"],
    )


def _rechecks(
    entries: list[Entry], report_id: ObjectId, today: date
) -> Iterator[tuple[str, ReminderDraft]]:
    codes = {coding.code for each in entries for coding in each.body.codes if coding.code}
    for each in rechecks():
        found = codes & set(each["loinc"])
        if found:
            yield (
                f"recheck:{each['loinc'][0]}:{report_id}",
                ReminderDraft(
                    kind=ReminderKind.RECHECK,
                    title=each["zh"],
                    times=(suggested_time(),),
                    start=today + timedelta(days=each["days"]),
                    subject=sorted(found)[0],
                ),
            )


def _taken(entry: Entry) -> bool:
    assert isinstance(entry.body, MedicationBody)
    running = (MedicationStatus.ACTIVE, MedicationStatus.UNKNOWN)
    return entry.status is EntryStatus.ACTIVE and entry.body.status in running


def _count(given: list[ImmunizationBody], words: list[str]) -> int:
    names = [(each.vaccine.label or "").lower() for each in given]
    return sum(1 for name in names if any(word in name for word in words))


def _given_on(each: ImmunizationBody) -> date | None:
    when: datetime | None = each.given.start() if each.given else None
    return when.astimezone(SHANGHAI).date() if when else None


def _months(born: date, months: int) -> date:
    year, month = divmod(born.year * 12 + born.month - 1 + months, 12)
    return date(year, month + 1, min(born.day, monthrange(year, month + 1)[1]))


def _years(born: date, years: int) -> date:
    return _months(born, years * 12)
