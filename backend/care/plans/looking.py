"""What somebody may see of plans: lists, one, its revisions; the download's part; hints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from backend.access.categories import Category
from backend.access.errors import AccessDenied
from backend.access.service import NOTHING, Access
from backend.care.plans.book import Book
from backend.care.plans.documents import (
    PlanDocument,
    PlanState,
    RevisionDocument,
    TickDocument,
)
from backend.care.plans.errors import CarePlanNotFound
from backend.care.plans.plan import Plan, Revision, from_raw, revision_of, step_mark
from backend.care.plans.programme import programme
from backend.core.container import Core
from backend.core.database import Raw
from backend.identity.viewer import Viewer

PURPOSE = "care_plan"
"""What the log of who looked says of plans."""

_MOST = 50
_PAST = (PlanState.ENDED.value,)
_RUNS = (PlanState.ACTIVE.value, PlanState.PAUSED.value)


class Looking:
    def __init__(self, core: Core, access: Access, book: Book) -> None:
        self._core = core
        self._access = access
        self._book = book

    async def plans(
        self, viewer: Viewer, resident_id: ObjectId, *, ended: bool = False
    ) -> list[Plan]:
        """Those of granted categories, newest first. Raises ``AccessDenied``."""
        states = (*_RUNS, *_PAST) if ended else _RUNS
        return await self._listed(viewer, resident_id, states)

    async def proposals(self, viewer: Viewer, resident_id: ObjectId) -> list[Plan]:
        """Those that wait for an answer. Raises ``AccessDenied``."""
        return await self._listed(viewer, resident_id, (PlanState.PROPOSED.value,))

    async def get(self, viewer: Viewer, resident_id: ObjectId, plan_id: ObjectId) -> Plan:
        """In any state. Raises ``AccessDenied``, ``CarePlanNotFound``."""
        granted = await granted_categories(self._access, self._book, viewer, resident_id)
        query = {
            "resident_id": resident_id,
            "_id": plan_id,
            "category": {"$in": sorted(granted)},
        }
        raw = await _plans().find_one(query)
        if raw is None:
            raise CarePlanNotFound
        await self._access.require(viewer, resident_id, Category(raw["category"]), purpose=PURPOSE)
        return from_raw(raw, await self._core.keyring.key(resident_id))

    async def revisions(self, plan: Plan) -> list[Revision]:
        """Of a plan that the viewer was shown, the newest first."""
        return (await self.revisions_of(plan.resident_id, [plan.id]))[plan.id]

    async def revisions_of(
        self, resident_id: ObjectId, plan_ids: Sequence[ObjectId]
    ) -> dict[ObjectId, list[Revision]]:
        """By plan, in one read, the last of them; of plans that the viewer was shown."""
        most = programme().limits.revisions * len(plan_ids)
        return await self._revisions(resident_id, plan_ids, most=most)

    async def _revisions(
        self, resident_id: ObjectId, plan_ids: Sequence[ObjectId], *, most: int
    ) -> dict[ObjectId, list[Revision]]:
        """``most`` 0: all of them."""
        query = {"resident_id": resident_id, "plan_id": {"$in": list(plan_ids)}}
        rows = RevisionDocument.get_pymongo_collection().find(query)
        raws = await rows.sort([("at", -1), ("number", -1)]).limit(most).to_list()
        key = await self._core.keyring.key(resident_id)
        found: dict[ObjectId, list[Revision]] = {each: [] for each in plan_ids}
        for raw in raws:
            found[raw["plan_id"]].append(revision_of(raw, key))
        return found

    async def running(self, resident_id: ObjectId, categories: frozenset[Category]) -> list[Plan]:
        """For other rooms that asked the policy: active plans of these categories."""
        query = {
            "resident_id": resident_id,
            "state": PlanState.ACTIVE.value,
            "category": {"$in": sorted(categories)},
        }
        return await self._read(resident_id, query)

    async def exported(self, viewer: Viewer, resident_id: ObjectId) -> list[dict[str, Any]]:
        """Plain rows of granted categories, with every revision. Raises ``AccessDenied``."""
        states = tuple(each.value for each in PlanState)
        found = await self._listed(viewer, resident_id, states, most=0)
        if not found:
            return []
        revisions = await self._revisions(resident_id, [each.id for each in found], most=0)
        ticks = await self._ticks(resident_id, found)
        return [_row(each, revisions[each.id], ticks[each.id]) for each in reversed(found)]

    async def _ticks(
        self, resident_id: ObjectId, plans: Sequence[Plan]
    ) -> dict[ObjectId, list[dict[str, str]]]:
        """Which step was done on which day, in words, by plan."""
        key = await self._core.keyring.key(resident_id)
        words = {
            (plan.id, key.token(step_mark(step.key))): step.zh
            for plan in plans
            for step in plan.content.step
        }
        found: dict[ObjectId, list[dict[str, str]]] = {plan.id: [] for plan in plans}
        query = {"resident_id": resident_id, "plan_id": {"$in": list(found)}}
        async for each in TickDocument.find(query).sort("day"):
            # A step that the doctor dropped since has no words any more.
            step = words.get((each.plan_id, each.step), "")
            found[each.plan_id].append({"day": each.day, "step": step})
        return found

    async def _listed(
        self, viewer: Viewer, resident_id: ObjectId, states: tuple[str, ...], *, most: int = _MOST
    ) -> list[Plan]:
        """``most`` 0: all of them."""
        granted = await granted_categories(self._access, self._book, viewer, resident_id)
        query = {
            "resident_id": resident_id,
            "state": {"$in": list(states)},
            "category": {"$in": sorted(granted)},
        }
        found = await self._read(resident_id, query, most)
        # Of what is private only its being there would tell: noted when something is shown.
        shown = {each.category for each in found} | (granted & {Category.CONDITIONS})
        for category in sorted(shown):
            await self._access.require(viewer, resident_id, category, purpose=PURPOSE)
        return found

    async def _read(self, resident_id: ObjectId, query: Raw, most: int = _MOST) -> list[Plan]:
        rows = _plans().find(query).sort([("created_at", -1), ("_id", -1)]).limit(most)
        raws = await rows.to_list()
        if not raws:
            return []
        key = await self._core.keyring.key(resident_id)
        return [from_raw(each, key) for each in raws]


async def granted_categories(
    access: Access, book: Book, viewer: Viewer, resident_id: ObjectId
) -> frozenset[Category]:
    """Of those that plans are kept in; what is not among them looks like what is not there.

    Raises ``AccessDenied`` for who is granted none.
    """
    allowed = await access.categories(viewer, resident_id, looks_at=NOTHING)
    granted = allowed & {each.category for each in book.pathways}
    if not granted:
        raise AccessDenied(category=Category.CONDITIONS.value)
    return granted


def _row(plan: Plan, revisions: list[Revision], ticks: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "plan": plan.content.title.zh,
        "state": plan.state.value,
        "stage": plan.stage.value,
        "reason": plan.reason.zh,
        "proposed_at": plan.created_at.isoformat(),
        "started_at": plan.started_at.isoformat() if plan.started_at else None,
        "ended_at": plan.ended_at.isoformat() if plan.ended_at else None,
        "revisions": [
            {"at": each.at.isoformat(), "what": each.what.value, "why": each.why.zh}
            for each in reversed(revisions)
        ],
        "lab_targets": [each.model_dump(mode="json") for each in plan.lab],
        "steps_done": ticks,
    }


def _plans() -> Any:
    return PlanDocument.get_pymongo_collection()
