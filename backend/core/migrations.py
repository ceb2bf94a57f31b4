"""Changes to what is stored, each run once, in order, by one process.

A room registers its migrations with ``@migration("0003", "what it does")``.
``kangban migrate`` runs what is open, ``kangban migrate --list`` shows all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import structlog
from pymongo.errors import DuplicateKeyError

from backend.core.clock import Clock
from backend.core.database import Store
from backend.core.documents import Stored, unique

log = structlog.get_logger(__name__)

_LEASE = timedelta(minutes=10)
_LOCK = "lock"

Work = Callable[[Store], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Migration:
    number: str
    title: str
    run: Work


MIGRATIONS: dict[str, Migration] = {}


def migration(number: str, title: str) -> Callable[[Work], Work]:
    """Register a migration. It must be safe to run again where it was cut off."""

    def register(run: Work) -> Work:
        if number in MIGRATIONS:
            raise TypeError(f"migration {number} is declared twice")
        MIGRATIONS[number] = Migration(number, title, run)
        return run

    return register


class AppliedMigration(Stored):
    """Which migration ran when; the entry numbered ``lock`` is the lease of who is running."""

    number: str
    title: str = ""
    started_at: datetime
    finished_at: datetime | None = None

    class Settings:
        name = "migrations"
        indexes: ClassVar = [unique("one_run_per_migration", ("number", 1))]


@dataclass(frozen=True, slots=True)
class MigrationState:
    number: str
    title: str
    finished_at: datetime | None


class Migrations:
    """Runs and lists the registered migrations."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def states(self) -> list[MigrationState]:
        done = {each.number: each.finished_at async for each in AppliedMigration.find_all()}
        return [
            MigrationState(each.number, each.title, done.get(each.number)) for each in _in_order()
        ]

    async def run(self) -> list[str]:
        """Run what is open; other processes wait. Returns the numbers run here."""
        if all(state.finished_at for state in await self.states()):
            return []
        await self._lock()
        try:
            return [each.number for each in _in_order() if await self._apply(each)]
        finally:
            await AppliedMigration.find_one({"number": _LOCK}).delete()

    async def _apply(self, each: Migration) -> bool:
        collection = AppliedMigration.get_pymongo_collection()
        if await collection.find_one({"number": each.number, "finished_at": {"$ne": None}}):
            return False
        log.info("migration", number=each.number, title=each.title)
        start = {"title": each.title, "started_at": self._clock.now(), "finished_at": None}
        await collection.update_one({"number": each.number}, {"$set": start}, upsert=True)
        await each.run(self._store)
        await collection.update_one(
            {"number": each.number}, {"$set": {"finished_at": self._clock.now()}}
        )
        return True

    async def _lock(self) -> None:
        collection = AppliedMigration.get_pymongo_collection()
        while True:
            now = self._clock.now()
            await collection.delete_one({"number": _LOCK, "started_at": {"$lt": now - _LEASE}})
            try:
                await collection.insert_one({"number": _LOCK, "started_at": now})
            except DuplicateKeyError:
                await asyncio.sleep(0.2)
            else:
                return


def _in_order() -> list[Migration]:
    return [MIGRATIONS[number] for number in sorted(MIGRATIONS)]
