"""Whom somebody looks after, with what is open there: a caregiver's people, a doctor's panel."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from backend.access.categories import Category
from backend.access.circle.persons import masked
from backend.access.consent.errors import ConsentMissing
from backend.access.errors import AccessDenied
from backend.access.relations import Relation, RelationKind
from backend.access.service import NOTHING, Access
from backend.archive.residents import Resident, Residents
from backend.care.conditions import condition_flags
from backend.care.open_alerts import OpenAlerts, open_alerts
from backend.care.panel import PanelFilter, fitting
from backend.care.plans.looking import PURPOSE
from backend.care.plans.plan import local_day
from backend.care.plans.standings import Control, PlanStanding, control, standings
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.errors import KangbanError
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Role, Viewer
from backend.measurements.draft import Kind
from backend.measurements.granted import READING_CATEGORIES, kinds_in

_CARED_FOR = frozenset({RelationKind.CAREGIVER, RelationKind.GUARDIAN})
_PATIENTS = frozenset({RelationKind.DOCTOR})


@dataclass(frozen=True, slots=True)
class Watched:
    """One person, their name masked. What the viewer is not granted is None."""

    relation: Relation
    name: str | None
    alerts: OpenAlerts | None
    conditions: frozenset[str] | None
    plans: tuple[PlanStanding, ...] | None = None

    @property
    def at(self) -> datetime:
        return self.relation.valid_from

    @property
    def id(self) -> ObjectId:
        return self.relation.id


class Watch:
    def __init__(self, core: Core, access: Access, residents: Residents) -> None:
        self._core = core
        self._access = access
        self._residents = residents

    async def people(
        self, viewer: Viewer, *, first: int, after: Cursor | None = None
    ) -> Page[Watched]:
        """Those the viewer cares for, newest link first."""
        page = await self._relations(viewer, _CARED_FOR, None, first, after)
        return await self._watched(viewer, page, flags=False)

    async def panel(
        self,
        viewer: Viewer,
        *,
        first: int,
        after: Cursor | None = None,
        wanted: PanelFilter | None = None,
    ) -> Page[Watched]:
        """The doctor's residents, by contract with them or their teams, newest first.

        Raises ``AccessDenied`` for who is no doctor, and ``PanelConditionUnknown``.
        """
        if not viewer.has(Role.FAMILY_DOCTOR):
            raise AccessDenied(action="view")
        only = None
        if wanted is not None and wanted != PanelFilter():
            granted = await self._patients(viewer)
            only = await fitting(self._core, viewer, granted, wanted.checked())
        page = await self._relations(viewer, _PATIENTS, only, first, after)
        return await self._watched(viewer, page, flags=True)

    async def _relations(
        self,
        viewer: Viewer,
        kinds: frozenset[RelationKind],
        only: Collection[ObjectId] | None,
        first: int,
        after: Cursor | None,
    ) -> Page[_Found]:
        size = page_size(first)
        match: Raw = {**await self._running(viewer), "kind": {"$in": sorted(kinds)}}
        if only is not None:
            match["resident_id"] = {"$in": list(only)}
        # One line a resident, though a doctor and their team may both have a contract.
        pipeline: list[Raw] = [
            {"$match": match},
            {"$sort": {"valid_from": -1, "_id": -1}},
            {"$group": {"_id": "$resident_id", "relation": {"$first": "$$ROOT"}}},
            {"$replaceRoot": {"newRoot": "$relation"}},
            *([{"$match": after.older_than("valid_from")}] if after is not None else []),
            {"$sort": {"valid_from": -1, "_id": -1}},
            {"$limit": size + 1},
        ]
        rows = await Relation.get_pymongo_collection().aggregate(pipeline)
        found = [_Found(Relation.model_validate(raw)) for raw in await rows.to_list()]
        return Page.of(found, size)

    async def _running(self, viewer: Viewer) -> Raw:
        now = self._core.clock.now()
        return {
            **await self._access.held(viewer),
            "valid_from": {"$lte": now},
            "$or": [{"valid_until": None}, {"valid_until": {"$gt": now}}],
        }

    async def _patients(self, viewer: Viewer) -> dict[ObjectId, frozenset[Category]]:
        """Residents of the panel with what the viewer may see of each, by contract and consent.

        Nothing is noted: only who is shown afterwards is looked at.
        """
        query = {**await self._running(viewer), "kind": {"$in": sorted(_PATIENTS)}}
        relations = Relation.get_pymongo_collection()
        ids = await relations.distinct("resident_id", query)
        await self._access.aware_of(viewer, ids)
        granted: dict[ObjectId, frozenset[Category]] = {}
        for each in ids:
            with suppress(AccessDenied, ConsentMissing):
                granted[each] = await self._access.categories(viewer, each, looks_at=NOTHING)
        return granted

    async def _watched(self, viewer: Viewer, page: Page[_Found], *, flags: bool) -> Page[Watched]:
        ids = [each.relation.resident_id for each in page.items]
        await self._access.aware_of(viewer, ids)
        persons = await self._residents.get_many(viewer, ids)
        kinds = {each: await self._kinds(viewer, each) for each in ids}
        known = [each for each in ids if flags and await self._may_see_conditions(viewer, each)]
        allowed: dict[ObjectId, frozenset[Category]] = {
            each: await self._plan_categories(viewer, each) for each in known
        }
        alerts, conditions, plans = await asyncio.gather(
            open_alerts(self._core.keyring, {i: k for i, k in kinds.items() if k}),
            condition_flags(self._core.keyring, known),
            standings(self._core.keyring, allowed, local_day(self._core.clock.now())),
        )
        await self._looked_at(viewer, plans)
        items = [
            Watched(
                relation=each.relation,
                name=_name(persons[each.relation.resident_id]),
                alerts=(
                    alerts.get(each.relation.resident_id, OpenAlerts())
                    if kinds[each.relation.resident_id]
                    else None
                ),
                conditions=(
                    conditions.get(each.relation.resident_id, frozenset())
                    if each.relation.resident_id in known
                    else None
                ),
                plans=(
                    plans.get(each.relation.resident_id, ())
                    if each.relation.resident_id in known
                    else None
                ),
            )
            for each in page.items
        ]
        return Page(items, page.has_next)

    async def control(self, viewer: Viewer) -> list[Control]:
        """How the plans of the whole panel went last week, by pathway: numbers of nobody.

        Raises ``AccessDenied`` for who is no doctor.
        """
        if not viewer.has(Role.FAMILY_DOCTOR):
            raise AccessDenied(action="view")
        granted = await self._patients(viewer)
        allowed = {i: some for i, some in granted.items() if Category.CONDITIONS in some}
        today = local_day(self._core.clock.now())
        found = await standings(self._core.keyring, allowed, today)
        await self._looked_at(viewer, found)
        return control(each for some in found.values() for each in some)

    async def _plan_categories(self, viewer: Viewer, resident_id: ObjectId) -> frozenset[Category]:
        return await self._access.categories(viewer, resident_id, looks_at=NOTHING)

    async def _looked_at(
        self, viewer: Viewer, found: Mapping[ObjectId, tuple[PlanStanding, ...]]
    ) -> None:
        """Noted for whoever has a plan that is told of."""
        for resident_id, plans in found.items():
            for category in sorted({each.plan.category for each in plans}):
                await self._access.require(viewer, resident_id, category, purpose=PURPOSE)

    async def _kinds(self, viewer: Viewer, resident_id: ObjectId) -> frozenset[Kind]:
        """Kinds of readings whose alerts the viewer may see; none without consent."""
        try:
            allowed = await self._access.categories(
                viewer, resident_id, looks_at=READING_CATEGORIES
            )
        except (AccessDenied, ConsentMissing):
            return frozenset()
        return kinds_in(allowed & READING_CATEGORIES)

    async def _may_see_conditions(self, viewer: Viewer, resident_id: ObjectId) -> bool:
        try:
            await self._access.require(viewer, resident_id, Category.CONDITIONS)
        except (AccessDenied, ConsentMissing):
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Found:
    relation: Relation

    @property
    def at(self) -> datetime:
        return self.relation.valid_from

    @property
    def id(self) -> ObjectId:
        return self.relation.id


def _name(person: Resident | KangbanError) -> str | None:
    return None if isinstance(person, KangbanError) else masked(person.profile.name)
