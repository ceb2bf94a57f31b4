"""The family's care plans, lived from their start: confirmed, ticked, looked at every Monday."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from bson import ObjectId

from backend.care.plans.documents import PlanDocument
from backend.care.plans.plan import Plan
from backend.core.clock import SHANGHAI
from backend.demo.accounts import Accounts
from backend.demo.replay import ReplayClock
from backend.demo.tables import table
from backend.services import Services

_CONFIRMED, _LOOKED = time(9), time(3, 30)
_DAY = timedelta(days=1)


class Plans:
    """``residents``: the family's ids by key. A record that has a plan already is left alone."""

    def __init__(
        self,
        services: Services,
        accounts: Accounts,
        clock: ReplayClock,
        anchor: date,
        residents: Mapping[str, ObjectId],
    ) -> None:
        self._services = services
        self._accounts = accounts
        self._clock = clock
        self._anchor = anchor
        self._residents = residents
        self._wanted: list[dict[str, Any]] = []

    async def live(self, until: date) -> None:
        """From the first plan's start to the day ``until``; the readings until then are there."""
        self._wanted = [each for each in table("plans")["plan"] if await self._new(each)]
        if not self._wanted:
            return
        day = min(map(self._started, self._wanted))
        while day < until:
            await self.day(day)
            day += _DAY

    async def day(self, day: date) -> None:
        """What happens with plans on the day: a Monday's look, confirmations, ticks."""
        if day.weekday() == 0:
            self._clock.set(datetime.combine(day, _LOOKED, SHANGHAI))
            await self._services.care_plans.worker.drain()
        for each in self._wanted:
            if self._started(each) == day:
                self._clock.set(datetime.combine(day, _CONFIRMED, SHANGHAI))
                await self._confirm(each)

    async def tick(self, day: date) -> None:
        """The steps that were done on the day, which is the clock's."""
        for each in self._wanted:
            plan = await self._running(each)
            if plan is None:
                continue
            for step, every in each["ticks"].items():
                if day.toordinal() % every == 0:
                    await self._services.care_plans.deciding.tick(
                        self._accounts.viewer(each["resident"]), plan.resident_id, plan.id, step
                    )

    def _started(self, wanted: Mapping[str, Any]) -> date:
        return self._anchor - timedelta(days=wanted["days_before"])

    async def _new(self, wanted: Mapping[str, Any]) -> bool:
        resident_id = self._residents.get(wanted["resident"])
        if resident_id is None:
            return False
        query = {"resident_id": resident_id, "started_at": {"$ne": None}}
        return await PlanDocument.find_one(query) is None

    async def _confirm(self, wanted: Mapping[str, Any]) -> None:
        resident_id = self._residents[wanted["resident"]]
        plans = self._services.care_plans
        await plans.proposing.look(resident_id)
        viewer = self._accounts.viewer(wanted["by"])
        for each in await plans.looking.proposals(viewer, resident_id):
            if each.pathway == wanted["pathway"]:
                key = f"demo-plan-{each.id}"
                await plans.deciding.confirm(viewer, resident_id, each.id, idempotency_key=key)

    async def _running(self, wanted: Mapping[str, Any]) -> Plan | None:
        viewer = self._accounts.viewer(wanted["resident"])
        resident_id = self._residents[wanted["resident"]]
        found = await self._services.care_plans.looking.plans(viewer, resident_id)
        return next((each for each in found if each.pathway == wanted["pathway"]), None)
