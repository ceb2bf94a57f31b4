"""Whether a consent holds now: read from the store at every request, once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from bson import ObjectId
from pymongo.errors import PyMongoError

from backend.access.consent.documents import ConsentRecord
from backend.access.consent.errors import ConsentMissing
from backend.access.consent.notices import current, notice, notices
from backend.access.consent.purpose import ConsentState, Purpose
from backend.core.database import Raw
from backend.identity.viewer import Viewer

_MEMO = "access.consents"
_Known = ConsentState | asyncio.Future[ConsentState]
_FIELDS = {"resident_id": 1, "purpose": 1, "given": 1, "version": 1}


class ConsentStates:
    """What the door and background work ask; nothing is remembered beyond one request."""

    async def require(self, resident_id: ObjectId, purpose: Purpose) -> None:
        """Raises ``ConsentMissing`` where the purpose, or one it needs, is not consented to."""
        found = await self.of(resident_id, (purpose, *notices()[purpose].needs))
        for each, state in found.items():
            if state is not ConsentState.GIVEN:
                raise ConsentMissing(purpose=each.value, state=state.value)

    async def of(
        self, resident_id: ObjectId, purposes: Iterable[Purpose] = tuple(Purpose)
    ) -> dict[Purpose, ConsentState]:
        """Each purpose's state by its own newest record."""
        wanted = tuple(purposes)
        if len(wanted) == 1:
            newest = await _newest(resident_id, wanted[0])
            return {wanted[0]: state_of(wanted[0], newest)}
        last: dict[str, Raw] = {}
        query = {"resident_id": resident_id, "purpose": {"$in": [p.value for p in wanted]}}
        async for raw in _collection().find(query, _FIELDS).sort("sequence", 1):
            last[raw["purpose"]] = raw
        return {each: state_of(each, last.get(each.value)) for each in wanted}

    async def health_data(self, viewer: Viewer, resident_id: ObjectId) -> ConsentState:
        """Of the purpose that everything needs; asked of the store once a request."""
        known: dict[ObjectId, _Known] = viewer.memo.setdefault(_MEMO, {})
        found = known.get(resident_id)
        if found is None:
            # Fields of one answer ask side by side: the first one's read serves them all.
            found = asyncio.ensure_future(_health_data(resident_id))
            known[resident_id] = found
        if isinstance(found, ConsentState):
            return found
        try:
            known[resident_id] = await asyncio.shield(found)
        except PyMongoError:
            known.pop(resident_id, None)
            raise
        return await found

    async def preload(self, viewer: Viewer, resident_ids: Iterable[ObjectId]) -> None:
        """``health_data`` of many residents in one read, for lists of people."""
        known: dict[ObjectId, _Known] = viewer.memo.setdefault(_MEMO, {})
        missing = [each for each in dict.fromkeys(resident_ids) if each not in known]
        if not missing:
            return
        last: dict[ObjectId, Raw] = {}
        query = {"resident_id": {"$in": missing}, "purpose": Purpose.HEALTH_DATA.value}
        async for raw in _collection().find(query, _FIELDS).sort("sequence", 1):
            last[raw["resident_id"]] = raw
        for each in missing:
            known[each] = state_of(Purpose.HEALTH_DATA, last.get(each))


def state_of(purpose: Purpose, newest: Raw | None) -> ConsentState:
    """What a purpose's newest record means under today's notice."""
    if newest is None:
        return ConsentState.MISSING
    if not newest["given"]:
        return ConsentState.WITHDRAWN
    if notice(purpose, newest["version"]).major < current(purpose).major:
        return ConsentState.OUTDATED
    return ConsentState.GIVEN


async def _health_data(resident_id: ObjectId) -> ConsentState:
    newest = await _newest(resident_id, Purpose.HEALTH_DATA)
    return state_of(Purpose.HEALTH_DATA, newest)


async def _newest(resident_id: ObjectId, purpose: Purpose) -> Raw | None:
    found: Raw | None = await _collection().find_one(
        {"resident_id": resident_id, "purpose": purpose.value}, _FIELDS, sort=[("sequence", -1)]
    )
    return found


def _collection() -> Any:
    return ConsentRecord.get_pymongo_collection()
