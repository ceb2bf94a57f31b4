"""Break-glass (紧急查看): a doctor looks without having been asked, for an hour, and says why.

Who may: a doctor entered by an operator, so that an institution vouches for them, for the
residents under contract with their institution; and for everybody else's residents who has
emergency duty. An emergency room must not depend on a contract, a quiet practice has no reason
to look at strangers. The consent gate lets it through (PIPL Art. 13 (4)); in place of consent
come the typed reason, the notice to the resident at once, and an operator's review.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action
from backend.access.circle.authority import Authority
from backend.access.circle.persons import display_names
from backend.access.circle.reasons import checked_reason
from backend.access.contract.documents import (
    CareTeam,
    Contract,
    ContractState,
    Doctor,
    EmergencyAccess,
    Verdict,
)
from backend.access.contract.errors import (
    EmergencyNotFound,
    EmergencyReviewed,
    TooManyEmergencies,
)
from backend.access.contract.events import BreakGlassReviewed, BreakGlassUsed
from backend.access.errors import AccessDenied
from backend.access.limits import (
    BREAK_GLASS_CATEGORIES,
    BREAK_GLASS_LIFE,
    BREAK_GLASS_REASON,
    MOST_BREAK_GLASS,
)
from backend.access.relations import Relation, RelationKind
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.errors import NotFound
from backend.core.paging import Cursor, Page, page_size
from backend.identity.operators import require_operator
from backend.identity.viewer import Role, Viewer


@dataclass(frozen=True, slots=True)
class Emergency:
    """An emergency access as the resident and the reviewing operator see it."""

    access: EmergencyAccess
    doctor_name: str | None
    institution_name: str | None
    reason: str
    verdict_reason: str | None

    @property
    def at(self) -> datetime:
        return self.access.began_at

    @property
    def id(self) -> ObjectId:
        return self.access.id


class Emergencies:
    def __init__(self, core: Core, access: Access, authority: Authority) -> None:
        self._core = core
        self._access = access
        self._authority = authority

    async def break_glass(
        self, viewer: Viewer, resident_id: ObjectId, *, reason: str, idempotency_key: str
    ) -> EmergencyAccess:
        """Raises ``ReasonUnfit``, ``TooManyEmergencies`` or ``AccessDenied``, the last for
        who may not and for a resident who does not exist alike.
        """
        doctor = await self._doctor(viewer)
        await self._check_may(doctor, resident_id)
        text = checked_reason(reason, BREAK_GLASS_REASON)
        try:
            key = await self._core.keyring.key(resident_id)
        except NotFound as error:
            raise AccessDenied(action=Action.VIEW.value) from error
        now = self._core.clock.now()
        emergency_id = ObjectId()
        sealed = key.seal(text.encode(), _place(emergency_id, "reason"))

        async def work(session: Session) -> Raw:
            emergency = EmergencyAccess(
                id=PydanticObjectId(emergency_id),
                resident_id=PydanticObjectId(resident_id),
                doctor_id=doctor.id,
                institution_id=doctor.institution_id,
                reason=sealed,
                began_at=now,
                until=now + BREAK_GLASS_LIFE,
                categories=BREAK_GLASS_CATEGORIES,
                slot=await self._slot(doctor.id, now, session),
            )
            collection = EmergencyAccess.get_pymongo_collection()
            await collection.insert_one(emergency.to_raw(), session=session)
            await self._let_in(emergency, session)
            event = BreakGlassUsed(
                resident_id=emergency.resident_id,
                emergency_id=emergency.id,
                doctor_id=emergency.doctor_id,
            )
            await self._core.outbox.publish(session, event)
            return {"id": emergency.id}

        arguments = ["break_glass", str(resident_id), text]
        try:
            answer = await self._core.idempotency.once(
                viewer.account_id, idempotency_key, arguments, work
            )
        except DuplicateKeyError as error:  # the last slot was taken meanwhile
            raise TooManyEmergencies(limit=MOST_BREAK_GLASS) from error
        viewer.memo.clear()
        return await _get(resident_id, answer["id"])

    async def of_resident(self, viewer: Viewer, resident_id: ObjectId) -> list[Emergency]:
        """Who broke the glass and why, newest first; for the resident's side."""
        await self.check_told(viewer, resident_id)
        found = EmergencyAccess.find({"resident_id": resident_id}).sort("-began_at", "-_id")
        return await self._opened(await found.limit(100).to_list())

    async def check_told(self, viewer: Viewer, resident_id: ObjectId) -> None:
        """Raises ``AccessDenied`` for who is not of the resident's side."""
        await self._authority.speaker(viewer, resident_id, only_looks=True)

    async def told(self, viewer: Viewer, resident_id: ObjectId, id: ObjectId) -> Emergency:
        """One, for the resident's side. Raises ``AccessDenied`` or ``EmergencyNotFound``."""
        await self.check_told(viewer, resident_id)
        [opened] = await self._opened([await _get(resident_id, id)])
        return opened

    async def to_review(
        self, viewer: Viewer, *, first: int, after: Cursor | None = None
    ) -> Page[Emergency]:
        """For operators, newest first. Raises ``OperatorRequired``."""
        require_operator(viewer)
        size = page_size(first)
        query: Raw = {"reviewed_at": None}
        if after is not None:
            query["$and"] = [after.older_than("began_at")]
        found = EmergencyAccess.find(query).sort("-began_at", "-_id").limit(size + 1)
        return Page.of(await self._opened(await found.to_list()), size)

    async def review(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        emergency_id: ObjectId,
        verdict: Verdict,
        reason: str,
    ) -> EmergencyAccess:
        """An operator's verdict; one that is not justified ends the access, if it still runs.

        Raises ``OperatorRequired``, ``AccessDenied`` for one's own, ``ReasonUnfit``,
        ``EmergencyNotFound`` or ``EmergencyReviewed``.
        """
        require_operator(viewer)
        text = checked_reason(reason, BREAK_GLASS_REASON)
        emergency = await _get(resident_id, emergency_id)
        if emergency.doctor_id == viewer.account_id:
            raise AccessDenied(action=Action.MANAGE.value)
        key = await self._core.keyring.key(resident_id)
        now = self._core.clock.now()
        fields: Raw = {
            "reviewed_by": viewer.account_id,
            "reviewed_at": now,
            "verdict": verdict,
            "verdict_reason": key.seal(text.encode(), _place(emergency_id, "verdict")),
        }

        async def work(session: Session) -> EmergencyAccess:
            raw = await EmergencyAccess.get_pymongo_collection().find_one_and_update(
                {"_id": emergency_id, "resident_id": resident_id, "reviewed_at": None},
                {"$set": fields},
                session=session,
                return_document=True,
            )
            if raw is None:
                raise EmergencyReviewed
            if verdict is Verdict.UNJUSTIFIED:
                await self._close(emergency, now, session)
            event = BreakGlassReviewed(resident_id=emergency.resident_id, emergency_id=emergency.id)
            await self._core.outbox.publish(session, event)
            reviewed: EmergencyAccess = EmergencyAccess.model_validate(raw)
            return reviewed

        return await self._core.store.transaction(work)

    async def _doctor(self, viewer: Viewer) -> Doctor:
        if not viewer.has(Role.FAMILY_DOCTOR):
            raise AccessDenied(action=Action.VIEW.value)
        found = await Doctor.find_one({"_id": viewer.account_id, "left_at": None})
        if found is None:
            raise AccessDenied(action=Action.VIEW.value)
        return found

    async def _check_may(self, doctor: Doctor, resident_id: ObjectId) -> None:
        if doctor.emergency_duty:
            return
        colleagues = Doctor.find({"institution_id": doctor.institution_id, "left_at": None})
        teams = CareTeam.find({"institution_id": doctor.institution_id, "ended_at": None})
        holders = [each.id async for each in colleagues] + [each.id async for each in teams]
        running = {
            "resident_id": resident_id,
            "holder_id": {"$in": holders},
            "state": ContractState.RUNNING,
            "valid_until": {"$gt": self._core.clock.now()},
        }
        if await Contract.find_one(running) is None:
            raise AccessDenied(action=Action.VIEW.value)

    async def _slot(self, doctor_id: ObjectId, now: datetime, session: Session) -> int:
        """The lowest free of the doctor's few. Raises ``TooManyEmergencies``."""
        collection = EmergencyAccess.get_pymongo_collection()
        await collection.update_many(
            {"doctor_id": doctor_id, "open": True, "until": {"$lte": now}},
            [{"$set": {"open": False, "ended_at": "$until"}}],
            session=session,
        )
        found = collection.find({"doctor_id": doctor_id, "open": True}, session=session)
        taken = {raw["slot"] async for raw in found}
        free = [slot for slot in range(MOST_BREAK_GLASS) if slot not in taken]
        if not free:
            raise TooManyEmergencies(limit=MOST_BREAK_GLASS)
        return free[0]

    async def _let_in(self, emergency: EmergencyAccess, session: Session) -> None:
        # A second emergency with the same resident takes the place of the first.
        await self._close_relation(emergency, emergency.began_at, session)
        await self._access.grant(
            resident_id=emergency.resident_id,
            account_id=emergency.doctor_id,
            kind=RelationKind.BREAK_GLASS,
            categories=emergency.categories,
            actions=frozenset({Action.VIEW}),
            valid_until=emergency.until,
            basis_id=emergency.id,
            session=session,
        )

    async def _close(self, emergency: EmergencyAccess, now: datetime, session: Session) -> None:
        await EmergencyAccess.get_pymongo_collection().update_one(
            {"_id": emergency.id, "open": True},
            {"$set": {"open": False, "ended_at": now}},
            session=session,
        )
        await self._close_relation(emergency, now, session)

    async def _close_relation(
        self, emergency: EmergencyAccess, now: datetime, session: Session
    ) -> None:
        await Relation.get_pymongo_collection().update_many(
            {
                "resident_id": emergency.resident_id,
                "account_id": emergency.doctor_id,
                "kind": RelationKind.BREAK_GLASS,
                "ended_at": None,
            },
            {"$set": {"ended_at": now}, "$inc": {"version": 1}},
            session=session,
        )

    async def _opened(self, found: list[EmergencyAccess]) -> list[Emergency]:
        keys = await self._core.keyring.keys([each.resident_id for each in found])
        names = await display_names(
            self._core.keyring, [i for each in found for i in (each.doctor_id, each.institution_id)]
        )

        def text(each: EmergencyAccess, box: bytes | None, field: str) -> str | None:
            if box is None:
                return None
            return keys[each.resident_id].open(box, _place(each.id, field)).decode()

        return [
            Emergency(
                each,
                names.get(each.doctor_id),
                names.get(each.institution_id),
                text(each, each.reason, "reason") or "",
                text(each, each.verdict_reason, "verdict"),
            )
            for each in found
            if each.resident_id in keys
        ]


def _place(emergency_id: ObjectId, field: str) -> str:
    return f"emergency_accesses:{emergency_id}:{field}"


async def _get(resident_id: ObjectId, emergency_id: ObjectId) -> EmergencyAccess:
    found = await EmergencyAccess.find_one({"_id": emergency_id, "resident_id": resident_id})
    if found is None:
        raise EmergencyNotFound
    return found
