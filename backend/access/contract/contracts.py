"""Contracts between residents and family doctors (家庭医生签约): both sides sign."""

from __future__ import annotations

from datetime import timedelta

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action
from backend.access.circle.authority import Authority
from backend.access.circle.persons import Persons, display_names, masked
from backend.access.contract.documents import CareTeam, Contract, ContractState
from backend.access.contract.errors import (
    ContractExists,
    ContractNotFound,
    ContractSettled,
    RenewalTooEarly,
)
from backend.access.contract.events import ContractEnded, ContractProposed, ContractSigned
from backend.access.contract.registry import DoctorRegistry
from backend.access.contract.signing import Signing, move
from backend.access.contract.terms import Terms, check_days, holders, plain
from backend.access.errors import AccessDenied
from backend.access.log.service import pass_gate
from backend.access.relations import Relation
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.identity.viewer import Viewer

_RENEWED_WITHIN = timedelta(days=30)


class Contracts:
    def __init__(
        self,
        core: Core,
        authority: Authority,
        registry: DoctorRegistry,
        signing: Signing,
        persons: Persons,
    ) -> None:
        self._core = core
        self._persons = persons
        self._authority = authority
        self._registry = registry
        self._signing = signing

    async def ask(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        terms: Terms,
        *,
        doctor_id: ObjectId | None = None,
        team_id: ObjectId | None = None,
        idempotency_key: str,
    ) -> Contract:
        """The resident asks a doctor or a team, who answer. Raises ``AccessDenied``,
        ``DoctorNotFound``, ``GrantUnfit``, ``ContractTermUnfit`` or ``ContractExists``.
        """
        await self._signing.check_terms(viewer, resident_id, terms)
        if team_id is not None:
            holder = (await self._registry.team(team_id)).id
        else:
            holder = (await self._registry.doctor(doctor_id or ObjectId())).id
        contract = self._signing.new(viewer, resident_id, holder, team_id, terms)

        async def work(session: Session) -> Raw:
            await self._signing.insert(contract, session)
            event = ContractProposed(resident_id=contract.resident_id, contract_id=contract.id)
            await self._core.outbox.publish(session, event)
            return {"id": contract.id}

        arguments = ["contract", str(resident_id), str(holder), plain(terms)]
        try:
            answer = await self._core.idempotency.once(
                viewer.account_id, idempotency_key, arguments, work
            )
        except DuplicateKeyError as error:
            raise ContractExists from error
        return await _get(resident_id, answer["id"])

    async def accept(self, viewer: Viewer, resident_id: ObjectId, id: ObjectId) -> Contract:
        """By the doctor who was asked, or one of the team. Raises ``AccessDenied`` or
        ``ContractSettled``.
        """
        contract = await self._of_holder(viewer, resident_id, id)
        return await self._core.store.transaction(
            lambda session: self._signing.sign(contract, viewer, session)
        )

    async def refuse(self, viewer: Viewer, resident_id: ObjectId, id: ObjectId) -> Contract:
        """By who was asked, or taken back by the resident's side."""
        try:
            contract = await self._of_holder(viewer, resident_id, id)
            state = ContractState.REFUSED
        except AccessDenied:
            await self._authority.speaker(viewer, resident_id)
            contract, state = await _get(resident_id, id), ContractState.WITHDRAWN

        async def work(session: Session) -> Contract:
            now = self._core.clock.now()
            fields = {"state": state, "answered_by": viewer.account_id, "ended_at": now}
            return await move(contract, ContractState.PROPOSED, fields, session)

        return await self._core.store.transaction(work)

    async def renew(
        self, viewer: Viewer, resident_id: ObjectId, id: ObjectId, days: int
    ) -> Contract:
        """Another term after this one, in its last 30 days, by the resident's side.

        Raises ``AccessDenied``, ``ContractNotFound``, ``ContractTermUnfit``,
        ``RenewalTooEarly`` or ``ContractSettled``.
        """
        await self._authority.speaker(viewer, resident_id)
        check_days(days)
        contract = await _get(resident_id, id)
        now = self._core.clock.now()
        if contract.valid_until is None or contract.valid_until <= now:
            raise ContractSettled
        if contract.valid_until - now > _RENEWED_WITHIN:
            raise RenewalTooEarly(days=_RENEWED_WITHIN.days)
        until = contract.valid_until + timedelta(days=days)

        async def work(session: Session) -> Contract:
            fields = {"valid_until": until, "days": days}
            after = await move(contract, ContractState.RUNNING, fields, session)
            relation = await _relation(after, session)
            await self._core.history.replace(
                Relation.get_pymongo_collection(),
                relation.to_raw(),
                {"valid_until": until},
                by=viewer.account_id,
                session=session,
            )
            event = ContractSigned(resident_id=after.resident_id, contract_id=after.id)
            await self._core.outbox.publish(session, event)
            return after

        return await self._core.store.transaction(work)

    async def end(self, viewer: Viewer, resident_id: ObjectId, id: ObjectId) -> Contract:
        """By either side, at once. Raises ``AccessDenied``, ``ContractNotFound`` or
        ``ContractSettled``.
        """
        try:
            contract = await self._of_holder(viewer, resident_id, id)
        except AccessDenied:
            await self._authority.speaker(viewer, resident_id)
            contract = await _get(resident_id, id)
        now = self._core.clock.now()

        async def work(session: Session) -> Contract:
            fields = {
                "state": ContractState.ENDED,
                "ended_at": now,
                "ended_by": viewer.account_id,
            }
            after = await move(contract, ContractState.RUNNING, fields, session)
            relation = await _relation(after, session)
            await self._core.history.replace(
                Relation.get_pymongo_collection(),
                relation.to_raw(),
                {"ended_at": now},
                by=viewer.account_id,
                session=session,
            )
            event = ContractEnded(resident_id=after.resident_id, contract_id=after.id)
            await self._core.outbox.publish(session, event)
            return after

        after = await self._core.store.transaction(work)
        viewer.memo.clear()
        return after

    async def of_resident(self, viewer: Viewer, resident_id: ObjectId) -> list[Contract]:
        """The resident's contracts, newest first, ended ones too; for their side."""
        await self._authority.speaker(viewer, resident_id, only_looks=True)
        query = {"resident_id": resident_id}
        return await Contract.find(query).sort("-proposed_at", "-_id").limit(100).to_list()

    async def of_doctor(self, viewer: Viewer) -> list[Contract]:
        """What waits for the doctor's or their teams' answer, newest first."""
        mine = await holders(viewer)
        query = {
            "holder_id": {"$in": mine},
            "state": ContractState.PROPOSED,
            "answer_until": {"$gt": self._core.clock.now()},
        }
        return await Contract.find(query).sort("-proposed_at", "-_id").limit(100).to_list()

    async def askers(self, requests: list[Contract]) -> dict[ObjectId, str]:
        """Who asks, by ``resident_id``: masked, for nothing is granted before the answer."""
        wanted = list(dict.fromkeys(each.resident_id for each in requests))
        for resident_id in wanted:
            pass_gate(resident_id)  # to have been asked is the right to know by whom
        return {each: masked(name) for each, name in (await self._persons.names(wanted)).items()}

    async def holder_names(self, contracts: list[Contract]) -> dict[ObjectId, str]:
        """The doctors' and teams' names by ``holder_id``."""
        alone = [each.holder_id for each in contracts if each.team_id is None]
        names = await display_names(self._core.keyring, alone)
        teams = [each.team_id for each in contracts if each.team_id is not None]
        if teams:
            found = CareTeam.find({"_id": {"$in": teams}})
            names |= {each.id: each.name async for each in found}
        return names

    async def _of_holder(self, viewer: Viewer, resident_id: ObjectId, id: ObjectId) -> Contract:
        """A contract of the doctor's own or a team's. Raises ``AccessDenied`` for any other."""
        mine = await holders(viewer)
        found = await Contract.find_one(
            {"_id": id, "resident_id": resident_id, "holder_id": {"$in": mine}}
        )
        if found is None:
            raise AccessDenied(action=Action.MANAGE.value)
        return found


async def _get(resident_id: ObjectId, id: ObjectId) -> Contract:
    found = await Contract.find_one({"_id": id, "resident_id": resident_id})
    if found is None:
        raise ContractNotFound
    return found


async def _relation(contract: Contract, session: Session) -> Relation:
    found = await Relation.find_one(
        {"resident_id": contract.resident_id, "basis_id": contract.id, "ended_at": None},
        session=session,
    )
    if found is None:
        raise ContractSettled
    return found
