"""A resident's meters with their own 4G card: bound by scanning the code on them, unbound."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import asdict

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.relations import Relation
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw
from backend.identity.viewer import Viewer
from backend.measurements import meter_store
from backend.measurements.documents import MeterDocument, MeterState
from backend.measurements.meter import Meter, from_raw
from backend.measurements.meter_claims import ClaimLimiter
from backend.measurements.meter_errors import (
    MeterBoundElsewhere,
    MeterClaimWrong,
    MeterNotFound,
    MeterRevoked,
    MeterSuspect,
)
from backend.measurements.meter_keys import MeterKeys, read_scanned
from backend.measurements.recording import recorder

_NOBODY: Mapping[str, None] = {"resident_id": None, "bound_by": None, "bound_at": None}


class Meters:
    """For the resident and whoever may manage their readings.

    A binding outlives the relation of who made it: the meter is the resident's.
    """

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access
        self._keys = MeterKeys(core)
        self._limiter = ClaimLimiter(core)

    async def bind(self, viewer: Viewer, resident_id: ObjectId, scanned: str) -> Meter:
        """Give the meter to a resident; once more does nothing.

        Raises ``AccessDenied``, ``MeterCodeInvalid``, ``MeterClaimTooOften``,
        ``MeterClaimWrong``, ``MeterBoundElsewhere``, ``MeterRevoked`` or ``MeterSuspect``.
        """
        relation = await self._access.require(viewer, resident_id, Category.READINGS, Action.MANAGE)
        serial, code = read_scanned(scanned)
        await self._limiter.count(viewer.account_id, serial)
        raw = await meter_store.by_serial(serial)
        given = self._keys.claim_hash(serial, code)
        if not hmac.compare_digest(given, raw["claim_hash"] if raw else bytes(len(given))):
            raise MeterClaimWrong
        await self._limiter.forgive(viewer.account_id, serial)
        bound = await self._bind(viewer, relation, resident_id, serial)
        if bound is None:
            bound = await meter_store.by_serial(serial)
            assert bound is not None, "meters are never deleted"
            _check_own(bound, resident_id)
        return from_raw(bound)

    async def unbind(self, viewer: Viewer, resident_id: ObjectId, meter_id: ObjectId) -> None:
        """Nobody has it afterwards; what it measured stays. Raises ``MeterNotFound``."""
        await self._access.require(viewer, resident_id, Category.READINGS, Action.MANAGE)
        bound = {"$eq": ["$state", MeterState.BOUND.value]}
        free = {"$cond": [bound, MeterState.UNBOUND.value, "$state"]}
        change = [{"$set": {**_NOBODY, "state": free}}]
        here = {"_id": meter_id, "resident_id": resident_id}
        if await meter_store.updated(here, change) is None:
            raise MeterNotFound

    async def of(self, viewer: Viewer, resident_id: ObjectId) -> list[Meter]:
        """The resident's meters in every state, the first bound first."""
        await self._access.require(viewer, resident_id, Category.READINGS)
        found = MeterDocument.get_pymongo_collection().find({"resident_id": resident_id})
        return [from_raw(raw) async for raw in found.sort([("bound_at", 1), ("_id", 1)])]

    async def get(self, viewer: Viewer, resident_id: ObjectId, meter_id: ObjectId) -> Meter:
        """Raises ``MeterNotFound``, for somebody else's meter too."""
        await self._access.require(viewer, resident_id, Category.READINGS)
        raw = await MeterDocument.get_pymongo_collection().find_one(
            {"_id": meter_id, "resident_id": resident_id}
        )
        if raw is None:
            raise MeterNotFound
        return from_raw(raw)

    async def _bind(
        self, viewer: Viewer, relation: Relation, resident_id: ObjectId, serial: str
    ) -> Raw | None:
        change = {
            "state": MeterState.BOUND.value,
            "resident_id": resident_id,
            "bound_by": asdict(recorder(viewer, relation)),
            "bound_at": self._core.clock.now(),
        }
        query = {"serial": serial, "state": MeterState.UNBOUND.value}
        return await meter_store.updated(query, {"$set": change})


def _check_own(raw: Raw, resident_id: ObjectId) -> None:
    """Why a meter that was not free cannot be bound; nothing where it is theirs already."""
    if raw["state"] == MeterState.REVOKED:
        raise MeterRevoked
    if raw["state"] == MeterState.SUSPECT:
        raise MeterSuspect
    if raw["resident_id"] != resident_id:
        raise MeterBoundElsewhere
