"""A plan as the rest of the program sees it, and its way into and out of the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from backend.access.categories import Category
from backend.care.plans.documents import Change, PlanDocument, PlanState, RevisionDocument
from backend.care.plans.judging import Aims
from backend.care.plans.lab import LabTarget
from backend.care.plans.pathway import Pathway
from backend.care.plans.programme import WEEK, Adapting, Stage, Words, programme
from backend.core.clock import SHANGHAI
from backend.core.database import Raw
from backend.core.keys import OwnerKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``content`` is the pathway as it was when the plan was proposed, with the doctor's edits.
    ``held``: the doctor set how often is measured, and no week changes that. ``lab``: targets of
    the doctor. ``dropped``: steps, checks and measurements that the doctor left out: a newer
    version of the pathway does not bring them back."""

    id: ObjectId
    resident_id: ObjectId
    state: PlanState
    category: Category
    content: Pathway
    stage: Stage
    held: bool
    reason: Words
    evidence: tuple[ObjectId, ...]
    entry_id: ObjectId | None
    started_at: datetime | None
    started_by: ObjectId | None
    ended_at: datetime | None
    stage_since: date | None
    told_at: datetime | None
    created_at: datetime
    version: int
    lab: tuple[LabTarget, ...] = ()
    dropped: frozenset[str] = frozenset()

    @property
    def pathway(self) -> str:
        return self.content.key

    @property
    def adapting(self) -> Adapting:
        return self.content.adapting or programme().adapting

    @property
    def aims(self) -> Aims:
        return Aims(measured=bool(self.content.judged), goals=self.content.goal)

    @property
    def lighter(self) -> frozenset[Stage]:
        """Stages that ask for fewer measurements than the one it is in."""
        now = self._times(self.stage)
        return frozenset(each for each in Stage if self._times(each) < now)

    def _times(self, stage: Stage) -> int:
        return sum(each.stages[stage].times for each in self.content.measure)

    def week_of(self, now: datetime) -> int:
        """The week of the plan that ``now`` is in, from 1."""
        if self.started_at is None:
            return 1
        return max(0, (local_day(now) - local_day(self.started_at)).days) // 7 + 1

    def with_stage(self, stage: Stage, since: date) -> Plan:
        return replace(self, stage=stage, stage_since=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    plan_id: ObjectId
    number: int
    what: Change
    by: ObjectId | None
    relation: str | None
    at: datetime
    why: Words
    stage: Stage


def from_raw(raw: Raw, key: OwnerKey) -> Plan:
    box = key.open_json(raw["box"], place(raw["_id"]))
    since = raw["stage_since"]
    return Plan(
        id=raw["_id"],
        resident_id=raw["resident_id"],
        state=PlanState(raw["state"]),
        category=Category(raw["category"]),
        content=Pathway.model_validate(box["content"]),
        stage=Stage(box["stage"]),
        held=box["held"],
        reason=Words.model_validate(box["reason"]),
        evidence=tuple(raw["evidence"]),
        entry_id=raw["entry_id"],
        started_at=raw["started_at"],
        started_by=raw["started_by"],
        ended_at=raw["ended_at"],
        stage_since=date.fromisoformat(since) if since else None,
        told_at=raw["told_at"],
        created_at=raw["created_at"],
        version=raw["version"],
        # Plans of before there were any have none.
        lab=tuple(LabTarget.model_validate(each) for each in box.get("lab", ())),
        dropped=frozenset(box.get("dropped", ())),
    )


def sealed(plan: Plan, key: OwnerKey) -> bytes:
    return key.seal_json(_box(plan), place(plan.id))


def proposal(
    plan_id: ObjectId,
    resident_id: ObjectId,
    pathway: Pathway,
    reason: Words,
    evidence: tuple[ObjectId, ...],
    now: datetime,
) -> Plan:
    return Plan(
        id=plan_id,
        resident_id=resident_id,
        state=PlanState.PROPOSED,
        category=pathway.category,
        content=pathway,
        stage=Stage.START,
        held=False,
        reason=reason,
        evidence=evidence,
        entry_id=None,
        started_at=None,
        started_by=None,
        ended_at=None,
        stage_since=None,
        told_at=None,
        created_at=now,
        version=1,
    )


def to_raw(plan: Plan, key: OwnerKey) -> Raw:
    """The document of a new proposal."""
    document = PlanDocument(
        id=plan.id,
        resident_id=plan.resident_id,
        pathway=key.token(mark(plan.pathway)),
        category=plan.category,
        state=plan.state,
        open=True,
        box=b"",
        evidence=list(plan.evidence),
        created_at=plan.created_at,
        updated_at=plan.created_at,
    )
    return {**document.to_raw(), "box": sealed(plan, key)}


def revision_raw(
    plan: Plan,
    what: Change,
    why: Words,
    key: OwnerKey,
    now: datetime,
    *,
    by: ObjectId | None,
    relation: str | None,
) -> Raw:
    """``plan`` as it is from this revision on; its version is the revision's number."""
    new_id = ObjectId()
    box = {**_box(plan), "why": why.model_dump()}
    document = RevisionDocument(
        id=new_id,
        resident_id=plan.resident_id,
        plan_id=plan.id,
        number=plan.version,
        what=what,
        by=by,
        relation=relation,
        at=now,
        box=b"",
    )
    return {**document.to_raw(), "box": key.seal_json(box, revision_place(new_id))}


def revision_of(raw: Raw, key: OwnerKey) -> Revision:
    box: dict[str, Any] = key.open_json(raw["box"], revision_place(raw["_id"]))
    return Revision(
        plan_id=raw["plan_id"],
        number=raw["number"],
        what=Change(raw["what"]),
        by=raw["by"],
        relation=raw["relation"],
        at=raw["at"],
        why=Words.model_validate(box["why"]),
        stage=Stage(box["stage"]),
    )


def mark(pathway: str) -> str:
    """What the keyed hash of a pathway is made of: no word of a text can meet it."""
    return f"care_plan\x00{pathway}"


def step_mark(step: str) -> str:
    return f"care_plan_step\x00{step}"


def place(plan_id: ObjectId) -> str:
    return f"care_plans:{plan_id}:box"


def revision_place(revision_id: ObjectId) -> str:
    return f"care_plan_revisions:{revision_id}:box"


def local_day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def next_review(now: datetime) -> datetime:
    """The first review's time after ``now``, whatever was planned before."""
    first = monday(local_day(now))
    at = datetime.combine(first, programme().review, SHANGHAI)
    return at if at > now else datetime.combine(first + WEEK, programme().review, SHANGHAI)


def first_day(now: datetime) -> date:
    """From when on a new schedule asks: today only where nothing of today is over."""
    today = local_day(now)
    dawn = datetime.combine(today, programme().dawn, SHANGHAI)
    return today if now < dawn else today + timedelta(days=1)


def _box(plan: Plan) -> dict[str, Any]:
    return {
        "content": plan.content.model_dump(mode="json", exclude_none=True),
        "stage": plan.stage.value,
        "held": plan.held,
        "reason": plan.reason.model_dump(),
        "lab": [each.model_dump(mode="json") for each in plan.lab],
        "dropped": sorted(plan.dropped),
    }
