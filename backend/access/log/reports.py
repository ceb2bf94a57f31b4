"""An entry that should not be there: the resident says so, an operator looks into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.circle.reasons import checked_reason
from backend.access.log.documents import AccessEntry, AccessReport
from backend.access.log.errors import (
    AccessEntryReportedAlready,
    AccessReportAnsweredAlready,
    AccessReportNotFound,
)
from backend.access.log.events import AccessEntryReported, AccessReportAnswered
from backend.access.log.line import OPERATOR, By
from backend.access.log.looks import Look
from backend.access.log.reading import LogReading, ToldLook, entry
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import OwnerKey
from backend.core.paging import Cursor, Page, page_size
from backend.identity.operators import require_operator
from backend.identity.viewer import Viewer

_LEAST = 5
_BY = By(kind=OPERATOR, why="access_report", purpose="access_report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``look`` is the entry that it is about: who, when and which category, no health data."""

    id: ObjectId
    resident_id: ObjectId
    at: datetime
    state: str
    reason: str
    answer: str | None
    answered_at: datetime | None
    look: ToldLook


class LogReports:
    """Residents open reports; everything about all residents' is for operators."""

    def __init__(self, core: Core, access: Access, reading: LogReading) -> None:
        self._core = core
        self._access = access
        self._reading = reading

    async def report(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        entry_id: ObjectId,
        reason: str,
        *,
        idempotency_key: str,
    ) -> Report:
        """Opens a case. Raises ``AccessDenied``, ``AccessEntryNotFound``, ``ReasonUnfit`` and
        ``AccessEntryReportedAlready`` for an entry that was reported before.
        """
        await self._reading.admit(viewer, resident_id)
        reason = checked_reason(reason, _LEAST)
        await entry(resident_id, entry_id)
        document = await self._new(viewer, resident_id, entry_id, reason)

        async def work(session: Session) -> Raw:
            await AccessReport.get_pymongo_collection().insert_one(
                document.to_raw(), session=session
            )
            event = AccessEntryReported(
                resident_id=document.resident_id, report_id=document.id, entry_id=document.entry_id
            )
            await self._core.outbox.publish(session, event)
            return {"report_id": document.id}

        arguments = ["report_access_entry", resident_id, entry_id, reason]
        try:
            answer = await self._core.idempotency.once(
                viewer.account_id, idempotency_key, arguments, work
            )
        except DuplicateKeyError as error:
            raise AccessEntryReportedAlready from error
        return (await self._opened(viewer, [await _stored(resident_id, answer["report_id"])]))[0]

    async def of_resident(self, viewer: Viewer, resident_id: ObjectId) -> list[Report]:
        """Newest first, with the answers. Raises ``AccessDenied``."""
        await self._reading.admit(viewer, resident_id)
        found = AccessReport.get_pymongo_collection().find({"resident_id": resident_id})
        return await self._opened(viewer, await found.sort("_id", -1).to_list())

    async def waiting(
        self, viewer: Viewer, *, first: int, after: Cursor | None = None, answered: bool = False
    ) -> Page[Report]:
        """Everybody's, newest first. Raises ``OperatorRequired``."""
        require_operator(viewer)
        size = page_size(first)
        query: Raw = {"state": "answered" if answered else "open"}
        if after is not None:
            query |= after.older_than()
        found = AccessReport.get_pymongo_collection().find(query)
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(size + 1).to_list()
        for resident_id in {raw["resident_id"] for raw in rows[:size]}:
            await self._note(viewer, resident_id, Action.VIEW)
        return Page(await self._opened(viewer, rows[:size]), len(rows) > size)

    async def answer(
        self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId, text: str
    ) -> Report:
        """Closes the case. Raises ``OperatorRequired``, ``AccessReportNotFound``,
        ``AccessReportAnsweredAlready`` and ``ReasonUnfit``."""
        require_operator(viewer)
        text = checked_reason(text, _LEAST)
        await _stored(resident_id, report_id)
        await self._note(viewer, resident_id, Action.MANAGE)
        key = await self._core.keyring.key(resident_id)
        change = {
            "state": "answered",
            "answer": key.seal(text.encode(), _place(report_id, "answer")),
            "answered_by": viewer.account_id,
            "answered_at": self._core.clock.now(),
        }

        async def work(session: Session) -> Raw:
            after: Raw | None = await AccessReport.get_pymongo_collection().find_one_and_update(
                {"resident_id": resident_id, "_id": report_id, "state": "open"},
                {"$set": change},
                return_document=True,
                session=session,
            )
            if after is None:
                raise AccessReportAnsweredAlready
            event = AccessReportAnswered(
                resident_id=PydanticObjectId(resident_id), report_id=PydanticObjectId(report_id)
            )
            await self._core.outbox.publish(session, event)
            return after

        return (await self._opened(viewer, [await self._core.store.transaction(work)]))[0]

    async def _new(
        self, viewer: Viewer, resident_id: ObjectId, entry_id: ObjectId, reason: str
    ) -> AccessReport:
        key, report_id = await self._core.keyring.key(resident_id), ObjectId()
        return AccessReport(
            id=PydanticObjectId(report_id),
            resident_id=PydanticObjectId(resident_id),
            entry_id=PydanticObjectId(entry_id),
            reported_by=PydanticObjectId(viewer.account_id),
            reason=key.seal(reason.encode(), _place(report_id, "reason")),
            at=self._core.clock.now(),
        )

    async def _note(self, viewer: Viewer, resident_id: ObjectId, action: Action) -> None:
        await self._access.log.note(viewer, resident_id, (Category.PROFILE,), action, _BY)

    async def _opened(self, viewer: Viewer, rows: list[Raw]) -> list[Report]:
        wanted = [{"resident_id": raw["resident_id"], "_id": raw["entry_id"]} for raw in rows]
        if not wanted:
            return []
        keys = await self._core.keyring.keys({raw["resident_id"] for raw in rows})
        found = AccessEntry.get_pymongo_collection().find({"$or": wanted})
        looks = [Look.of(raw) async for raw in found]
        told = {each.look.entry_id: each for each in await self._reading.told(viewer, looks)}
        return [
            _report(raw, keys[raw["resident_id"]], told[raw["entry_id"]])
            for raw in rows
            if raw["resident_id"] in keys and raw["entry_id"] in told
        ]


async def _stored(resident_id: ObjectId, report_id: ObjectId) -> Raw:
    raw: Raw | None = await AccessReport.get_pymongo_collection().find_one(
        {"resident_id": resident_id, "_id": report_id}
    )
    if raw is None:
        raise AccessReportNotFound
    return raw


def _report(raw: Raw, key: OwnerKey, look: ToldLook) -> Report:
    answer = raw["answer"]
    return Report(
        id=raw["_id"],
        resident_id=raw["resident_id"],
        at=raw["at"],
        state=raw["state"],
        reason=key.open(raw["reason"], _place(raw["_id"], "reason")).decode(),
        answer=key.open(answer, _place(raw["_id"], "answer")).decode() if answer else None,
        answered_at=raw["answered_at"],
        look=look,
    )


def _place(report_id: ObjectId, field: str) -> str:
    return f"access_reports:{report_id}:{field}"
