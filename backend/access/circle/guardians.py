"""Guardians of adults who cannot manage: asked for with a reason, confirmed by a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Category
from backend.access.circle.authority import Authority
from backend.access.circle.binding import check_no_circle
from backend.access.circle.documents import GuardianRequest, RequestState
from backend.access.circle.errors import (
    GrantUnfit,
    GuardianRequestNotFound,
    GuardianRequestSettled,
    GuardianRequestWaiting,
    GuardianshipNotNeeded,
    SecondPersonNeeded,
)
from backend.access.circle.events import GuardianAppointed, GuardianAsked
from backend.access.circle.persons import display_names
from backend.access.circle.reasons import checked_reason
from backend.access.errors import AccessDenied
from backend.access.limits import (
    AGE_OF_MAJORITY,
    GUARDIANSHIP_REASON,
    GUARDIANSHIP_WAITS,
    LONGEST_GUARDIANSHIP,
)
from backend.access.policy import runs
from backend.access.relations import Kinship, Relation, RelationKind
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.paging import Cursor, Page, page_size
from backend.identity.operators import require_operator
from backend.identity.viewer import Role, Viewer


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as who may confirm it sees it."""

    request: GuardianRequest
    reason: str
    applicant_name: str | None

    @property
    def at(self) -> datetime:
        return self.request.asked_at

    @property
    def id(self) -> ObjectId:
        return self.request.id


class Guardians:
    def __init__(self, core: Core, access: Access, authority: Authority) -> None:
        self._core = core
        self._access = access
        self._authority = authority

    async def ask(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        *,
        reason: str,
        valid_until: datetime | None = None,
        document_id: ObjectId | None = None,
        kinship: Kinship | None = None,
        idempotency_key: str,
    ) -> GuardianRequest:
        """By somebody who is in the resident's circle already; again before it runs out.

        Raises ``AccessDenied``, ``ReasonUnfit``, ``GrantUnfit`` for an end beyond a year,
        ``GuardianshipNotNeeded`` for a minor, or ``GuardianRequestWaiting``.
        """
        await self._access.require(viewer, resident_id, Category.PROFILE)
        relation = await self._in_circle(viewer, resident_id)
        now = self._core.clock.now()
        until = now + LONGEST_GUARDIANSHIP if valid_until is None else valid_until
        if not now < until <= now + LONGEST_GUARDIANSHIP:
            raise GrantUnfit(field="validUntil")
        text = checked_reason(reason, GUARDIANSHIP_REASON)
        age = await self._authority.age(resident_id)
        if age is not None and age < AGE_OF_MAJORITY:
            raise GuardianshipNotNeeded
        key = await self._core.keyring.key(resident_id)
        request_id = ObjectId()
        request = GuardianRequest(
            id=PydanticObjectId(request_id),
            resident_id=PydanticObjectId(resident_id),
            account_id=PydanticObjectId(viewer.account_id),
            kinship=kinship or relation.kinship,
            reason=key.seal(text.encode(), _place(request_id)),
            document_id=None if document_id is None else PydanticObjectId(document_id),
            valid_until=until,
            asked_at=now,
            answer_until=now + GUARDIANSHIP_WAITS,
        )

        async def work(session: Session) -> Raw:
            await _withdraw_old(request, now, session)
            collection = GuardianRequest.get_pymongo_collection()
            await collection.insert_one(request.to_raw(), session=session)
            event = GuardianAsked(resident_id=request.resident_id, request_id=request.id)
            await self._core.outbox.publish(session, event)
            return {"id": request.id}

        arguments = ["guardian", str(resident_id), text, str(valid_until), str(document_id)]
        try:
            answer = await self._core.idempotency.once(
                viewer.account_id, idempotency_key, [*arguments, kinship], work
            )
        except DuplicateKeyError as error:
            raise GuardianRequestWaiting from error
        return await _get(resident_id, answer["id"])

    async def waiting(
        self, viewer: Viewer, *, first: int, after: Cursor | None = None
    ) -> Page[Asked]:
        """For operators (``OperatorRequired``), newest first: nothing of the record is shown."""
        require_operator(viewer)
        size = page_size(first)
        now = self._core.clock.now()
        query: Raw = {"state": RequestState.WAITING, "answer_until": {"$gt": now}}
        if after is not None:
            query["$and"] = [after.older_than("asked_at")]
        found = GuardianRequest.find(query).sort("-asked_at", "-_id").limit(size + 1)
        return Page.of(await self._opened(await found.to_list()), size)

    async def of_resident(self, viewer: Viewer, resident_id: ObjectId) -> list[Asked]:
        """Those that wait, for the resident's side and their doctors."""
        await self._second(viewer, resident_id, may_be_resident=True)
        now = self._core.clock.now()
        query = {
            "resident_id": resident_id,
            "state": RequestState.WAITING,
            "answer_until": {"$gt": now},
        }
        found = await GuardianRequest.find(query).sort("-asked_at", "-_id").to_list()
        return await self._opened(found)

    async def confirm(
        self, viewer: Viewer, resident_id: ObjectId, request_id: ObjectId
    ) -> Relation:
        """By an operator or the resident's doctor, never by who asked.

        Raises ``AccessDenied``, ``GuardianRequestNotFound``, ``GuardianRequestSettled``,
        ``SecondPersonNeeded`` or ``GuardiansInCircle``.
        """
        await self._second(viewer, resident_id)
        request = await _get(resident_id, request_id)
        if request.account_id == viewer.account_id:
            raise SecondPersonNeeded

        async def work(session: Session) -> Relation:
            settled = await self._settle(viewer, request, RequestState.CONFIRMED, session)
            await check_no_circle(settled.account_id, resident_id, session)
            relation = await self._appoint(settled, viewer, session)
            event = GuardianAppointed(
                resident_id=settled.resident_id, request_id=settled.id, relation_id=relation.id
            )
            await self._core.outbox.publish(session, event)
            return relation

        return await self._core.store.transaction(work)

    async def refuse(self, viewer: Viewer, resident_id: ObjectId, request_id: ObjectId) -> None:
        """By who may confirm, by the resident, or taken back by who asked."""
        request = await GuardianRequest.find_one(
            {"_id": request_id, "resident_id": resident_id, "account_id": viewer.account_id}
        )
        state = RequestState.WITHDRAWN
        if request is None:
            await self._second(viewer, resident_id, may_be_resident=True)
            request, state = await _get(resident_id, request_id), RequestState.REFUSED
        asked = request

        async def work(session: Session) -> None:
            await self._settle(viewer, asked, state, session)

        await self._core.store.transaction(work)

    async def _in_circle(self, viewer: Viewer, resident_id: ObjectId) -> Relation:
        for each in await self._access.towards(viewer, resident_id):
            if each.kind in (RelationKind.CAREGIVER, RelationKind.GUARDIAN):
                return each
        raise AccessDenied(category=Category.PROFILE.value, action="manage")

    async def _second(
        self, viewer: Viewer, resident_id: ObjectId, *, may_be_resident: bool = False
    ) -> None:
        if viewer.has(Role.OPERATOR):
            return
        await self._access.require(viewer, resident_id, Category.PROFILE)
        kinds = {each.kind for each in await self._access.towards(viewer, resident_id)}
        if RelationKind.DOCTOR in kinds or (may_be_resident and RelationKind.SELF in kinds):
            return
        raise AccessDenied(category=Category.PROFILE.value, action="manage")

    async def _appoint(
        self, request: GuardianRequest, viewer: Viewer, session: Session
    ) -> Relation:
        """The guardian's relation: a new one, or the running one prolonged."""
        running = await Relation.find_one(
            {
                "resident_id": request.resident_id,
                "account_id": request.account_id,
                "kind": RelationKind.GUARDIAN,
                "ended_at": None,
            },
            session=session,
        )
        if running is None or not runs(running, self._core.clock.now()):
            return await self._access.grant(
                resident_id=request.resident_id,
                account_id=request.account_id,
                kind=RelationKind.GUARDIAN,
                kinship=request.kinship,
                categories=ALL_CATEGORIES,
                actions=ALL_ACTIONS,
                valid_until=request.valid_until,
                basis_id=request.id,
                session=session,
            )
        raw = await self._core.history.replace(
            Relation.get_pymongo_collection(),
            running.to_raw(),
            {"valid_until": request.valid_until, "basis_id": request.id},
            by=viewer.account_id,
            session=session,
        )
        prolonged: Relation = Relation.model_validate(raw)
        return prolonged

    async def _settle(
        self, viewer: Viewer, request: GuardianRequest, state: RequestState, session: Session
    ) -> GuardianRequest:
        now = self._core.clock.now()
        raw = await GuardianRequest.get_pymongo_collection().find_one_and_update(
            {"_id": request.id, "state": RequestState.WAITING, "answer_until": {"$gt": now}},
            {"$set": {"state": state, "settled_by": viewer.account_id, "settled_at": now}},
            session=session,
            return_document=True,
        )
        if raw is None:
            raise GuardianRequestSettled
        settled: GuardianRequest = GuardianRequest.model_validate(raw)
        return settled

    async def _opened(self, requests: list[GuardianRequest]) -> list[Asked]:
        keys = await self._core.keyring.keys([each.resident_id for each in requests])
        names = await display_names(self._core.keyring, [each.account_id for each in requests])
        return [
            Asked(
                each,
                keys[each.resident_id].open(each.reason, _place(each.id)).decode(),
                names.get(each.account_id),
            )
            for each in requests
            if each.resident_id in keys
        ]


def _place(request_id: ObjectId) -> str:
    return f"guardian_requests:{request_id}:reason"


async def _withdraw_old(request: GuardianRequest, now: datetime, session: Session) -> None:
    # One that nobody answered in time must not stand in the way of the next.
    await GuardianRequest.get_pymongo_collection().update_many(
        {
            "resident_id": request.resident_id,
            "account_id": request.account_id,
            "state": RequestState.WAITING,
            "answer_until": {"$lte": now},
        },
        {"$set": {"state": RequestState.WITHDRAWN, "settled_at": now}},
        session=session,
    )


async def _get(resident_id: ObjectId, request_id: ObjectId) -> GuardianRequest:
    found = await GuardianRequest.find_one({"_id": request_id, "resident_id": resident_id})
    if found is None:
        raise GuardianRequestNotFound
    return found
