"""The facts of a resident, as far as the viewer is granted them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Protocol

from bson import ObjectId

from backend.access.categories import Category
from backend.access.relations import RelationKind
from backend.access.service import NOTHING, Access
from backend.archive.documents import EntryDocument
from backend.archive.entries import SHOWN
from backend.archive.entry import from_raw
from backend.archive.sections import Body, EntryStatus, Section
from backend.core import words
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.keys import OwnerKey
from backend.identity.viewer import Viewer
from backend.measurements.overrides import Overrides
from backend.measurements.people import People
from content.choosing.constitution import constitutions_of
from content.choosing.facts import Facts, Hints, Signal
from content.choosing.history import Noted, noted
from content.choosing.scoring import rules
from content.choosing.signals import read_signals
from content.choosing.unseen import barred_unseen
from content.limits import table
from content.piece import Constitution

_OFTEN = (Section.CONDITION, Section.ALLERGY, Section.MEDICATION, Section.PREGNANCY)
_FEW = 3
_USED = (Category.PROFILE, Category.READINGS, Category.MEDICATIONS, Category.REPORTS)


class HintSource(Protocol):
    """A room that content does not know: care plans, questionnaires."""

    async def hints(self, viewer: Viewer, resident_id: ObjectId) -> Hints: ...


class NoHints:
    """Where no such room is plugged in."""

    async def hints(self, viewer: Viewer, resident_id: ObjectId) -> Hints:
        return Hints()


class Gathering:
    """Through the policy: history is required, the rest is used where it is granted."""

    def __init__(
        self, core: Core, access: Access, people: People, overrides: Overrides, hints: HintSource
    ) -> None:
        self._core = core
        self._access = access
        self._people = people
        self._overrides = overrides
        self._hints = hints

    async def facts(self, viewer: Viewer, resident_id: ObjectId) -> tuple[Facts, RelationKind]:
        """And by which relation. Raises ``AccessDenied``, ``ConsentMissing``."""
        relation = await self._access.require(viewer, resident_id, Category.CONDITIONS)
        granted = await self._granted(viewer, resident_id, relation.kind)
        key = await self._core.keyring.key(resident_id)
        now = self._core.clock.now()
        entries, labs, constitutions, person, overrides, hints = await asyncio.gather(
            self._entries(resident_id, granted, key),
            self._labs(resident_id, granted, key, now),
            self._constitutions(resident_id, granted, key),
            self._people.person(resident_id),
            self._overrides.of(resident_id),
            self._hints.hints(viewer, resident_id),
        )
        found = noted([*entries, *labs], now)
        signals: tuple[Signal, ...] = ()
        urgent = False
        if Category.READINGS in granted:
            own = [override for _, override in overrides]
            signals, urgent = await read_signals(resident_id, person, own, now)
        profile = Category.PROFILE in granted
        age = _age(person.birth_date, now) if profile and person.birth_date else None
        unseen = barred_unseen(granted, age, person.sex if profile else None)
        return Facts(
            age=age,
            sex=person.sex if profile else None,
            topics=found.topics,
            medicines=found.medicines,
            signals=signals,
            labs=found.labs,
            stage=hints.stage,
            constitutions=hints.constitutions | constitutions,
            urgent=urgent,
            barred_topics=found.barred_topics | _by_labs(found) | unseen.topics,
            barred_medicines=found.barred_medicines | unseen.medicines,
            barred_allergens=found.allergens,
            allergy_words=found.allergy_words,
            barred_eating=found.unclear_food,
        ), relation.kind

    async def _granted(
        self, viewer: Viewer, resident_id: ObjectId, relation: RelationKind
    ) -> frozenset[Category]:
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        used = [each for each in _USED if each in allowed]
        if relation is RelationKind.SELF:
            used.append(Category.REPRODUCTIVE_HEALTH)
        for category in used:
            await self._access.require(viewer, resident_id, category)
        return frozenset({Category.CONDITIONS, *used})

    async def _entries(
        self, resident_id: ObjectId, granted: frozenset[Category], key: OwnerKey
    ) -> list[Body]:
        sections = [each.value for each in _OFTEN]
        query = _active(resident_id, granted) | {"section": {"$in": sections}}
        most = rules()["times"]["entries_most"]
        found = EntryDocument.get_pymongo_collection().find(query, SHOWN).limit(most)
        return [from_raw(raw, key).body async for raw in found]

    async def _labs(
        self,
        resident_id: ObjectId,
        granted: frozenset[Category],
        key: OwnerKey,
        now: datetime,
    ) -> list[Body]:
        times = rules()["times"]
        query = _active(resident_id, granted & {Category.REPORTS}) | {
            "section": Section.OBSERVATION.value,
            "at": {"$gte": now - timedelta(days=times["labs_days"])},
        }
        found = EntryDocument.get_pymongo_collection().find(query, SHOWN)
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(times["labs_most"]).to_list()
        return [from_raw(raw, key).body for raw in rows]

    async def _constitutions(
        self, resident_id: ObjectId, granted: frozenset[Category], key: OwnerKey
    ) -> frozenset[Constitution]:
        """Of the newest questionnaire, found by the words of its name."""
        name = table("choosing")["constitution"]["name"]
        tokens = [key.token(token) for each in words.query_tokens(name) for token in sorted(each)]
        query = _active(resident_id, granted) | {
            "section": Section.OBSERVATION.value,
            "words": {"$all": tokens},
        }
        found = EntryDocument.get_pymongo_collection().find(query, SHOWN)
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(_FEW).to_list()
        bodies = (from_raw(raw, key).body for raw in rows)
        return next((each for each in map(constitutions_of, bodies) if each), frozenset())


def _active(resident_id: ObjectId, granted: Iterable[Category]) -> dict[str, object]:
    return {
        "resident_id": resident_id,
        "status": EntryStatus.ACTIVE.value,
        "category": {"$in": sorted(each.value for each in granted)},
    }


def _by_labs(found: Noted) -> frozenset[str]:
    """What results stand against, though nobody made the diagnosis."""
    return frozenset(
        topic
        for rule in table("choosing")["lab_against"]
        if any(found.labs.get(item) in rule["flags"] for item in rule["items"])
        for topic in rule["topics"]
    )


def _age(born: date, now: datetime) -> int:
    today = now.astimezone(SHANGHAI).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
