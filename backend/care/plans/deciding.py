"""What people do with plans: confirm, decline, pause, go on, end, edit, tick."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.circle.persons import display_names
from backend.access.errors import RoleRequired
from backend.access.relations import Relation, RelationKind
from backend.access.service import Access
from backend.archive.entry import Provenance
from backend.care.plans.book import Book
from backend.care.plans.documents import Change, PlanDocument, PlanState, TickDocument
from backend.care.plans.editing import Edit, Target, edited
from backend.care.plans.errors import (
    CarePlanChanged,
    CarePlanInvalid,
    CarePlanNotFound,
    CarePlanNotOpen,
)
from backend.care.plans.facts import Archive
from backend.care.plans.judging import said
from backend.care.plans.looking import PURPOSE, granted_categories
from backend.care.plans.plan import (
    Plan,
    first_day,
    from_raw,
    local_day,
    monday,
    next_review,
    step_mark,
)
from backend.care.plans.programme import Stage, Words, programme
from backend.care.plans.revising import Author, Changed, Revising
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.idempotency import Idempotency
from backend.core.keys.keyring import refuse_erased
from backend.identity.viewer import Viewer
from backend.measurements.overrides import Overrides
from backend.measurements.thresholds import Override

_DOCTOR = "签约医生"
_MAY = frozenset(
    {
        RelationKind.SELF,
        RelationKind.GUARDIAN,
        RelationKind.CAREGIVER,
        RelationKind.DOCTOR,
    }
)
_STARTED = {
    RelationKind.SELF: "started_self",
    RelationKind.GUARDIAN: "started_family",
    RelationKind.CAREGIVER: "started_family",
    RelationKind.DOCTOR: "started_doctor",
}
Work = Callable[[Plan, Raw, Session], Awaitable[Changed | None]]


class Deciding:
    """Everybody who may manage the plan's category may decide; doctors alone edit."""

    def __init__(
        self,
        core: Core,
        access: Access,
        book: Book,
        archive: Archive,
        revising: Revising,
        overrides: Overrides,
    ) -> None:
        self._core = core
        self._access = access
        self._book = book
        self._archive = archive
        self._revising = revising
        self._overrides = overrides

    async def confirm(
        self, viewer: Viewer, resident_id: ObjectId, plan_id: ObjectId, *, idempotency_key: str
    ) -> Plan:
        """The proposal becomes a plan: reminders, entry, first revision. Raises
        ``AccessDenied``, ``CarePlanNotFound``, ``CarePlanNotOpen``."""
        raw, relation = await self._decided(viewer, resident_id, plan_id)
        now = self._core.clock.now()
        why = said(_STARTED[relation.kind])

        async def started(plan: Plan, _: Raw, session: Session) -> Changed:
            _in_state(plan, PlanState.PROPOSED)
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
            done = await _plans().update_one(
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
            _unchanged(plan, version)
            _in_state(plan, PlanState.ACTIVE, PlanState.PAUSED)
            after = replace(plan, state=PlanState.ENDED, ended_at=now)
            rest = now + timedelta(days=numbers.ended_days)
            fields: Raw = {"open": False, "rests_until": rest, "review_at": None}
            return Changed(after, Change.ENDED, _noted("ended", note), fields)

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
        """By the resident's doctor only; targets become personal limits under their name.

        Raises ``AccessDenied``, ``RoleRequired``, ``CarePlanNotFound``, ``CarePlanInvalid``,
        ``CarePlanChanged`` and ``CarePlanNotOpen``.
        """
        raw, relation = await self._decided(viewer, resident_id, plan_id)
        if relation.kind is not RelationKind.DOCTOR:
            raise RoleRequired
        edit = edit.checked()
        now = self._core.clock.now()
        plan = await self.read(resident_id, plan_id)
        _unchanged(plan, version)
        _in_state(plan, PlanState.ACTIVE, PlanState.PAUSED)
        edited(plan, edit, self._book)
        names = await display_names(self._core.keyring, [viewer.account_id])
        doctor = names.get(viewer.account_id) or _DOCTOR
        # A limit stands by itself: set before the plan says so, and once for each version.
        for number, target in enumerate(edit.targets):
            await self._overrides.set(
                viewer,
                resident_id,
                _override(target, doctor, local_day(now), edit.note),
                idempotency_key=f"care-plan-{plan_id}-{version}-{number}",
            )

        async def changed(plan: Plan, _: Raw, session: Session) -> Changed:
            _unchanged(plan, version)
            _in_state(plan, PlanState.ACTIVE, PlanState.PAUSED)
            after = edited(plan, edit, self._book)
            if edit.measures:
                after = after.with_stage(after.stage, first_day(now))
            return Changed(after, Change.EDITED, _noted("edited", edit.note), {})

        await self._change(viewer, relation, raw, changed)
        return await self.read(resident_id, plan_id)

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
        _in_state(plan, PlanState.ACTIVE)
        if plan.content.a_step(step) is None:
            raise CarePlanInvalid(field="step")
        now = self._core.clock.now()
        today = local_day(now)
        on = day or today
        if not monday(today) <= on <= today:
            raise CarePlanInvalid(field="day")
        await self._tick(plan, step, on, viewer, done=done)
        return plan

    async def read(self, resident_id: ObjectId, plan_id: ObjectId) -> Plan:
        """The policy was asked before. Raises ``CarePlanNotFound``."""
        raw = await _plans().find_one({"resident_id": resident_id, "_id": plan_id})
        if raw is None:
            raise CarePlanNotFound
        return from_raw(raw, await self._core.keyring.key(resident_id))

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
            _unchanged(plan, version)
            _in_state(plan, before)
            state = PlanState.PAUSED if paused else PlanState.ACTIVE
            after = replace(plan, state=state)
            if not paused:
                # The weeks of before the pause say nothing of those after it.
                after = after.with_stage(plan.stage, first_day(now))
            fields: Raw = {"review_at": None if paused else next_review(now)}
            return Changed(after, what, said(words), fields)

        await self._change(viewer, relation, raw, switched)
        return await self.read(resident_id, plan_id)

    async def _change(
        self,
        viewer: Viewer,
        relation: Relation,
        raw: Raw,
        change: Work,
        *,
        idempotency: tuple[str, Any] | None = None,
    ) -> None:
        resident_id, plan_id = raw["resident_id"], raw["_id"]
        past = await self._archive.past(resident_id)
        author = Author(viewer.account_id, relation.kind.value, Provenance.of(viewer, relation))

        async def work(session: Session) -> Raw:
            await self._revising.change(resident_id, plan_id, past, change, session, author)
            return {"id": plan_id}

        async def once() -> Raw:
            if idempotency is None:
                return await self._core.store.transaction(work)
            idem: Idempotency = self._core.idempotency
            return await idem.once(viewer.account_id, *idempotency, work)

        try:
            await once()
        except DuplicateKeyError:  # the resident's first schedule, made by two at once
            await once()

    async def _decided(
        self, viewer: Viewer, resident_id: ObjectId, plan_id: ObjectId
    ) -> tuple[Raw, Relation]:
        raw = await self._raw(viewer, resident_id, plan_id)
        relation = await self._access.require(
            viewer, resident_id, Category(raw["category"]), Action.MANAGE, purpose=PURPOSE
        )
        if relation.kind not in _MAY:
            raise RoleRequired
        return raw, relation

    async def _raw(self, viewer: Viewer, resident_id: ObjectId, plan_id: ObjectId) -> Raw:
        granted = await granted_categories(self._access, self._book, viewer, resident_id)
        raw: Raw | None = await _plans().find_one(
            {
                "resident_id": resident_id,
                "_id": plan_id,
                "category": {"$in": sorted(granted)},
            },
            {"box": 0},
        )
        if raw is None:
            raise CarePlanNotFound
        return raw


def _noted(words: str, note: str | None) -> Words:
    why = said(words)
    if not note:
        return why
    return Words(
        zh=said("and_note", text=why.zh, note=note).zh,
        en=said("and_note", text=why.en, note=note).en,
    )


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


def _unchanged(plan: Plan, version: int) -> None:
    if plan.version != version:
        raise CarePlanChanged


def _in_state(plan: Plan, *states: PlanState) -> None:
    if plan.state not in states:
        raise CarePlanNotOpen(state=plan.state.value)


def _plans() -> Any:
    return PlanDocument.get_pymongo_collection()


def _ticks() -> Any:
    return TickDocument.get_pymongo_collection()
