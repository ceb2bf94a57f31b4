"""Brings the household into a store, and up to date at every later start.

The first day's work is what makes it idempotent: an account's name, a relation, an
entry's content and a reading's source id each exist once, and a record that has
readings of the demo gets nothing but the days since.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from bson import ObjectId

from backend.core.clock import SHANGHAI
from backend.core.dispatcher import Dispatcher
from backend.demo.accounts import CLINIC, Accounts, ClinicAccess
from backend.demo.household import first_day, household
from backend.demo.papers import Papers
from backend.demo.people import Household, PlannedResident
from backend.demo.plans import Plans
from backend.demo.records import Records
from backend.demo.replay import ReplayClock
from backend.demo.shop import ensure_offers
from backend.demo.times import ensure_times
from backend.demo.together import AT_ONCE, several
from backend.services import Services
from backend.subscribers import build_dispatcher

_TICKED = timedelta(hours=20)
_REPLAYED = timedelta(days=7)
"""The family's last days come in day by day, so that alerts are of their day."""
Say = Callable[[str], None]
Plan = Callable[[date], Household]


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
    plan: Plan = household,
    say: Say = lambda _: None,
) -> Loaded:
    """Everything that is not there yet. ``clock`` is the one that ``services`` were built with,
    ``plan`` makes the household of an anchor.

    Raises ``DemoUnavailable`` where the demo is switched off, and in production.
    """
    accounts = Accounts(services, clinic_file)
    wanted = plan(await _anchor(accounts, clock))
    loader = _Loader(services, accounts, clock, wanted, say)
    try:
        loaded = await loader.load()
        await ensure_offers(services, accounts.viewer("operator"), loaded.clinic.account_id)
        await ensure_times(services, accounts.viewer(CLINIC))
        return loaded
    finally:
        clock.release()


async def _anchor(accounts: Accounts, clock: ReplayClock) -> date:
    joined = await accounts.joined_at()
    today = clock.real_now().astimezone(SHANGHAI).date()
    if joined is None:
        return today
    # The family joined on the first day, so many days before the anchor.
    return joined.astimezone(SHANGHAI).date() + (today - first_day(today))


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
        self._dispatcher: Dispatcher = build_dispatcher(services, index_words=False)
        self._passages = services.passages
        self._services = services
        self._papers = Papers(services, accounts, clock, plan.seed)
        self._since = first_day(plan.anchor)

    async def load(self) -> Loaded:
        self._say("演示数据：账号和档案")
        self._clock.set(_morning(self._since))
        await self._accounts.ensure(self._plan.logins)
        clinic = await self._accounts.ensure_clinic()
        found = await several(self._opened, self._plan.residents)
        for each in found:
            for paper in each.plan.papers:
                await self._papers.begin(paper, each.id)
        await self._share_and_fill(found, clinic)
        now = self._clock.real_now()
        family = [each for each in found if not each.plan.in_panel]
        panel = [each for each in found if each.plan.in_panel]
        new = await self._family(family, now)
        self._clock.set(now)
        self._say(f"演示数据：{len(panel)} 位签约居民的测量")
        new += await self._catch_up(panel, now)
        if await self._papers.finish():
            self._say("演示数据：父亲的检验报告照片，识别、核对后进入档案")
        self._clock.set(now)
        await self._drain()
        await several(lambda each: self._passages.later(each.id), found)
        return Loaded(self._plan, clinic, new)

    async def _opened(self, plan: PlannedResident) -> _Record:
        resident_id = await self._records.registered(plan)
        return _Record(plan, resident_id, await self._records.newest(plan, resident_id))

    async def _share_and_fill(self, found: Sequence[_Record], clinic: ClinicAccess) -> None:
        if clinic.is_new:
            await several(lambda each: self._records.share(each.plan, each.id, CLINIC), found)
        empty = [each for each in found if each.newest is None]
        if not empty:
            return
        await several(lambda each: self._records.share(each.plan, each.id), empty)
        # One after the other: each entry sets the clock to its own day.
        for each in empty:
            if not each.plan.in_panel:
                self._say(f"演示数据：{each.plan.profile['names'][0]['text']}的病史、用药、检验")
                await self._records.fill(each.plan, each.id, self._since)
        self._clock.set(_morning(self._since))
        others = [each for each in empty if each.plan.in_panel]
        await several(lambda each: self._records.fill(each.plan, each.id, self._since), others)

    async def _family(self, family: Sequence[_Record], now: datetime) -> int:
        """History at once, then the last days one by one, with the alerts they made."""
        begin = (now - _REPLAYED).astimezone(SHANGHAI).date()
        self._clock.set(_midnight(begin))
        self._say("演示数据：家人 12 个月的测量")
        new = await self._catch_up(family, _midnight(begin))
        plans = Plans(
            self._services,
            self._accounts,
            self._clock,
            self._plan.anchor,
            {each.plan.key: each.id for each in family},
        )
        await plans.live(begin)
        for number in range((now.astimezone(SHANGHAI).date() - begin).days + 1):
            day = begin + timedelta(days=number)
            until = min(_midnight(day + timedelta(days=1)), now)
            await plans.day(day)
            self._clock.set(until)
            new += await self._catch_up(family, until, after=_midnight(day))
            await self._drain()
            await self._notice(family, day)
            self._clock.set(min(_midnight(day) + _TICKED, now))
            await plans.tick(day)
        return new

    async def _catch_up(
        self, records: Sequence[_Record], until: datetime, after: datetime | None = None
    ) -> int:
        """The readings from each record's newest known day up to ``until``, without those that
        were done by ``after``; how many are new."""

        async def one(record: _Record) -> int:
            known = [record.newest, after.date() if after else None]
            days = [day for day in known if day is not None]
            # A night's sleep begins on the day before and is stored when it ends.
            since = max(days) - timedelta(days=1) if days else None
            planned = record.plan.readings(
                self._plan.anchor, self._plan.seed, since=since, now=until
            )
            fresh = [each for each in planned if after is None or each.done_at > after]
            return await self._records.record(fresh, record.id)

        return sum(await several(one, records))

    async def _notice(self, family: Sequence[_Record], day: date) -> None:
        for record in family:
            for noticed in record.plan.noticed:
                if noticed.day == day and (record.newest is None or record.newest < day):
                    await self._records.notice(noticed.by, record.id)

    async def _drain(self) -> None:
        await asyncio.gather(*(self._dispatcher.drain() for _ in range(AT_ONCE)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), SHANGHAI)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), SHANGHAI)
