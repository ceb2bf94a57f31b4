"""What measurements ask the archive about a person (``measurements.people.People``)."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Literal

from bson import ObjectId

from backend.archive.documents import EntryDocument
from backend.archive.entry import Entry, from_raw
from backend.archive.residents import Residents, born_on
from backend.archive.sections import ConditionBody, EntryStatus, PregnancyBody, Section
from backend.archive.sections.condition import ClinicalStatus, Verification
from backend.archive.sections.pregnancy import PregnancyStatus
from backend.archive.sections.profile import Sex
from backend.core.clock import Clock
from backend.core.keys import Keyring
from backend.measurements.thresholds import Person, condition_keys

_GONE = {ClinicalStatus.RESOLVED, ClinicalStatus.INACTIVE, ClinicalStatus.REMISSION}
# Post-term is from 42 weeks on (ICD-10 O48); beyond these the entry was forgotten.
_LONGEST_PREGNANCY = timedelta(weeks=44)
_LONGEST_OVERDUE = timedelta(weeks=4)
_SEX: dict[Sex, Literal["male", "female"]] = {Sex.MALE: "male", Sex.FEMALE: "female"}
_NOT_HIS = {Verification.REFUTED, Verification.ENTERED_IN_ERROR}


class ArchivePeople:
    """Persons as thresholds need them, from the profile and the coded entries."""

    def __init__(self, keyring: Keyring, residents: Residents, clock: Clock) -> None:
        self._keyring = keyring
        self._residents = residents
        self._clock = clock

    async def birth_date(self, resident_id: ObjectId) -> date | None:
        return await self._residents.birth_date(resident_id)

    async def person(self, resident_id: ObjectId) -> Person:
        resident, entries = await asyncio.gather(
            self._residents.load(resident_id), self._entries(resident_id)
        )
        profile = resident.profile
        codes = [
            (coding.system or "", coding.code or "")
            for entry in entries
            if isinstance(entry.body, ConditionBody) and condition_runs(entry.body)
            for coding in entry.body.codes
        ]
        return Person(
            birth_date=born_on(profile),
            sex=_SEX.get(profile.sex) if profile.sex else None,
            conditions=condition_keys(codes),
            pregnant=any(self._pregnant(entry) for entry in entries),
        )

    def _pregnant(self, entry: Entry) -> bool:
        body = entry.body
        if not isinstance(body, PregnancyBody):
            return False
        return pregnant_at(body, self._clock.now())

    async def _entries(self, resident_id: ObjectId) -> list[Entry]:
        key = await self._keyring.key(resident_id)
        found = EntryDocument.get_pymongo_collection().find(
            {
                "resident_id": resident_id,
                "section": {"$in": [Section.CONDITION.value, Section.PREGNANCY.value]},
                "status": EntryStatus.ACTIVE.value,
            }
        )
        return [from_raw(raw, key) async for raw in found]


def pregnant_at(body: PregnancyBody, now: datetime) -> bool:
    """Whether the pregnancy described goes on at ``now``, an end nobody entered included."""
    if body.status is not PregnancyStatus.PREGNANT or body.ended is not None:
        return False
    overdue = body.due is not None and body.due.start() + _LONGEST_OVERDUE < now
    too_long = body.lmp is not None and body.lmp.start() + _LONGEST_PREGNANCY < now
    return not overdue and not too_long


def condition_runs(body: ConditionBody) -> bool:
    ended = body.clinical_status in _GONE or body.abatement is not None
    return not ended and body.verification not in _NOT_HIS
