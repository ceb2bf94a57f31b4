"""What can be booked, and what a resident has booked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.access.service import NOTHING, Access
from backend.appointments.appointment import Appointment, appointment_of
from backend.appointments.bookings import PURPOSE
from backend.appointments.documents import AppointmentState, SlotState
from backend.appointments.schedule import Slot, schedule_of
from backend.appointments.services import OWN_SYSTEM, ServiceKind, lead, limits
from backend.appointments.stored import (
    appointment_raw,
    appointments,
    places,
    schedules,
    slots,
    slots_of,
)
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from content.library import Library, Wanted
from content.piece import Piece, PieceKind

_OPEN = [
    AppointmentState.BOOKED.value,
    AppointmentState.PROPOSED.value,
    AppointmentState.WAITLIST.value,
]
_MOST_PIECES = 20


class Looking:
    def __init__(self, core: Core, access: Access, library: Library) -> None:
        self._core = core
        self._access = access
        self._library = library

    async def slots(
        self,
        kind: ServiceKind,
        *,
        first: int,
        after: Cursor | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        institution_id: ObjectId | None = None,
        free: bool = True,
    ) -> Page[Slot]:
        """Times to come, the nearest first; without ``free`` also the full ones, to wait for.
        Says nothing of anybody: whoever is signed in may look."""
        size = page_size(first)
        earliest = max(since or self._core.clock.now(), self._core.clock.now() + lead())
        start: Raw = {"$gt": earliest} if since is None else {"$gte": earliest}
        if until is not None:
            start["$lt"] = until
        query: Raw = {"kind": kind.value, "state": SlotState.OPEN.value, "start": start}
        if institution_id is not None:
            query["institution_id"] = institution_id
        if free:
            query["left"] = {"$gt": 0}
        if after is not None:
            query["$or"] = [
                {"start": {"$gt": after.at}},
                {"start": after.at, "_id": {"$gt": after.id}},
            ]
        found = slots().find(query).sort([("start", 1), ("_id", 1)]).limit(size + 1)
        return Page.of(await slots_of(await found.to_list()), size)

    async def alternatives(self, viewer: Viewer, about: Appointment) -> list[Slot]:
        """Other times of the kind: the same clinic's first, then the nearest to this one's."""
        await self._require(viewer, about.resident_id, about.kind)
        most = limits()["alternatives"]
        own = await self.slots(about.kind, first=most, institution_id=about.schedule.institution_id)
        all_of_it = await self.slots(about.kind, first=most * 2)
        known = {each.id: each for each in (*own.items, *all_of_it.items)}
        return [each for each in known.values() if each.id != about.slot_id][:most]

    async def page(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        *,
        first: int,
        after: Cursor | None = None,
        open_only: bool = False,
    ) -> Page[Appointment]:
        """Of granted kinds, the last made first. Raises ``AccessDenied``."""
        size = page_size(first)
        query: Raw = {
            "resident_id": resident_id,
            "kind": {"$in": await self._granted(viewer, resident_id)},
        }
        if open_only:
            query |= {"state": {"$in": _OPEN}, "end": {"$gt": self._core.clock.now()}}
        if after is not None:
            query["$and"] = [after.older_than()]
        found = appointments().find(query).sort([("at", -1), ("_id", -1)]).limit(size + 1)
        return Page.of(await _with_schedules(await found.to_list()), size)

    async def get(
        self, viewer: Viewer, resident_id: ObjectId, appointment_id: ObjectId
    ) -> Appointment:
        """Raises ``AccessDenied``, ``AppointmentNotFound``."""
        # Who may see nothing learns nothing, not even that it does not exist.
        await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        raw = await appointment_raw(resident_id, appointment_id)
        await self._require(viewer, resident_id, ServiceKind(raw["kind"]))
        [found] = await _with_schedules([raw])
        return found

    async def in_line(self, viewer: Viewer, about: Appointment) -> int | None:
        """How many are before one in line; None for who is in none."""
        if about.state is not AppointmentState.WAITLIST:
            return None
        await self._require(viewer, about.resident_id, about.kind)
        before = {
            "slot_id": about.slot_id,
            "state": AppointmentState.WAITLIST.value,
            "$or": [{"at": {"$lt": about.at}}, {"at": about.at, "_id": {"$lt": about.id}}],
        }
        return int(await places().count_documents(before))

    def preparation(self, about: Appointment) -> list[Piece]:
        """What to read before going: by the schedule's topics and the kind's own tags."""
        kind, topics = about.kind, about.schedule.topics
        tags = [(each.kind, each.topic) for each in kind.tags]
        wanted = [(PieceKind.TEST.value, each) for each in topics] or tags
        found: dict[str, Piece] = {}
        for piece_kind, topic in wanted:
            page = self._library.page(
                Wanted(kind=PieceKind(piece_kind), topic=topic), first=_MOST_PIECES
            )
            found |= {each.slug: each for each in page.items}
        return list(found.values())

    async def exported(self, viewer: Viewer, resident_id: ObjectId) -> list[dict[str, Any]]:
        """Every appointment as a FHIR R4 ``Appointment``, the oldest first."""
        kinds = await self._granted(viewer, resident_id)
        query = {"resident_id": resident_id, "kind": {"$in": kinds}}
        rows = await appointments().find(query).sort([("at", 1), ("_id", 1)]).to_list()
        return [fhir_of(each) for each in await _with_schedules(rows)]

    async def _granted(self, viewer: Viewer, resident_id: ObjectId) -> list[str]:
        used = frozenset(each.category for each in ServiceKind)
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        kinds = [each for each in ServiceKind if each.category in allowed]
        for category in used & allowed or used:
            await self._access.require(viewer, resident_id, category, purpose=PURPOSE)
        return [each.value for each in kinds]

    async def _require(self, viewer: Viewer, resident_id: ObjectId, kind: ServiceKind) -> None:
        await self._access.require(viewer, resident_id, kind.category, purpose=PURPOSE)


def fhir_of(about: Appointment) -> dict[str, Any]:
    """FHIR R4 ``Appointment``; the place is text, as the clinic's own record is elsewhere."""
    kind = about.kind
    return {
        "resourceType": "Appointment",
        "id": str(about.id),
        "status": about.state.value,
        "serviceType": [{"coding": [{"system": OWN_SYSTEM, "code": kind.value}], "text": kind.zh}],
        "description": about.schedule.title,
        "start": about.start.astimezone(SHANGHAI).isoformat(),
        "end": about.end.astimezone(SHANGHAI).isoformat(),
        "created": about.at.astimezone(SHANGHAI).isoformat(),
        "participant": [
            {
                "actor": {"reference": f"Patient/{about.resident_id}"},
                "status": _PARTICIPATION[about.state],
            },
            {"actor": {"display": about.schedule.place}, "status": "accepted"},
        ],
    }


_PARTICIPATION = {
    AppointmentState.WAITLIST: "needs-action",
    AppointmentState.PROPOSED: "needs-action",
    AppointmentState.BOOKED: "accepted",
    AppointmentState.FULFILLED: "accepted",
    AppointmentState.NOSHOW: "accepted",
    AppointmentState.CANCELLED: "declined",
}


async def _with_schedules(raws: list[Raw]) -> list[Appointment]:
    wanted = {"_id": {"$in": list({each["schedule_id"] for each in raws})}}
    known = {raw["_id"]: schedule_of(raw) async for raw in schedules().find(wanted)} if raws else {}
    return [appointment_of(each, known[each["schedule_id"]]) for each in raws]
