"""Once a week each plan is looked at, by whichever worker comes first: at most once for a week.

A week that was looked at has a document under a unique index, written in the transaction of what
it changed. The next look is always counted from now, so that a clock that jumps forward costs
nothing but the weeks it skipped, and one that jumps back is not waited for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError, PyMongoError

from backend.access.consent.purpose import ConsentState
from backend.access.consent.states import ConsentStates
from backend.access.relations import Relation, RelationKind
from backend.care.documents import TicketReason, TicketUrgency
from backend.care.opening import Opening, Question
from backend.care.plans.documents import (
    Change,
    PlanDocument,
    PlanState,
    WeekDocument,
)
from backend.care.plans.errors import CarePlanChanged
from backend.care.plans.events import PlanWorse
from backend.care.plans.goals import Goals
from backend.care.plans.judging import Verdict, Week, judge, said, standing
from backend.care.plans.measuring import Measuring, week, weeks_before
from backend.care.plans.plan import Plan, first_day, from_raw, local_day, monday, next_review
from backend.care.plans.programme import WEEK, programme
from backend.care.plans.proposing import Proposing
from backend.care.plans.revising import Changed, Revising
from backend.care.plans.scheduling import Scheduling
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import KeyDestroyed
from backend.core.rounds import drained, rounds
from backend.identity.viewer import Viewer
from backend.notifications.claims import Claims

log = structlog.get_logger(__name__)

_SECONDS = 60.0
_ACTIVE = {"state": PlanState.ACTIVE.value}
_LOOKS_AHEAD = timedelta(days=8)


class WeeklyWorker:
    """Any number of them."""

    def __init__(
        self,
        core: Core,
        measuring: Measuring,
        goals: Goals,
        revising: Revising,
        scheduling: Scheduling,
        proposing: Proposing,
        opening: Opening,
    ) -> None:
        self._core = core
        self._measuring = measuring
        self._goals = goals
        self._revising = revising
        self._scheduling = scheduling
        self._proposing = proposing
        self._opening = opening
        self._consents = ConsentStates()
        lease = timedelta(seconds=programme().limits.lease_seconds)
        self._claims = Claims(core.clock, _plans, due="review_at", holder="leased_by", lease=lease)

    async def run(self) -> None:
        """Work until cancelled."""
        await rounds("care plans", self.drain, _SECONDS)

    async def drain(self) -> int:
        """Everything that is due now; how many plans that was."""
        return await drained(self.step)

    async def step(self) -> int:
        """A batch of plans; how many it was."""
        await self._not_far_ahead()
        name, raws = await self._claims.take(_ACTIVE, programme().limits.batch)
        for raw in raws:
            try:
                await self._look(name, raw)
            except (CarePlanChanged, DuplicateKeyError):
                # Somebody was faster: the lease brings back what is left to do.
                log.info("care plan was changed while it was looked at")
            except KeyDestroyed:
                log.info("care plan of an erased person left alone")
            except PyMongoError:  # the store is away
                raise
            except Exception as error:
                # One that cannot be looked at holds up no other; its lease brings it back.
                log.warning("care plan could not be looked at", error=type(error).__name__)
        return len(raws)

    async def _not_far_ahead(self) -> None:
        """A clock that had jumped forward and is right again is not waited for."""
        now = self._core.clock.now()
        await _plans().update_many(
            {**_ACTIVE, "review_at": {"$gt": now + _LOOKS_AHEAD}},
            {"$set": {"review_at": next_review(now)}},
        )

    async def _look(self, name: str, raw: Raw) -> None:
        now = self._core.clock.now()
        resident_id, plan_id = raw["resident_id"], raw["_id"]
        ended = monday(local_day(now)) - WEEK
        if not await self._consented(resident_id) or await self._looked(raw, ended):
            await self._put_off(name, raw, now)
            return
        await self._proposing.look(resident_id)
        key = await self._core.keyring.key(resident_id)
        plan = from_raw(raw, key)
        weeks = await self._weeks(plan, ended)
        told = plan.told_at is not None and now - plan.told_at < (
            WEEK * plan.adapting.told_again_weeks
        )
        verdict = judge(
            plan.stage,
            weeks,
            plan.adapting,
            held=plan.held,
            told=told,
            lighter=plan.lighter,
            aims=plan.aims,
            told_at=plan.told_at,
        )
        seen = _week_raw(plan, ended, weeks, verdict, key, now)

        async def adapted(plan: Plan, found: Raw, session: Session) -> Changed | None:
            if found["leased_by"] != name or found["version"] != raw["version"]:
                raise CarePlanChanged
            await WeekDocument.get_pymongo_collection().insert_one(seen, session=session)
            await _set(found, {"review_at": next_review(now), "leased_by": None}, session)
            if verdict.tell:
                await self._tell(plan, verdict, session)
            return _changed(plan, verdict, now)

        async def work(session: Session) -> None:
            after = await self._revising.change(resident_id, plan_id, adapted, session)
            if after.version == raw["version"]:
                schedule = await self._scheduling.lock(resident_id, session)
                await self._scheduling.sync(schedule, session)

        await self._core.store.transaction(work)

    async def _weeks(self, plan: Plan, ended: date) -> list[Week]:
        """The complete weeks of this stage, the last of them the one that just ended."""
        by, since = plan.adapting, plan.stage_since
        assert since is not None
        if since > local_day(self._core.clock.now()):  # the clock was ahead when it began
            since = ended
        longest = max((each.weeks for each in plan.content.goal), default=1)
        number = max(by.controlled_weeks, by.missed_weeks, by.worse_weeks, longest)
        mondays = [each for each in weeks_before(ended, number) if each >= monday(since)]
        # The week in which a stage began counts where it began with the week.
        mondays = [each for each in mondays if each >= since]
        schedule = await self._scheduling.of(plan.resident_id)
        kinds = [each.kind for each in plan.content.measure]
        if not mondays or schedule is None:
            return []
        signs = await self._goals.signs(plan, mondays)
        limits = await self._measuring.limits(plan.resident_id, kinds, self._core.clock.now())
        counted = await self._measuring.counted(
            plan.resident_id, limits, mondays[0], mondays[-1] + timedelta(days=6)
        )
        judged = plan.content.judged
        weeks = [week(schedule.phases, counted, kinds, judged, each) for each in mondays]
        return [replace(each, signs=some) for each, some in zip(weeks, signs, strict=True)]

    async def _tell(self, plan: Plan, verdict: Verdict, session: Session) -> None:
        """The doctor: by event, and by ticket where the pathway says so."""
        event = PlanWorse(
            resident_id=PydanticObjectId(plan.resident_id),
            plan_id=PydanticObjectId(plan.id),
            category=plan.category.value,
        )
        await self._core.outbox.publish(session, event)
        relation = await _own(plan.resident_id, session) if plan.content.ticket else None
        if relation is None:
            return
        question = Question(
            resident_id=plan.resident_id,
            relation=relation,
            asked_by=relation.account_id,
            text=_ticket(plan, verdict),
            reason=TicketReason.PLAN,
            urgency=TicketUrgency.ROUTINE,
            categories=frozenset({plan.category}),
        )
        await self._opening.open(question, session)

    async def _looked(self, raw: Raw, ended: date) -> bool:
        """That week, or one in which the plan did not run to its end."""
        if local_day(raw["started_at"]) > ended + timedelta(days=6):
            return True
        query = {"resident_id": raw["resident_id"], "plan_id": raw["_id"], "week": str(ended)}
        return await WeekDocument.find_one(query) is not None

    async def _put_off(self, name: str, raw: Raw, now: datetime) -> None:
        await _plans().update_one(
            {"resident_id": raw["resident_id"], "_id": raw["_id"], "leased_by": name},
            {"$set": {"review_at": next_review(now), "leased_by": None}},
        )

    async def _consented(self, resident_id: ObjectId) -> bool:
        # Nobody acts: the viewer only remembers.
        memory = Viewer(account_id=ObjectId(), roles=frozenset())
        return await self._consents.health_data(memory, resident_id) is ConsentState.GIVEN


def _ticket(plan: Plan, verdict: Verdict) -> str:
    title, numbers = plan.content.title.zh, plan.adapting
    if verdict.missed is not None:
        return said("ticket_goal", title=title, what=verdict.missed.zh).zh
    weeks, percent = numbers.worse_weeks, numbers.worse_percent
    return said("ticket", title=title, weeks=weeks, percent=percent).zh


def _changed(plan: Plan, verdict: Verdict, now: datetime) -> Changed | None:
    if verdict.change is None:
        return None
    assert verdict.why is not None
    after = replace(plan, told_at=now) if verdict.tell else plan
    if verdict.stage is not None and verdict.stage is not plan.stage:
        after = after.with_stage(verdict.stage, first_day(now))
    return Changed(after, verdict.change, verdict.why, {"review_at": next_review(now)})


def _week_raw(
    plan: Plan, ended: date, weeks: Sequence[Week], verdict: Verdict, key: Any, now: datetime
) -> Raw:
    new_id = ObjectId()
    what: Change | None = verdict.change
    box = {
        "facts": asdict(weeks[-1]) if weeks else None,
        "standing": standing(weeks, plan.adapting, plan.aims).value,
        "what": what.value if what else None,
        "stage": plan.stage.value,
    }
    document = WeekDocument(
        id=PydanticObjectId(new_id),
        resident_id=PydanticObjectId(plan.resident_id),
        plan_id=PydanticObjectId(plan.id),
        week=str(ended),
        at=now,
        box=b"",
    )
    return {**document.to_raw(), "box": key.seal_json(box, week_place(new_id))}


def week_place(week_id: ObjectId) -> str:
    return f"care_plan_weeks:{week_id}:box"


async def _set(raw: Raw, fields: Raw, session: Session) -> None:
    await _plans().update_one(
        {"resident_id": raw["resident_id"], "_id": raw["_id"]}, {"$set": fields}, session=session
    )


async def _own(resident_id: ObjectId, session: Session) -> Relation | None:
    """The resident's own relation, or a guardian's: in whose name the doctor is asked."""
    kinds = [RelationKind.SELF.value, RelationKind.GUARDIAN.value]
    query = {"resident_id": resident_id, "kind": {"$in": kinds}, "ended_at": None}
    return await Relation.find_one(query, session=session)


def _plans() -> Any:
    return PlanDocument.get_pymongo_collection()
