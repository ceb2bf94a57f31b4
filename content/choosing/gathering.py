"""The facts of a resident, as far as the viewer is granted them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol

from bson import ObjectId

from backend.access.categories import Category
from backend.access.relations import RelationKind
from backend.access.service import NOTHING, Access
from backend.archive.documents import EntryDocument
from backend.archive.entries import SHOWN
from backend.archive.residents import Residents, born_on
from backend.archive.sections import EntryStatus, Profile, Section
from backend.archive.sections.profile import Sex
from backend.core import words
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.identity.viewer import Viewer
from backend.measurements.overrides import Overrides
from backend.measurements.thresholds import Person, condition_keys
from content.choosing.facts import Facts, Hints, Signal
from content.choosing.history import Noted, together
from content.choosing.notes import Notes
from content.choosing.scoring import rules
from content.choosing.signals import last_readings, signals_of
from content.choosing.unseen import barred_unseen

_OFTEN = (Section.CONDITION, Section.ALLERGY, Section.MEDICATION, Section.PREGNANCY)
_USED = (Category.PROFILE, Category.READINGS, Category.MEDICATIONS, Category.REPORTS)
_SEX: dict[Sex, Literal["male", "female"]] = {Sex.MALE: "male", Sex.FEMALE: "female"}


class HintSource(Protocol):
    """A room that content does not know: care plans."""

    async def hints(self, viewer: Viewer, resident_id: ObjectId) -> Hints: ...


class NoHints:
    """Where no such room is plugged in."""

    async def hints(self, viewer: Viewer, resident_id: ObjectId) -> Hints:
        return Hints()


class Gathering:
    """Through the policy: history is required, the rest is used where it is granted."""

    def __init__(
        self,
        core: Core,
        access: Access,
        residents: Residents,
        overrides: Overrides,
        hints: HintSource,
    ) -> None:
        self._core = core
        self._access = access
        self._residents = residents
        self._overrides = overrides
        self._hints = hints
        self._notes = Notes()

    async def facts(
        self, viewer: Viewer, resident_id: ObjectId, granted: frozenset[Category]
    ) -> Facts:
        """What speaks for and against pieces; ``granted`` is what ``ask`` answered."""
        now = self._core.clock.now()
        readings_granted = Category.READINGS in granted
        found, resident, hints, readings, overrides = await asyncio.gather(
            self._noted(resident_id, granted, now),
            self._residents.load(resident_id),
            self._hints.hints(viewer, resident_id),
            last_readings(resident_id, now) if readings_granted else _none(),
            self._overrides.of(resident_id) if readings_granted else _none(),
        )
        own = [override for _, override in overrides]
        person = _person(resident.profile, found)
        signals, urgent = signals_of(readings, person, own, now)
        profile = resident.profile if Category.PROFILE in granted else None
        return _facts(found, hints, granted, profile, signals, urgent, now)

    async def ask(
        self, viewer: Viewer, resident_id: ObjectId
    ) -> tuple[frozenset[Category], RelationKind]:
        """What may be used, and by which relation. Raises ``AccessDenied``, ``ConsentMissing``."""
        relation = await self._access.require(viewer, resident_id, Category.CONDITIONS)
        return await self._granted(viewer, resident_id, relation.kind), relation.kind

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

    async def _noted(
        self, resident_id: ObjectId, granted: frozenset[Category], now: datetime
    ) -> Noted:
        key = await self._core.keyring.key(resident_id)
        entries, labs = await asyncio.gather(
            _entries(resident_id, granted, key), _labs(resident_id, granted, now)
        )
        return together([self._notes.of(raw, key) for raw in [*entries, *labs]], now)


async def _none() -> list[Any]:
    return []


def _person(profile: Profile, found: Noted) -> Person:
    """For limits only, which hold for who somebody is, whoever looks."""
    return Person(
        birth_date=born_on(profile),
        sex=_SEX.get(profile.sex) if profile.sex else None,
        conditions=condition_keys(found.codes),
        pregnant=found.pregnant,
    )


def _facts(
    found: Noted,
    hints: Hints,
    granted: frozenset[Category],
    profile: Profile | None,
    signals: tuple[Signal, ...],
    urgent: bool,
    now: datetime,
) -> Facts:
    age = _age(born_on(profile), now) if profile else None
    sex = _SEX.get(profile.sex) if profile and profile.sex else None
    unseen = barred_unseen(granted, age, sex)
    return Facts(
        age=age,
        sex=sex,
        topics=found.topics,
        medicines=found.medicines,
        signals=signals,
        labs=found.labs,
        stage=hints.stage,
        constitutions=hints.constitutions | found.constitutions,
        urgent=urgent,
        barred_topics=found.barred_topics | _by_labs(found) | unseen.topics,
        barred_medicines=found.barred_medicines | unseen.medicines,
        barred_allergens=found.allergens,
        allergy_words=found.allergy_words,
        barred_eating=found.unclear_food,
    )


async def _entries(resident_id: ObjectId, granted: frozenset[Category], key: OwnerKey) -> list[Raw]:
    """Conditions, allergies, medicines, and scores of a constitution, newest first."""
    name = rules()["constitution"]["name"]
    tokens = [key.token(token) for each in words.query_tokens(name) for token in sorted(each)]
    query = _active(resident_id, granted) | {
        "$or": [
            {"section": {"$in": [each.value for each in _OFTEN]}},
            {"section": Section.OBSERVATION.value, "words": {"$all": tokens}},
        ]
    }
    found = EntryDocument.get_pymongo_collection().find(query, SHOWN)
    most = rules()["times"]["entries_most"]
    return await found.sort([("at", -1), ("_id", -1)]).limit(most).to_list()


async def _labs(resident_id: ObjectId, granted: frozenset[Category], now: datetime) -> list[Raw]:
    times = rules()["times"]
    query = _active(resident_id, granted & {Category.REPORTS}) | {
        "section": Section.OBSERVATION.value,
        "at": {"$gte": now - timedelta(days=times["labs_days"])},
    }
    found = EntryDocument.get_pymongo_collection().find(query, SHOWN)
    return await found.sort([("at", -1), ("_id", -1)]).limit(times["labs_most"]).to_list()


def _active(resident_id: ObjectId, granted: Iterable[Category]) -> Raw:
    return {
        "resident_id": resident_id,
        "status": EntryStatus.ACTIVE.value,
        "category": {"$in": sorted(each.value for each in granted)},
    }


def _by_labs(found: Noted) -> frozenset[str]:
    """What results stand against, though nobody made the diagnosis."""
    return frozenset(
        topic
        for rule in rules()["lab_against"]
        if any(found.labs.get(item) in rule["flags"] for item in rule["items"])
        for topic in rule["topics"]
    )


def _age(born: date | None, now: datetime) -> int | None:
    if born is None:
        return None
    today = now.astimezone(SHANGHAI).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
