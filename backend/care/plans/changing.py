"""How any change of a plan by somebody is made: asked, in one transaction, once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.errors import RoleRequired
from backend.access.relations import Relation, RelationKind
from backend.access.service import Access
from backend.archive.entry import Provenance
from backend.care.plans.book import Book
from backend.care.plans.documents import PlanDocument, PlanState
from backend.care.plans.errors import CarePlanChanged, CarePlanNotFound, CarePlanNotOpen
from backend.care.plans.looking import PURPOSE, granted_categories
from backend.care.plans.plan import Plan, from_raw
from backend.care.plans.revising import Author, Changed, Revising
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.idempotency import Idempotency
from backend.identity.viewer import Viewer
from backend.measurements.overrides import Overrides

_MAY = frozenset(
    {
        RelationKind.SELF,
        RelationKind.GUARDIAN,
        RelationKind.CAREGIVER,
        RelationKind.DOCTOR,
    }
)
Work = Callable[[Plan, Raw, Session], Awaitable[Changed | None]]


class Changing:
    def __init__(
        self,
        core: Core,
        access: Access,
        book: Book,
        revising: Revising,
        overrides: Overrides,
    ) -> None:
        self._core = core
        self._access = access
        self._book = book
        self._revising = revising
        self._overrides = overrides

    async def read(self, resident_id: ObjectId, plan_id: ObjectId) -> Plan:
        """The policy was asked before. Raises ``CarePlanNotFound``."""
        raw = await plans().find_one({"resident_id": resident_id, "_id": plan_id})
        if raw is None:
            raise CarePlanNotFound
        return from_raw(raw, await self._core.keyring.key(resident_id))

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
        author = Author(viewer.account_id, relation.kind.value, Provenance.of(viewer, relation))

        async def work(session: Session) -> Raw:
            await self._revising.change(resident_id, plan_id, change, session, author)
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
        raw: Raw | None = await plans().find_one(
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


def unchanged(plan: Plan, version: int) -> None:
    if plan.version != version:
        raise CarePlanChanged


def in_state(plan: Plan, *states: PlanState) -> None:
    if plan.state not in states:
        raise CarePlanNotOpen(state=plan.state.value)


def plans() -> Any:
    return PlanDocument.get_pymongo_collection()
