"""Contracts between residents and family doctors (家庭医生签约): both sides sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.circle.attempts import Attempts
from backend.access.circle.authority import Authority, check_grant
from backend.access.circle.codes import Codes, qr_svg, shown
from backend.access.circle.errors import InvitationInvalid
from backend.access.circle.persons import display_names
from backend.access.contract.documents import (
    CareTeam,
    Contract,
    ContractOffer,
    ContractState,
)
from backend.access.contract.errors import (
    ContractExists,
    ContractNotFound,
    ContractSettled,
    ContractTermUnfit,
    RenewalTooEarly,
)
from backend.access.contract.events import ContractEnded, ContractProposed, ContractSigned
from backend.access.contract.registry import DoctorRegistry
from backend.access.errors import AccessDenied
from backend.access.limits import (
    CONTRACT_ACTIONS,
    CONTRACT_CATEGORIES,
    CONTRACT_LIFE,
    LONGEST_CONTRACT,
    OFFER_LIFE,
    PROPOSAL_LIFE,
)
from backend.access.relations import Relation, RelationKind
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.identity.viewer import Role, Viewer

_RENEWED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the doctor may, and for how many days."""

    categories: frozenset[Category] = CONTRACT_CATEGORIES
    actions: frozenset[Action] = CONTRACT_ACTIONS
    days: int = CONTRACT_LIFE.days


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """What stands on the doctor's screen until it is scanned, or ``expires_at``."""

    code: str
    qr_svg: str
    expires_at: datetime


class Contracts:
    def __init__(
        self, core: Core, access: Access, authority: Authority, registry: DoctorRegistry
    ) -> None:
        self._core = core
        self._access = access
        self._authority = authority
        self._registry = registry
        self._codes = Codes(core.keyring, "contract")
        self._attempts = Attempts(core.keyring, core.clock)

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
        await self._check_terms(viewer, resident_id, terms)
        if team_id is not None:
            holder = (await self._registry.team(team_id)).id
        else:
            holder = (await self._registry.doctor(doctor_id or ObjectId())).id
        contract = self._new(viewer, resident_id, holder, team_id, terms)

        async def work(session: Session) -> Raw:
            await self._insert(contract, session)
            event = ContractProposed(resident_id=contract.resident_id, contract_id=contract.id)
            await self._core.outbox.publish(session, event)
            return {"id": contract.id}

        arguments = ["contract", str(resident_id), str(holder), _plain(terms)]
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
            lambda session: self._sign(contract, viewer, session)
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
            return await _move(contract, ContractState.PROPOSED, fields, session)

        return await self._core.store.transaction(work)

    async def show_offer(
        self, viewer: Viewer, *, team_id: ObjectId | None = None, days: int = CONTRACT_LIFE.days
    ) -> ShownOffer:
        """A code on the doctor's screen, for minutes, for whoever scans it first.

        Raises ``AccessDenied`` for who is no doctor or not of the team, ``ContractTermUnfit``.
        """
        await self._check_doctor(viewer, team_id)
        _check_days(days)
        now = self._core.clock.now()
        offer_id = PydanticObjectId(ObjectId())
        code = self._codes.of(offer_id)
        offer = ContractOffer(
            id=offer_id,
            code_hash=self._codes.hash(code),
            doctor_id=PydanticObjectId(viewer.account_id),
            team_id=None if team_id is None else PydanticObjectId(team_id),
            days=days,
            made_at=now,
            expires_at=now + OFFER_LIFE,
        )
        await ContractOffer.get_pymongo_collection().insert_one(offer.to_raw())
        address = f"{self._core.settings.public_url}/sign#{code}"
        return ShownOffer(shown(code), qr_svg(address), offer.expires_at)

    async def take_offer(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        code: str,
        categories: frozenset[Category],
        actions: frozenset[Action],
        *,
        address: str | None = None,
    ) -> Contract:
        """The resident signs what the doctor offered, with their own choice of categories.

        Raises ``AccessDenied``, ``GrantUnfit``, ``InvitationInvalid``, ``CodeTriedTooOften`` or
        ``ContractExists``.
        """
        await self._check_terms(viewer, resident_id, Terms(categories, actions))
        await self._attempts.count(viewer.account_id, address)

        async def work(session: Session) -> Contract:
            offer = await self._taken(viewer, code, session)
            terms = Terms(categories, actions, offer.days)
            holder = offer.team_id or offer.doctor_id
            contract = self._new(viewer, resident_id, holder, offer.team_id, terms)
            await self._insert(contract, session)
            return await self._sign(contract, viewer, session)

        try:
            return await self._core.store.transaction(work)
        except DuplicateKeyError as error:
            raise ContractExists from error

    async def renew(
        self, viewer: Viewer, resident_id: ObjectId, id: ObjectId, days: int
    ) -> Contract:
        """Another term after this one, in its last 30 days, by the resident's side.

        Raises ``AccessDenied``, ``ContractNotFound``, ``ContractTermUnfit``,
        ``RenewalTooEarly`` or ``ContractSettled``.
        """
        await self._authority.speaker(viewer, resident_id)
        _check_days(days)
        contract = await _get(resident_id, id)
        now = self._core.clock.now()
        if contract.valid_until is None or contract.valid_until <= now:
            raise ContractSettled
        if contract.valid_until - now > _RENEWED_WITHIN:
            raise RenewalTooEarly(days=_RENEWED_WITHIN.days)
        until = contract.valid_until + timedelta(days=days)

        async def work(session: Session) -> Contract:
            fields = {"valid_until": until, "days": days}
            after = await _move(contract, ContractState.RUNNING, fields, session)
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
            after = await _move(contract, ContractState.RUNNING, fields, session)
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
        await self._authority.speaker(viewer, resident_id)
        query = {"resident_id": resident_id}
        return await Contract.find(query).sort("-proposed_at", "-_id").limit(100).to_list()

    async def of_doctor(self, viewer: Viewer) -> list[Contract]:
        """What waits for the doctor's or their teams' answer, newest first."""
        holders = await self._holders(viewer)
        query = {
            "holder_id": {"$in": holders},
            "state": ContractState.PROPOSED,
            "answer_until": {"$gt": self._core.clock.now()},
        }
        return await Contract.find(query).sort("-proposed_at", "-_id").limit(100).to_list()

    async def holder_names(self, contracts: list[Contract]) -> dict[ObjectId, str]:
        """The doctors' and teams' names by ``holder_id``."""
        alone = [each.holder_id for each in contracts if each.team_id is None]
        names = await display_names(self._core.keyring, alone)
        teams = [each.team_id for each in contracts if each.team_id is not None]
        if teams:
            found = CareTeam.find({"_id": {"$in": teams}})
            names |= {each.id: each.name async for each in found}
        return names

    async def _check_terms(self, viewer: Viewer, resident_id: ObjectId, terms: Terms) -> None:
        speaker = await self._authority.speaker(viewer, resident_id)
        now = self._core.clock.now()
        check_grant(speaker, terms.categories, terms.actions, None, now)
        _check_days(terms.days)

    async def _check_doctor(self, viewer: Viewer, team_id: ObjectId | None) -> None:
        holders = await self._holders(viewer)
        if (team_id or viewer.account_id) not in holders:
            raise AccessDenied(action=Action.MANAGE.value)
        await self._registry.doctor(viewer.account_id)

    async def _holders(self, viewer: Viewer) -> list[ObjectId]:
        """Raises ``AccessDenied`` for who is no doctor."""
        if not viewer.has(Role.FAMILY_DOCTOR):
            raise AccessDenied(action=Action.MANAGE.value)
        teams = CareTeam.find({"members": viewer.account_id, "ended_at": None})
        return [viewer.account_id, *[each.id async for each in teams]]

    async def _of_holder(self, viewer: Viewer, resident_id: ObjectId, id: ObjectId) -> Contract:
        """A contract of the doctor's own or a team's. Raises ``AccessDenied`` for any other."""
        holders = await self._holders(viewer)
        found = await Contract.find_one(
            {"_id": id, "resident_id": resident_id, "holder_id": {"$in": holders}}
        )
        if found is None:
            raise AccessDenied(action=Action.MANAGE.value)
        return found

    def _new(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        holder: ObjectId,
        team_id: ObjectId | None,
        terms: Terms,
    ) -> Contract:
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

    async def _insert(self, contract: Contract, session: Session) -> None:
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

    async def _sign(self, contract: Contract, viewer: Viewer, session: Session) -> Contract:
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
        after = await _move(contract, ContractState.PROPOSED, fields, session)
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

    async def _taken(self, viewer: Viewer, code: str, session: Session) -> ContractOffer:
        raw = await ContractOffer.get_pymongo_collection().find_one_and_update(
            {
                "code_hash": self._codes.hash(code),
                "used_by": None,
                "expires_at": {"$gt": self._core.clock.now()},
                "doctor_id": {"$ne": viewer.account_id},
            },
            {"$set": {"used_by": viewer.account_id}},
            session=session,
            return_document=True,
        )
        if raw is None:
            raise InvitationInvalid
        offer: ContractOffer = ContractOffer.model_validate(raw)
        return offer


def _check_days(days: int) -> None:
    if not 1 <= days <= LONGEST_CONTRACT.days:
        raise ContractTermUnfit(limit=LONGEST_CONTRACT.days)


def _plain(terms: Terms) -> Raw:
    return {
        "categories": sorted(terms.categories),
        "actions": sorted(terms.actions),
        "days": terms.days,
    }


async def _get(resident_id: ObjectId, id: ObjectId) -> Contract:
    found = await Contract.find_one({"_id": id, "resident_id": resident_id})
    if found is None:
        raise ContractNotFound
    return found


async def _move(
    contract: Contract, expected: ContractState, fields: Raw, session: Session
) -> Contract:
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


async def _relation(contract: Contract, session: Session) -> Relation:
    found = await Relation.find_one(
        {"resident_id": contract.resident_id, "basis_id": contract.id, "ended_at": None},
        session=session,
    )
    if found is None:
        raise ContractSettled
    return found
