"""Looks at what came in and writes down what is odd; the operator decides what it means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bson import ObjectId

from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys.keyring import refuse_erased
from backend.core.paging import Cursor, Page, page_size
from backend.identity.operators import require_operator
from backend.identity.viewer import Viewer
from backend.measurements.documents import ReadingDocument, State
from backend.measurements.events import ReadingsRecorded
from rewards.errors import FraudSignalNotFound
from rewards.fraud.documents import DeviceMarkDocument, Sign, SignalDocument
from rewards.fraud.signs import Seen, copied, has_serial, rhythm
from rewards.limits import limits

_MANUAL = "manual"
_LOOKED_BACK = 30
"""Readings before the new ones that a row of copies may go back to."""
_NEEDED = {"kind": 1, "at": 1, "wall": 1, "values": 1, "source": 1}


class Watch:
    """Subscribes to new readings; punishes nobody."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def on_recorded(self, event: ReadingsRecorded, _: ObjectId) -> None:
        query = {"resident_id": event.resident_id, "_id": {"$in": list(event.reading_ids)}}
        found = ReadingDocument.get_pymongo_collection().find(query, _NEEDED)
        rows = await found.to_list()
        by_hand = defaultdict(list)
        for raw in rows:
            if raw["source"]["system"] == _MANUAL:
                by_hand[raw["kind"]].append(raw)
        for kind, some in sorted(by_hand.items()):
            await self._row(event.resident_id, kind, max(raw["at"] for raw in some))
        await self._devices(event.resident_id, rows)

    async def page(
        self, viewer: Viewer, *, first: int, after: Cursor | None = None
    ) -> Page[SignalDocument]:
        """Open signals, newest first. Raises ``OperatorRequired``."""
        require_operator(viewer)
        size = page_size(first)
        query: Raw = {"open": True, **({} if after is None else after.older_than())}
        found = SignalDocument.find(query).sort("-at", "-_id").limit(size + 1)
        return Page.of(await found.to_list(), size)

    async def close(self, viewer: Viewer, signal_id: ObjectId) -> SignalDocument:
        """An operator looked at it. Raises ``OperatorRequired``, ``FraudSignalNotFound``."""
        require_operator(viewer)
        closed = {
            "open": False,
            "closed_by": viewer.account_id,
            "closed_at": self._core.clock.now(),
        }
        done = await SignalDocument.get_pymongo_collection().update_one(
            {"_id": signal_id, "open": True}, {"$set": closed}
        )
        if done.matched_count == 0:
            raise FraudSignalNotFound
        signal = await SignalDocument.get(signal_id)
        assert signal is not None, "signals go only with their resident"
        return signal

    async def _row(self, resident_id: ObjectId, kind: str, newest: datetime) -> None:
        query = {
            "resident_id": resident_id,
            "kind": kind,
            "state": State.LIVE.value,
            "at": {"$lte": newest},
            "source.system": _MANUAL,
        }
        found = ReadingDocument.get_pymongo_collection().find(query, _NEEDED)
        rows = await found.sort("at", -1).limit(_LOOKED_BACK).to_list()
        if not rows:  # taken back before the event was heard
            return
        seen = [Seen(raw["wall"], repr(sorted(raw["values"].items()))) for raw in rows]
        table = limits()["fraud"]
        within = timedelta(minutes=table["rhythm"]["minutes"])
        day = rows[0]["wall"].date()
        signs = {
            Sign.RHYTHM: rhythm(seen, table["rhythm"]["most"], within),
            Sign.COPIED_VALUES: copied(seen, table["copied"]["times"]),
        }
        for sign, times in signs.items():
            if times:
                await self._signal(resident_id, sign, kind, day, times)

    async def _devices(self, resident_id: ObjectId, rows: Iterable[Raw]) -> None:
        devices = {(raw["source"]["system"], raw["source"]["device"]) for raw in rows}
        marks = DeviceMarkDocument.get_pymongo_collection()
        today = self._core.clock.now().astimezone(SHANGHAI).date()
        for system, device in sorted((s, d) for s, d in devices if has_serial(d)):
            mark = self._core.keyring.blind_index("point_device", f"{system}\0{device}")
            await self._mark(resident_id, mark)
            shared = await marks.count_documents({"mark": mark})
            if shared > limits()["fraud"]["device"]["most_residents"]:
                await self._signal(resident_id, Sign.SHARED_DEVICE, system, today, shared)

    async def _mark(self, resident_id: ObjectId, mark: bytes) -> None:
        place = {"mark": mark, "resident_id": resident_id}
        marks = DeviceMarkDocument.get_pymongo_collection()
        if await marks.find_one(place, {"_id": 1}) is not None:
            return

        async def work(session: Session) -> None:
            await refuse_erased(session, [resident_id])
            await marks.update_one(place, {"$setOnInsert": place}, upsert=True, session=session)

        await self._core.store.transaction(work)

    async def _signal(
        self, resident_id: ObjectId, sign: Sign, subject: str, day: date, times: int
    ) -> None:
        what = {"sign": sign.value, "subject": subject, "day": str(day)}
        fresh = {"open": True, "at": self._core.clock.now(), "closed_by": None, "closed_at": None}

        async def work(session: Session) -> None:
            await refuse_erased(session, [resident_id])
            await SignalDocument.get_pymongo_collection().update_one(
                {"resident_id": resident_id, **what},
                {"$max": {"times": times}, "$setOnInsert": fresh},
                upsert=True,
                session=session,
            )

        await self._core.store.transaction(work)
