"""What people do with plans: confirm, decline, pause, go on, end, edit, tick."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bson import ObjectId

from backend.access.circle.persons import display_names
from backend.access.errors import RoleRequired
from backend.access.relations import RelationKind
from backend.care.plans.changing import in_state, plans, unchanged
from backend.care.plans.documents import Change, PlanState
from backend.care.plans.editing import DOCTOR, Edit, Target, edited, edited_why, noted
from backend.care.plans.editing import Author as EditAuthor
from backend.care.plans.errors import (
    CarePlanInvalid,
    CarePlanNotOpen,
)
from backend.care.plans.judging import said
from backend.care.plans.plan import (
    Plan,
    first_day,
    local_day,
    next_review,
)
from backend.care.plans.programme import Stage, programme
from backend.care.plans.renewing import Renewing
from backend.care.plans.revising import Changed
from backend.core.database import Raw, Session
from backend.identity.viewer import Viewer
from backend.measurements.thresholds import Override

_STARTED = {
    RelationKind.SELF: "started_self",
    RelationKind.GUARDIAN: "started_family",
    RelationKind.CAREGIVER: "started_family",
    RelationKind.DOCTOR: "started_doctor",
}


class Deciding(Renewing):
    """Everybody who may manage the plan's category may decide; doctors alone edit."""

    async def confirm(
        self, viewer: Viewer, resident_id: ObjectId, plan_id: ObjectId, *, idempotency_key: str
    ) -> Plan:
        """The proposal becomes a plan: reminders, entry, first revision. Raises
        ``AccessDenied``, ``CarePlanNotFound``, ``CarePlanNotOpen``."""
        raw, relation = await self._decided(viewer, resident_id, plan_id)
        now = self._core.clock.now()
        why = said(_STARTED[relation.kind])

        async def started(plan: Plan, _: Raw, session: Session) -> Changed:
            in_state(plan, PlanState.PROPOSED)
            after = replace(
                plan,
                state=PlanState.ACTIVE,
                started_at=now,
                started_by=viewer.account_id,
                stage=Stage.START,
                stage_since=first_day(now),
            )
            return Changed(after, Change.STARTED, why, {"review_at": next_review(now)})

        arguments = ["confirm_care_plan", str(resident_id), str(plan_id)]
        await self._change(viewer, relation, raw, started, idempotency=(idempotency_key, arguments))
        return await self.read(resident_id, plan_id)

    async def decline(self, viewer: Viewer, resident_id: ObjectId, plan_id: ObjectId) -> Plan:
        """It is not proposed again soon; declined twice is once. Raises as ``confirm``."""
        raw, _ = await self._decided(viewer, resident_id, plan_id)
        now = self._core.clock.now()
        rest = now + timedelta(days=programme().limits.declined_days)
        fields: Raw = {"state": PlanState.DECLINED.value, "open": False, "rests_until": rest}
        if raw["state"] != PlanState.DECLINED:
            done = await plans().update_one(
                {
                    "resident_id": resident_id,
                    "_id": plan_id,
                    "state": PlanState.PROPOSED.value,
                },
                {"$set": {**fields, "updated_at": now}, "$inc": {"version": 1}},
            )
            if done.matched_count == 0:
                raise CarePlanNotOpen(state=raw["state"])
        return await self.read(resident_id, plan_id)

    async def pause(
        self, viewer: Viewer, resident_id: ObjectId, plan_id: ObjectId, *, version: int
    ) -> Plan:
        """Nothing is due and no week is judged until it goes on. Raises as ``edit``."""
        return await self._switch(
            viewer, resident_id, plan_id, version, PlanState.ACTIVE, Change.PAUSED, "paused"
        )

    async def resume(
        self, viewer: Viewer, resident_id: ObjectId, plan_id: ObjectId, *, version: int
    ) -> Plan:
        return await self._switch(
            viewer, resident_id, plan_id, version, PlanState.PAUSED, Change.RESUMED, "resumed"
        )

    async def end(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        plan_id: ObjectId,
        *,
        version: int,
        note: str | None = None,
    ) -> Plan:
        """For good; its pathway is not proposed again soon. Raises as ``edit``."""
        raw, relation = await self._decided(viewer, resident_id, plan_id)
        now, numbers = self._core.clock.now(), programme().limits
        if len(note or "") > numbers.text:
            raise CarePlanInvalid(field="note")

        async def ended(plan: Plan, _: Raw, session: Session) -> Changed:
            unchanged(plan, version)
            in_state(plan, PlanState.ACTIVE, PlanState.PAUSED)
            after = replace(plan, state=PlanState.ENDED, ended_at=now)
            rest = now + timedelta(days=numbers.ended_days)
            fields: Raw = {"open": False, "rests_until": rest, "review_at": None}
            return Changed(after, Change.ENDED, noted(said("ended"), note), fields)

        await self._change(viewer, relation, raw, ended)
        return await self.read(resident_id, plan_id)

    async def edit(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        plan_id: ObjectId,
        edit: Edit,
        *,
        version: int,
    ) -> Plan:
        """By the resident's doctor only; targets become personal limits under their name, those
        of laboratory items stay in the plan.

        Raises ``AccessDenied``, ``RoleRequired``, ``CarePlanNotFound``, ``CarePlanInvalid``,
        ``CarePlanChanged`` and ``CarePlanNotOpen``.
        """
        raw, relation = await self._decided(viewer, resident_id, plan_id)
        if relation.kind is not RelationKind.DOCTOR:
            raise RoleRequired
        edit = edit.checked()
        now = self._core.clock.now()
        plan = await self.read(resident_id, plan_id)
        unchanged(plan, version)
        in_state(plan, PlanState.ACTIVE, PlanState.PAUSED)
        names = await display_names(self._core.keyring, [viewer.account_id])
        author = EditAuthor(names.get(viewer.account_id) or DOCTOR, now)
        edited(plan, edit, self._book, author)
        limits = [
            _override(target, author.name, local_day(now), edit.note) for target in edit.targets
        ]
        drafts = [await self._overrides.draft(viewer, resident_id, limit) for limit in limits]

        async def changed(plan: Plan, _: Raw, session: Session) -> Changed:
            unchanged(plan, version)
            in_state(plan, PlanState.ACTIVE, PlanState.PAUSED)
            for draft in drafts:
                await self._overrides.write(draft, session)
            after = edited(plan, edit, self._book, author)
            if edit.measures:
                after = after.with_stage(after.stage, first_day(now))
            return Changed(after, Change.EDITED, edited_why(edit), {})

        await self._change(viewer, relation, raw, changed)
        return await self.read(resident_id, plan_id)

    async def _switch(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        plan_id: ObjectId,
        version: int,
        before: PlanState,
        what: Change,
        words: str,
    ) -> Plan:
        raw, relation = await self._decided(viewer, resident_id, plan_id)
        now = self._core.clock.now()
        paused = what is Change.PAUSED

        async def switched(plan: Plan, _: Raw, session: Session) -> Changed:
            unchanged(plan, version)
            in_state(plan, before)
            state = PlanState.PAUSED if paused else PlanState.ACTIVE
            after = replace(plan, state=state)
            if not paused:
                # The weeks of before the pause say nothing of those after it.
                after = after.with_stage(plan.stage, first_day(now))
            fields: Raw = {"review_at": None if paused else next_review(now)}
            return Changed(after, what, said(words), fields)

        await self._change(viewer, relation, raw, switched)
        return await self.read(resident_id, plan_id)


def _override(target: Target, doctor: str, day: date, note: str | None) -> Override:
    return Override(
        kind=target.kind,
        component=target.component,
        valid_from=day,
        set_by=doctor,
        low=target.low,
        high=target.high,
        note=note,
    )
