"""What operators do with meters: register, look, give another key, revoke."""

from __future__ import annotations

import hmac
import re

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.errors import KangbanError
from backend.core.paging import Cursor, Page, page_size
from backend.identity.operators import require_operator
from backend.identity.viewer import Viewer
from backend.measurements import meter_store
from backend.measurements.documents import MeterDocument, MeterState
from backend.measurements.meter import Meter, RegisteredMeter, from_raw
from backend.measurements.meter_errors import (
    MeterKeyUnchanged,
    MeterModelUnfit,
    MeterNotFound,
    MeterRegisteredAlready,
    MeterRevoked,
    MeterSerialUnfit,
)
from backend.measurements.meter_keys import MeterKeys, read_key, scanned_text
from backend.measurements.normalise import clean_line

_SERIAL = re.compile(r"[A-Za-z0-9._-]{4,40}")
_LONGEST_MODEL = 80
_NOT_REVOKED = {"$ne": MeterState.REVOKED.value}


class MeterRegistry:
    """Everything here raises ``OperatorRequired`` for anybody else."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._keys = MeterKeys(core)

    async def register(
        self, viewer: Viewer, *, serial: str, model: str, key: str, idempotency_key: str
    ) -> RegisteredMeter:
        """A new meter and the code to print on it; ``key`` in hexadecimal.

        Raises ``MeterSerialUnfit``, ``MeterModelUnfit``, ``MeterKeyUnfit``,
        ``MeterRegisteredAlready`` and the idempotency errors.
        """
        require_operator(viewer)
        document = self._new(viewer, serial, _model(model), read_key(key))

        async def work(session: Session) -> Raw:
            await document.insert(session=session)
            return {"meter_id": document.id}

        arguments = ["register_meter", serial, model, key.lower()]
        try:
            answer = await self._core.idempotency.once(
                viewer.account_id, idempotency_key, arguments, work
            )
        except DuplicateKeyError as error:
            raise MeterRegisteredAlready from error
        code = self._keys.claim_code(answer["meter_id"])
        return RegisteredMeter(answer["meter_id"], serial, code, scanned_text(serial, code))

    async def rekey(self, viewer: Viewer, serial: str, key: str) -> Meter:
        """An operator looked at the meter and gave it another key; it goes on where it was.

        The old key is worth nothing from here on, and the counter starts again. Raises
        ``MeterNotFound``, ``MeterRevoked``, ``MeterKeyUnfit`` or ``MeterKeyUnchanged``.
        """
        require_operator(viewer)
        fresh = read_key(key)
        raw = await meter_store.by_serial(serial)
        if raw is None:
            raise MeterNotFound
        if hmac.compare_digest(self._keys.open(raw), fresh):
            raise MeterKeyUnchanged
        free = {"$eq": ["$resident_id", None]}
        change = {
            "key": {"$literal": self._keys.seal(raw["_id"], fresh)},
            "generation": {"$add": ["$generation", 1]},
            "state": {"$cond": [free, MeterState.UNBOUND.value, MeterState.BOUND.value]},
            "counter": 0,
            "uploads": [],
            "suspected_at": None,
        }
        query = {"_id": raw["_id"], "state": _NOT_REVOKED}
        rekeyed = await meter_store.updated(query, [{"$set": change}])
        if rekeyed is None:
            raise MeterRevoked
        return from_raw(rekeyed)

    async def revoke(self, viewer: Viewer, serial: str) -> Meter:
        """For good; once more does nothing. Raises ``MeterNotFound``."""
        require_operator(viewer)
        change = {"state": MeterState.REVOKED.value, "revoked_at": self._core.clock.now()}
        query = {"serial": serial, "state": _NOT_REVOKED}
        found = await meter_store.updated(query, {"$set": change})
        found = found or await meter_store.by_serial(serial)
        if found is None:
            raise MeterNotFound
        return from_raw(found)

    async def page(
        self,
        viewer: Viewer,
        *,
        first: int,
        after: Cursor | None = None,
        state: MeterState | None = None,
    ) -> Page[Meter]:
        """All meters, the last registered first."""
        require_operator(viewer)
        size = page_size(first)
        query: Raw = {} if state is None else {"state": state.value}
        if after is not None:
            query |= after.older_than("registered_at")
        found = MeterDocument.get_pymongo_collection().find(query)
        rows = await found.sort([("registered_at", -1), ("_id", -1)]).limit(size + 1).to_list()
        return Page.of([from_raw(raw) for raw in rows], size)

    def _new(self, viewer: Viewer, serial: str, model: str, key: bytes) -> MeterDocument:
        if not _SERIAL.fullmatch(serial):
            raise MeterSerialUnfit
        meter_id = PydanticObjectId(ObjectId())
        return MeterDocument(
            id=meter_id,
            serial=serial,
            model=model,
            key=self._keys.seal(meter_id, key),
            claim_hash=self._keys.claim_hash(serial, self._keys.claim_code(meter_id)),
            registered_by=PydanticObjectId(viewer.account_id),
            registered_at=self._core.clock.now(),
        )


def _model(model: str) -> str:
    try:
        cleaned = clean_line("model", model)
    except KangbanError as error:
        raise MeterModelUnfit from error
    if len(cleaned) > _LONGEST_MODEL:
        raise MeterModelUnfit
    return cleaned
