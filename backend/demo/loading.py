"""Brings the household into a store, and up to date at every later start.

The first day's work is what makes it idempotent: an account's name, a relation, an
entry's content and a reading's source id each exist once, and a record that has
readings of the demo gets nothing but the days since.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

from bson import ObjectId

from backend.core.clock import SHANGHAI
from backend.core.dispatcher import Dispatcher
from backend.demo.accounts import CLINIC, Accounts, ClinicAccess
from backend.demo.household import PANEL, SEED, first_day, household
from backend.demo.people import Household, PlannedResident
from backend.demo.records import Records
from backend.demo.replay import ReplayClock
from backend.main import build_dispatcher
from backend.services import Services

_REPLAYED = timedelta(days=10)
"""The family's last days come in day by day, so that alerts are of their day."""
_AT_ONCE = 4
Say = Callable[[str], None]
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Loaded:
    """``new_readings`` is 0 where the demo was up to date."""

    household: Household
    clinic: ClinicAccess
    new_readings: int


@dataclass(frozen=True, slots=True)
class _Record:
    plan: PlannedResident
    id: ObjectId
    newest: date | None


async def load_demo(
    services: Services,
    clock: ReplayClock,
    clinic_file: Path,
    *,
    say: Say = lambda _: None,
    seed: int = SEED,
    panel_size: int = PANEL,
) -> Loaded:
    """Everything that is not there yet. ``clock`` is the one that ``services`` were built with.

    Raises ``DemoUnavailable`` where the demo is switched off, and in production.
    """
    accounts = Accounts(services, clinic_file)
    plan = await _planned(accounts, clock, seed, panel_size)
    loader = _Loader(services, accounts, clock, plan, say)
    try:
        return await loader.load()
    finally:
        clock.release()


async def _planned(accounts: Accounts, clock: ReplayClock, seed: int, panel_size: int) -> Household:
    joined = await accounts.joined_at()
    today = clock.real_now().astimezone(SHANGHAI).date()
    if joined is None:
        return household(today, seed=seed, panel_size=panel_size)
    # The family joined on the first day, so many days before the anchor.
    anchor = joined.astimezone(SHANGHAI).date() + (today - first_day(today))
    return household(anchor, seed=seed, panel_size=panel_size)


class _Loader:
    def __init__(
        self,
        services: Services,
        accounts: Accounts,
        clock: ReplayClock,
        plan: Household,
        say: Say,
    ) -> None:
        self._records = Records(services, accounts, clock)
        self._accounts = accounts
        self._clock = clock
        self._plan = plan
        self._say = say
        self._dispatcher: Dispatcher = build_dispatcher(services)
        self._since = first_day(plan.anchor)

    async def load(self) -> Loaded:
        self._say("演示数据：账号和档案")
        self._clock.set(_morning(self._since))
        await self._accounts.ensure(self._plan.logins)
        clinic = await self._accounts.ensure_clinic()
        found = await _several(self._opened, self._plan.residents)
        await self._share_and_fill(found, clinic)
        now = self._clock.real_now()
        family = [each for each in found if not each.plan.in_panel]
        panel = [each for each in found if each.plan.in_panel]
        new = await self._family(family, now)
        self._clock.set(now)
        self._say(f"演示数据：{len(panel)} 位签约居民的测量")
        new += sum(await _several(lambda each: self._catch_up(each, now), panel))
        await self._drain()
        return Loaded(self._plan, clinic, new)

    async def _opened(self, plan: PlannedResident) -> _Record:
        resident_id = await self._records.registered(plan)
        return _Record(plan, resident_id, await self._records.newest(plan, resident_id))

    async def _share_and_fill(self, found: Sequence[_Record], clinic: ClinicAccess) -> None:
        if clinic.is_new:
            await _several(lambda each: self._records.share(each.plan, each.id, CLINIC), found)
        empty = [each for each in found if each.newest is None]
        if not empty:
            return
        await _several(lambda each: self._records.share(each.plan, each.id), empty)
        # One after the other: each entry sets the clock to its own day.
        for each in empty:
            if not each.plan.in_panel:
                self._say(f"演示数据：{each.plan.profile['names'][0]['text']}的病史、用药、检验")
                await self._records.fill(each.plan, each.id, self._since)
        self._clock.set(_morning(self._since))
        others = [each for each in empty if each.plan.in_panel]
        await _several(lambda each: self._records.fill(each.plan, each.id, self._since), others)

    async def _family(self, family: Sequence[_Record], now: datetime) -> int:
        """History at once, then the last days one by one, with the alerts they made."""
        begin = (now - _REPLAYED).astimezone(SHANGHAI).date()
        self._clock.set(_midnight(begin))
        self._say("演示数据：家人 12 个月的测量")
        new = sum([await self._catch_up(each, _midnight(begin)) for each in family])
        await self._drain()
        today = now.astimezone(SHANGHAI).date()
        for number in range((today - begin).days + 1):
            day = begin + timedelta(days=number)
            until = min(_midnight(day + timedelta(days=1)), now)
            self._clock.set(until)
            new += sum([await self._catch_up(each, until, since=day) for each in family])
            await self._drain()
            await self._notice(family, day)
        return new

    async def _catch_up(self, record: _Record, until: datetime, since: date | None = None) -> int:
        """The readings from the newest known day, or the later ``since``, up to ``until``."""
        known = [day for day in (record.newest, since) if day is not None]
        # A night's sleep begins on the day before and is stored when it ends.
        start = max(known) - timedelta(days=1) if known else None
        planned = record.plan.readings(self._plan.anchor, self._plan.seed, since=start, now=until)
        return await self._records.record(planned, record.id) if planned else 0

    async def _notice(self, family: Sequence[_Record], day: date) -> None:
        for record in family:
            for noticed in record.plan.noticed:
                if noticed.day == day and (record.newest is None or record.newest < day):
                    await self._records.notice(noticed.by, record.id)

    async def _drain(self) -> None:
        await asyncio.gather(*(self._dispatcher.drain() for _ in range(_AT_ONCE)))


async def _several(work: Callable[[T], Awaitable[R]], items: Iterable[T]) -> list[R]:
    """``work`` on every item, some at a time; the answers in the items' order."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(item: T) -> R:
        async with free:
            return await work(item)

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(one(item)) for item in items]
    return [each.result() for each in running]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), SHANGHAI)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), SHANGHAI)
