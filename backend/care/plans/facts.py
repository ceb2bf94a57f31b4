"""What the archive and the readings say of a person: whom plans suit, what was last done when.

Whoever calls asked the policy, or acts for the program.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from backend.access.categories import ALL_CATEGORIES, Category
from backend.archive.documents import EntryDocument
from backend.archive.entries import SHOWN
from backend.archive.entry import Entry, from_raw
from backend.archive.people import condition_runs, pregnant_at
from backend.archive.residents import Residents, born_on
from backend.archive.sections import ConditionBody, EntryStatus, PregnancyBody, Section
from backend.care.plans.fitting import Facts, Known
from backend.care.plans.pathway import Check
from backend.care.plans.plan import local_day
from backend.care.plans.programme import Words, programme
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw
from backend.measurements.documents import ReadingDocument, State
from backend.measurements.draft import Kind
from backend.measurements.thresholds import Person, age_in_months, classify_bmi

WHY = (Section.CONDITION, Section.PREGNANCY)
CHECKED = (
    Section.OBSERVATION,
    Section.PROCEDURE,
    Section.REPORT,
    Section.DOCUMENT,
    Section.QUESTIONNAIRE,
)
_MOST = 1000
_LOINC = "loinc.org"
_CM_A_METRE = 100


@dataclass(frozen=True, slots=True)
class Named:
    """An entry of a check: its codes, its words, its day."""

    loinc: frozenset[str]
    label: str
    day: date


@dataclass(frozen=True, slots=True)
class Past:
    """What was done when: checks of the archive, visits, questionnaires by key; ``results``: the
    observations among the checks, newest first."""

    entries: tuple[Named, ...] = ()
    results: tuple[Entry, ...] = ()
    visited: date | None = None
    filled: Mapping[str, date] = field(default_factory=dict)

    def checked(self, check: Check) -> date | None:
        """The day of the last one."""
        days = [each.day for each in self.entries if _is(check, each)]
        return max(days, default=None)


class Archive:
    def __init__(self, core: Core, residents: Residents) -> None:
        self._core = core
        self._residents = residents

    async def facts(self, resident_id: ObjectId) -> Facts:
        """For proposals and for whether a plan still has its reason."""
        resident, entries, measured = await asyncio.gather(
            self._residents.load(resident_id),
            self._entries(resident_id, WHY),
            sizes(resident_id),
        )
        born = born_on(resident.profile)
        known, now = self._running(entries), self._core.clock.now()
        person = Person(birth_date=born, pregnant=any(each.pregnancy for each in known))
        return Facts(
            age=None if born is None else age_in_months(born, local_day(now)) // 12,
            pregnant=person.pregnant,
            conditions=known,
            bmi=_bmi_class(measured, person, now),
            born=born,
        )

    async def past(
        self, resident_id: ObjectId, granted: Collection[Category] = ALL_CATEGORIES
    ) -> Past:
        """Of the granted categories."""
        since = self._core.clock.now() - timedelta(days=programme().limits.longest_interval)
        entries, visited, filled = await asyncio.gather(
            self._entries(resident_id, CHECKED[:-1], granted, since),
            self._visited(resident_id),
            self._filled(resident_id, granted),
        )
        return Past(
            entries=tuple(_named(each) for each in entries),
            results=tuple(each for each in entries if each.section is Section.OBSERVATION),
            visited=visited,
            filled=filled,
        )

    async def known(self, resident_id: ObjectId) -> list[Known]:
        """Running diagnoses and pregnancies."""
        return self._running(await self._entries(resident_id, WHY))

    async def results(self, resident_id: ObjectId, sections: Collection[Section]) -> list[Entry]:
        """Of these sections, newest first, as long back as anything is asked for again."""
        if not sections:
            return []
        since = self._core.clock.now() - timedelta(days=programme().limits.longest_interval)
        return await self._entries(resident_id, sections, since=since)

    def _running(self, entries: Iterable[Entry]) -> list[Known]:
        now = self._core.clock.now()
        return [each for each in (_known(entry, now) for entry in entries) if each is not None]

    async def _entries(
        self,
        resident_id: ObjectId,
        sections: Collection[Section],
        granted: Collection[Category] = ALL_CATEGORIES,
        since: datetime | None = None,
    ) -> list[Entry]:
        query: Raw = {
            "resident_id": resident_id,
            "section": {"$in": [each.value for each in sections]},
            "category": {"$in": sorted(granted)},
            "status": EntryStatus.ACTIVE.value,
        }
        if since is not None:
            query["at"] = {"$gte": since, "$lte": self._core.clock.now()}
        found = EntryDocument.get_pymongo_collection().find(query, SHOWN)
        raws = await found.sort([("at", -1), ("_id", -1)]).limit(_MOST).to_list()
        if not raws:
            return []
        key = await self._core.keyring.key(resident_id)
        return [from_raw(each, key) for each in raws]

    async def _visited(self, resident_id: ObjectId) -> date | None:
        # By the collection's name: the room of appointments stands above this one.
        query = {"resident_id": resident_id, "state": "fulfilled", "kind": "follow_up"}
        raw = await self._core.store.db["appointments"].find_one(
            query, {"start": 1}, sort=[("start", -1)]
        )
        return None if raw is None else local_day(raw["start"])

    async def _filled(
        self, resident_id: ObjectId, granted: Collection[Category]
    ) -> dict[str, date]:
        query = {
            "resident_id": resident_id,
            "state": "completed",
            "category": {"$in": sorted(granted)},
        }
        stages: list[Raw] = [
            {"$match": query},
            {"$group": {"_id": "$form", "at": {"$max": "$completed_at"}}},
        ]
        rows = await self._core.store.db["questionnaire_responses"].aggregate(stages)
        return {raw["_id"]: local_day(raw["at"]) async for raw in rows}


def _known(entry: Entry, now: datetime) -> Known | None:
    body = entry.body
    if isinstance(body, ConditionBody) and condition_runs(body):
        return Known(
            entry_id=entry.id,
            category=entry.category,
            label=body.name.label,
            codes=[(each.system or "", each.code or "") for each in body.codes],
        )
    if isinstance(body, PregnancyBody) and pregnant_at(body, now):
        return Known(entry_id=entry.id, category=entry.category, label="", pregnancy=True)
    return None


def _named(entry: Entry) -> Named:
    codes = {each.code for each in entry.body.codes if each.code and _LOINC in (each.system or "")}
    return Named(frozenset(codes), entry.body.title("zh"), local_day(entry.at))


def _is(check: Check, named: Named) -> bool:
    return not named.loinc.isdisjoint(check.loinc) or any(
        word in named.label for word in check.words
    )


async def sizes(resident_id: ObjectId) -> dict[Kind, Mapping[str, float]]:
    """The last weight and height, in canonical units."""
    readings: Any = ReadingDocument.get_pymongo_collection()
    found: dict[Kind, Mapping[str, float]] = {}
    for kind in (Kind.WEIGHT, Kind.HEIGHT):
        query = {"resident_id": resident_id, "kind": kind.value, "state": State.LIVE.value}
        raw = await readings.find_one(query, {"values": 1}, sort=[("at", -1), ("_id", -1)])
        if raw is not None:
            found[kind] = raw["values"]
    return found


def _bmi_class(
    sizes: Mapping[Kind, Mapping[str, float]], person: Person, now: datetime
) -> tuple[str, Words] | None:
    weight = sizes.get(Kind.WEIGHT, {}).get("weight")
    height = sizes.get(Kind.HEIGHT, {}).get("height")
    if not weight or not height or person.birth_date is None:
        return None
    bmi = weight / (height / _CM_A_METRE) ** 2
    found = classify_bmi(bmi, person=person, at=now.astimezone(SHANGHAI))
    return None if found is None else (found.id, Words(zh=found.name.zh, en=found.name.en))
