"""A pathway that begins at an age is proposed on the birthday, whatever else happens.

Each resident is looked at some times a year, and on a birthday from which on a pathway may suit.
Only that the next look is within so many days stands in the store, as for everybody: a birth date
is sealed, and a list of coming birthdays would tell it. Looking twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.consent.purpose import ConsentState
from backend.access.consent.states import ConsentStates
from backend.archive.residents import Residents, born_on
from backend.care.plans.book import Book
from backend.care.plans.documents import LookDocument
from backend.care.plans.programme import programme
from backend.care.plans.proposing import Proposing
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.errors import KangbanError
from backend.core.keys import KeyDestroyed
from backend.core.keys.keyring import refuse_erased
from backend.core.outbox import Event
from backend.core.rounds import drained, rounds
from backend.identity.viewer import Viewer
from backend.notifications.claims import Claims

log = structlog.get_logger(__name__)

_SECONDS = 600.0


class Birthdays:
    """Any number of workers."""

    def __init__(self, core: Core, book: Book, residents: Residents, proposing: Proposing) -> None:
        self._core = core
        self._residents = residents
        self._proposing = proposing
        self._ages = {each.who.age_from for each in book.pathways if each.who.age_from}
        self._consents = ConsentStates()
        self._seeded = False
        lease = timedelta(seconds=programme().limits.lease_seconds)
        self._claims = Claims(core.clock, _looks, due="next_at", holder="leased_by", lease=lease)

    async def on_person(self, event: Event, _: ObjectId) -> None:
        """``ResidentRegistered``, ``ProfileChanged``: when the next look is."""
        resident_id = event.resident_id
        try:
            next_at = await self._next(resident_id)
        except KeyDestroyed:
            return

        async def work(session: Session) -> None:
            await refuse_erased(session, [resident_id])
            look = LookDocument(resident_id=PydanticObjectId(resident_id), next_at=next_at)
            fields = {"next_at": next_at, "leased_by": None}
            fresh = {name: value for name, value in look.to_raw().items() if name not in fields}
            await _looks().update_one(
                {"resident_id": resident_id},
                {"$set": fields, "$setOnInsert": fresh},
                upsert=True,
                session=session,
            )

        await self._core.store.transaction(work)

    async def seed(self) -> None:
        """Who has no next look yet, from before there were any: now."""
        into: Raw = {
            "into": "care_plan_looks",
            "on": "resident_id",
            "whenMatched": "keepExisting",
            "whenNotMatched": "insert",
        }
        new: Raw = {
            "_id": 0,
            "resident_id": "$_id",
            "next_at": {"$literal": self._core.clock.now()},
        }
        stages: list[Raw] = [
            {"$project": new | {"leased_by": {"$literal": None}}},
            {"$merge": into},
        ]
        await (await self._core.store.db["residents"].aggregate(stages)).to_list()

    async def run(self) -> None:
        """Work until cancelled."""
        await rounds("birthdays", self._round, _SECONDS)

    async def _round(self) -> None:
        if not self._seeded:
            await self.seed()
            self._seeded = True
        await drained(self.step)

    async def step(self) -> int:
        """A batch of residents; how many it was."""
        now = self._core.clock.now()
        # A clock that had jumped forward and is right again is not waited for.
        ahead = {"next_at": {"$gt": now + _rest() + timedelta(days=1)}}
        await _looks().update_many(ahead, {"$set": {"next_at": now, "leased_by": None}})
        name, raws = await self._claims.take({}, programme().limits.batch)
        for raw in raws:
            await self._look(name, raw)
        return len(raws)

    async def _look(self, name: str, raw: Raw) -> None:
        resident_id = raw["resident_id"]
        next_at = self._core.clock.now() + _rest()
        try:
            if await self._consented(resident_id):
                await self._proposing.look(resident_id)
                next_at = await self._next(resident_id)
        except KeyDestroyed:
            log.info("birthday of an erased person left alone")
        except KangbanError as error:
            log.warning("birthday could not be looked at", error=type(error).__name__)
        held = {"resident_id": resident_id, "_id": raw["_id"], "leased_by": name}
        await _looks().update_one(held, {"$set": {"next_at": next_at, "leased_by": None}})

    async def _next(self, resident_id: ObjectId) -> datetime:
        resident = await self._residents.load(resident_id)
        return next_look(born_on(resident.profile), self._ages, self._core.clock.now())

    async def _consented(self, resident_id: ObjectId) -> bool:
        # Nobody acts: the viewer only remembers.
        memory = Viewer(account_id=ObjectId(), roles=frozenset())
        return await self._consents.health_data(memory, resident_id) is ConsentState.GIVEN


def next_look(born: date | None, ages: Collection[int], now: datetime) -> datetime:
    """The next of these birthdays in the early morning, or the end of the usual rest."""
    usual = now + _rest()
    if born is None:
        return usual
    mornings = [
        datetime.combine(_birthday(born, age), programme().review, SHANGHAI) for age in ages
    ]
    return min((each for each in mornings if now < each < usual), default=usual)


def _birthday(born: date, age: int) -> date:
    """Who was born on 29 February is a year older on 1 March."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def _rest() -> timedelta:
    return timedelta(days=programme().limits.look_days)


def _looks() -> Any:
    return LookDocument.get_pymongo_collection()
