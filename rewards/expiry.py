"""Points of a year expire at the end of a later one, never without a notice that ran its time."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId

from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import KeyDestroyed
from rewards.events import PointsExpiring
from rewards.ledger.documents import AccountDocument, TransferDocument
from rewards.ledger.folio import Folio
from rewards.ledger.ledger import Ledger
from rewards.ledger.transfer import Draft, TransferKind, effect
from rewards.limits import limits


@dataclass(frozen=True, slots=True)
class Expiring:
    """``points`` that go on the day ``on`` unless they are spent before."""

    points: int
    on: date


def expires_on(year: int) -> date:
    """The first day without the points that were earned in ``year``."""
    kept: int = limits()["expiry"]["years_kept"]
    return date(year + kept + 1, 1, 1)


def noticed_on(year: int) -> date:
    return expires_on(year) - timedelta(days=limits()["expiry"]["notice_days"])


def last_year(today: date, day_of: Callable[[int], date]) -> int:
    """The latest year whose notice (or expiry) day has come."""
    return max(year for year in range(today.year - 5, today.year + 1) if day_of(year) <= today)


class Expiry:
    """Periodic, by any number of workers."""

    def __init__(self, core: Core, ledger: Ledger) -> None:
        self._core = core
        self._ledger = ledger

    async def notice(self, at_most: int = 100) -> int:
        """Tell who has points that expire soon; how many accounts were looked at."""
        year = last_year(self._today(), noticed_on)
        query = {"noticed_year": {"$lt": year}}
        due = AccountDocument.get_pymongo_collection().find(query, {"_id": 1}).limit(at_most)
        return await self._each(due, lambda folio: self._noticed(folio, year))

    async def expire(self, at_most: int = 100) -> int:
        """Take what was announced in time; how many accounts were looked at.

        A clock that jumps ahead and comes back has announced things, and taken nothing.
        """
        now = self._core.clock.now()
        year = last_year(self._today(), expires_on)
        announced = now - timedelta(days=limits()["expiry"]["notice_days"])
        query = {
            "expired_year": {"$lt": year},
            "noticed_year": {"$gte": year},
            "$or": [{"noticed_at": None}, {"noticed_at": {"$lte": announced}}],
        }
        due = AccountDocument.get_pymongo_collection().find(query, {"_id": 1}).limit(at_most)
        return await self._each(due, lambda folio: self._expired(folio, year))

    async def soon(self, resident_id: ObjectId) -> Expiring | None:
        """What expires next, from the notice on; the policy was asked before."""
        year = last_year(self._today(), noticed_on)
        account = await AccountDocument.get_pymongo_collection().find_one(
            {"_id": resident_id, "resident_id": resident_id},
            {"balance": 1, "noticed_at": 1, "noticed_year": 1, "expired_year": 1},
        )
        if account is None or account["expired_year"] >= year:
            return None
        told = account["noticed_at"] if account["noticed_year"] >= year else None
        on = expires_on(year) if told is None else _announced(year, told)
        points = await _left(resident_id, year, account["balance"], None)
        return Expiring(points, on) if points and self._today() < on else None

    async def _each(self, due: Any, work: Callable[[Folio], Awaitable[None]]) -> int:
        done = 0
        for resident_id in [raw["_id"] async for raw in due]:
            with contextlib.suppress(KeyDestroyed):  # who is erased takes their points along
                await self._ledger.transact(resident_id, work)
                done += 1
        return done

    async def _noticed(self, folio: Folio, year: int) -> None:
        points = await _left(folio.resident_id, year, folio.balance, folio.session)
        fields: Raw = {"noticed_year": year, "noticed_at": folio.now if points else None}
        await _set(folio, {"noticed_year": {"$lt": year}}, fields)
        if points:
            await self._tell(folio, year, _announced(year, folio.now))

    async def _tell(self, folio: Folio, year: int, on: date) -> None:
        event = PointsExpiring(
            resident_id=PydanticObjectId(folio.resident_id), year=year, on=str(on)
        )
        await self._core.outbox.publish(folio.session, event)

    async def _expired(self, folio: Folio, year: int) -> None:
        points = await _left(folio.resident_id, year, folio.balance, folio.session)
        untold = {"noticed_at": None, "expired_year": {"$lt": year}}
        if points and await _set(folio, untold, {"noticed_at": folio.now}):
            # There was nothing to tell of then: a voucher brought them back since.
            await self._tell(folio, year, _announced(year, folio.now))
            return
        if not await _set(folio, {"expired_year": {"$lt": year}}, {"expired_year": year}):
            return
        if points:
            folio.post(
                Draft(
                    kind=TransferKind.EXPIRE,
                    points=points,
                    key=f"expire:{year}",
                    evidence=f"year:{year}",
                    year=year,
                )
            )

    def _today(self) -> date:
        return _day(self._core.clock.now())


async def _left(resident_id: ObjectId, year: int, balance: int, session: Session | None) -> int:
    """What is left of everything earned up to ``year``: the oldest points are spent first."""
    fields = {"kind": 1, "points": 1, "source": 1, "target": 1, "year": 1}
    found = TransferDocument.get_pymongo_collection().find(
        {"resident_id": resident_id}, fields, session=session
    )
    rest = 0
    async for raw in found:
        later = raw["year"] is not None and raw["year"] > year
        # Points of later years, and their reversals; all that went counts against the oldest.
        rest += 0 if later else effect(raw)
    return max(0, min(rest, balance))


async def _set(folio: Folio, where: Raw, fields: Raw) -> bool:
    changed = await AccountDocument.get_pymongo_collection().update_one(
        {"_id": folio.resident_id, "resident_id": folio.resident_id, **where},
        {"$set": fields},
        session=folio.session,
    )
    return bool(changed.modified_count)


def _announced(year: int, told: datetime) -> date:
    """The day of which a notice at ``told`` speaks: one that came late gives its time too."""
    return max(expires_on(year), _day(told + timedelta(days=limits()["expiry"]["notice_days"])))


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
