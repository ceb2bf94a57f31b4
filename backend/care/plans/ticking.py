"""Steps of daily life, ticked by whoever may record."""

from __future__ import annotations

from datetime import date
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.care.plans.changing import Changing, in_state
from backend.care.plans.documents import PlanState, TickDocument
from backend.care.plans.errors import CarePlanInvalid
from backend.care.plans.looking import PURPOSE
from backend.care.plans.plan import Plan, local_day, monday, step_mark
from backend.core.database import Raw, Session
from backend.core.keys.keyring import refuse_erased
from backend.identity.viewer import Viewer


class Ticking(Changing):
    async def tick(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        plan_id: ObjectId,
        step: str,
        *,
        done: bool = True,
        day: date | None = None,
    ) -> Plan:
        """A step was done today, or on a day of this week; ``done`` False takes it back.

        Raises ``AccessDenied``, ``CarePlanNotFound``, ``CarePlanInvalid``, ``CarePlanNotOpen``.
        """
        raw = await self._raw(viewer, resident_id, plan_id)
        await self._access.require(
            viewer, resident_id, Category(raw["category"]), Action.RECORD, purpose=PURPOSE
        )
        plan = await self.read(resident_id, plan_id)
        in_state(plan, PlanState.ACTIVE)
        if plan.content.a_step(step) is None:
            raise CarePlanInvalid(field="step")
        now = self._core.clock.now()
        today = local_day(now)
        on = day or today
        if not monday(today) <= on <= today:
            raise CarePlanInvalid(field="day")
        await self._tick(plan, step, on, viewer, done=done)
        return plan

    async def _tick(self, plan: Plan, step: str, on: date, viewer: Viewer, *, done: bool) -> None:
        key = await self._core.keyring.key(plan.resident_id)
        place: Raw = {
            "resident_id": plan.resident_id,
            "plan_id": plan.id,
            "step": key.token(step_mark(step)),
            "day": on.isoformat(),
        }
        if not done:
            await _ticks().delete_one(place)
            return
        tick = TickDocument(
            **place, by=PydanticObjectId(viewer.account_id), at=self._core.clock.now()
        )

        async def work(session: Session) -> None:
            await refuse_erased(session, [plan.resident_id])
            await _ticks().update_one(
                place, {"$setOnInsert": tick.to_raw()}, upsert=True, session=session
            )

        await self._core.store.transaction(work)


def _ticks() -> Any:
    return TickDocument.get_pymongo_collection()
