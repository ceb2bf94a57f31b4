"""How a contract comes about: proposed, written down, signed, and with it the doctor's right."""

from __future__ import annotations

from datetime import timedelta

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.circle.authority import Authority, check_grant
from backend.access.contract.documents import Contract, ContractState
from backend.access.contract.errors import ContractSettled
from backend.access.contract.events import ContractSigned
from backend.access.contract.terms import Terms, check_days
from backend.access.limits import PROPOSAL_LIFE
from backend.access.relations import RelationKind
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.identity.viewer import Viewer


class Signing:
    def __init__(self, core: Core, access: Access, authority: Authority) -> None:
        self._core = core
        self._access = access
        self._authority = authority

    async def check_terms(self, viewer: Viewer, resident_id: ObjectId, terms: Terms) -> None:
        """Raises ``AccessDenied``, ``GrantUnfit``, ``GrantBeyondOwn``, ``ContractTermUnfit``."""
        speaker = await self._authority.speaker(viewer, resident_id)
        now = self._core.clock.now()
        check_grant(speaker, terms.categories, terms.actions, None, now)
        check_days(terms.days)

    def new(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        holder: ObjectId,
        team_id: ObjectId | None,
        terms: Terms,
    ) -> Contract:
        """Proposed, not stored yet."""
        now = self._core.clock.now()
        return Contract(
            resident_id=PydanticObjectId(resident_id),
            holder_id=PydanticObjectId(holder),
            team_id=None if team_id is None else PydanticObjectId(team_id),
            state=ContractState.PROPOSED,
            categories=terms.categories,
            actions=terms.actions,
            days=terms.days,
            proposed_by=PydanticObjectId(viewer.account_id),
            proposed_at=now,
            answer_until=now + PROPOSAL_LIFE,
        )

    async def insert(self, contract: Contract, session: Session) -> None:
        """Raises ``DuplicateKeyError`` where one with this holder waits or runs."""
        collection = Contract.get_pymongo_collection()
        now = self._core.clock.now()
        over = [
            {"state": ContractState.PROPOSED, "answer_until": {"$lte": now}},
            {"state": ContractState.RUNNING, "valid_until": {"$lte": now}},
        ]
        # What ran out by itself must not stand in the way of the next one.
        await collection.update_many(
            {
                "resident_id": contract.resident_id,
                "holder_id": contract.holder_id,
                "ended_at": None,
                "$or": over,
            },
            {"$set": {"state": ContractState.ENDED, "ended_at": now}},
            session=session,
        )
        await collection.insert_one(contract.to_raw(), session=session)

    async def sign(self, contract: Contract, viewer: Viewer, session: Session) -> Contract:
        """Raises ``ContractSettled``, ``RelationExists``."""
        now = self._core.clock.now()
        if contract.answer_until <= now:
            raise ContractSettled
        until = now + timedelta(days=contract.days)
        fields = {
            "state": ContractState.RUNNING,
            "answered_by": viewer.account_id,
            "signed_at": now,
            "valid_until": until,
        }
        after = await move(contract, ContractState.PROPOSED, fields, session)
        await self._access.grant(
            resident_id=after.resident_id,
            account_id=after.holder_id,
            kind=RelationKind.DOCTOR,
            categories=after.categories,
            actions=after.actions,
            valid_until=until,
            team_id=after.team_id,
            basis_id=after.id,
            session=session,
        )
        event = ContractSigned(resident_id=after.resident_id, contract_id=after.id)
        await self._core.outbox.publish(session, event)
        return after


async def move(
    contract: Contract, expected: ContractState, fields: Raw, session: Session
) -> Contract:
    """Changed where it still is as ``expected``. Raises ``ContractSettled``."""
    raw = await Contract.get_pymongo_collection().find_one_and_update(
        {"_id": contract.id, "resident_id": contract.resident_id, "state": expected},
        {"$set": fields, "$inc": {"version": 1}},
        session=session,
        return_document=True,
    )
    if raw is None:
        raise ContractSettled
    moved: Contract = Contract.model_validate(raw)
    return moved
