"""Limits that a doctor sets for one person, with dates between which they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import RoleRequired
from backend.access.relations import RelationKind
from backend.access.service import Access
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import OwnerKey
from backend.identity.viewer import Viewer
from backend.measurements.documents import OverrideDocument
from backend.measurements.draft import Kind, Meal
from backend.measurements.granted import require_kinds
from backend.measurements.kinds import spec
from backend.measurements.thresholds import Override
from backend.measurements.write_errors import LimitInvalid, LimitNotFound


@dataclass(frozen=True, slots=True)
class LimitDraft:
    """A limit, sealed, that is not written yet."""

    raw: Raw

    @property
    def id(self) -> ObjectId:
        found: ObjectId = self.raw["_id"]
        return found


class Overrides:
    """Sets, ends and reads a person's own limits."""

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access

    async def set(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        override: Override,
        *,
        idempotency_key: str,
    ) -> ObjectId:
        """Write a limit down. Raises as ``draft``."""
        draft = await self.draft(viewer, resident_id, override)

        async def work(session: Session) -> Raw:
            await self.write(draft, session)
            return {"limit_id": draft.id}

        arguments = ["set_limit", resident_id, override]
        answer = await self._core.idempotency.once(
            viewer.account_id, idempotency_key, arguments, work
        )
        limit_id: ObjectId = answer["limit_id"]
        return limit_id

    async def draft(self, viewer: Viewer, resident_id: ObjectId, override: Override) -> LimitDraft:
        """A limit that was checked, to be written with what belongs to it; only the resident's
        doctor may.

        Raises ``AccessDenied``, ``RoleRequired`` and ``LimitInvalid`` (a component that the
        kind does not have).
        """
        await self._require_doctor(viewer, resident_id)
        if override.component not in spec(override.kind).components:
            raise LimitInvalid
        key = await self._core.keyring.key(resident_id)
        now = self._core.clock.now()
        return LimitDraft(_to_raw(override, resident_id, viewer.account_id, key, now))

    async def write(self, draft: LimitDraft, session: Session) -> None:
        """In a transaction of the caller's."""
        await OverrideDocument.get_pymongo_collection().insert_one(draft.raw, session=session)

    async def end(self, viewer: Viewer, resident_id: ObjectId, limit_id: ObjectId) -> None:
        """From now on the guideline holds again. Raises ``LimitNotFound``."""
        await self._require_doctor(viewer, resident_id)
        result = await OverrideDocument.get_pymongo_collection().update_one(
            {"resident_id": resident_id, "_id": limit_id, "ended_at": None},
            {"$set": {"ended_at": self._core.clock.now()}},
        )
        if result.matched_count == 0:
            raise LimitNotFound

    async def current(
        self, viewer: Viewer, resident_id: ObjectId
    ) -> list[tuple[ObjectId, Override]]:
        """The person's own limits that nobody ended."""
        kinds = await require_kinds(self._access, viewer, resident_id, ())
        return [each for each in await self.of(resident_id) if each[1].kind in kinds]

    async def of(self, resident_id: ObjectId) -> list[tuple[ObjectId, Override]]:
        """``current`` after the policy was asked."""
        return await limits_of(self._core, resident_id)

    async def _require_doctor(self, viewer: Viewer, resident_id: ObjectId) -> None:
        relation = await self._access.require(viewer, resident_id, Category.READINGS, Action.MANAGE)
        if relation.kind is not RelationKind.DOCTOR:
            raise RoleRequired


async def limits_of(core: Core, resident_id: ObjectId) -> list[tuple[ObjectId, Override]]:
    """The person's own limits that nobody ended; the policy was asked before."""
    found = OverrideDocument.get_pymongo_collection().find(
        {"resident_id": resident_id, "ended_at": None}
    )
    rows = await found.to_list()
    if not rows:
        return []
    key = await core.keyring.key(resident_id)
    return [(raw["_id"], _from_raw(raw, key)) for raw in rows]


def _to_raw(
    override: Override, resident_id: ObjectId, by: ObjectId, key: OwnerKey, now: datetime
) -> Raw:
    limit_id = ObjectId()
    words = {"set_by": override.set_by, "note": override.note}
    return {
        "_id": limit_id,
        "resident_id": PydanticObjectId(resident_id),
        "kind": override.kind.value,
        "component": override.component,
        "meal": override.meal.value if override.meal else None,
        "low": override.low,
        "high": override.high,
        "valid_from": _midnight(override.valid_from),
        "valid_until": _midnight(override.valid_until) if override.valid_until else None,
        "set_by": by,
        "set_at": now,
        "words": key.seal_json(words, f"threshold_overrides:{limit_id}:words"),
        "ended_at": None,
    }


def _from_raw(raw: Raw, key: OwnerKey) -> Override:
    words = key.open_json(raw["words"], f"threshold_overrides:{raw['_id']}:words")
    until = raw["valid_until"]
    return Override(
        kind=Kind(raw["kind"]),
        component=raw["component"],
        meal=Meal(raw["meal"]) if raw["meal"] else None,
        low=raw["low"],
        high=raw["high"],
        valid_from=raw["valid_from"].astimezone(SHANGHAI).date(),
        valid_until=until.astimezone(SHANGHAI).date() if until else None,
        set_by=words["set_by"],
        note=words["note"],
    )


def _midnight(day: object) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=SHANGHAI)
