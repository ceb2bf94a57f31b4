"""A code on the doctor's screen: whoever of the residents scans it first signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.circle.attempts import Attempts
from backend.access.circle.codes import Codes, qr_svg, shown
from backend.access.circle.errors import InvitationInvalid
from backend.access.contract.documents import Contract, ContractOffer
from backend.access.contract.errors import ContractExists
from backend.access.contract.registry import DoctorRegistry
from backend.access.contract.signing import Signing
from backend.access.contract.terms import Terms, check_days, holders
from backend.access.errors import AccessDenied
from backend.access.limits import CONTRACT_LIFE, OFFER_LIFE
from backend.core.container import Core
from backend.core.database import Session
from backend.identity.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """What stands on the doctor's screen until it is scanned, or ``expires_at``."""

    code: str
    qr_svg: str
    expires_at: datetime


class Offers:
    def __init__(self, core: Core, registry: DoctorRegistry, signing: Signing) -> None:
        self._core = core
        self._registry = registry
        self._signing = signing
        self._codes = Codes(core.keyring, "contract")
        self._attempts = Attempts(core.keyring, core.clock)

    async def show(
        self, viewer: Viewer, *, team_id: ObjectId | None = None, days: int = CONTRACT_LIFE.days
    ) -> ShownOffer:
        """A code on the doctor's screen, for minutes, for whoever scans it first.

        Raises ``AccessDenied`` for who is no doctor or not of the team, ``ContractTermUnfit``.
        """
        await self._check_doctor(viewer, team_id)
        check_days(days)
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

    async def take(
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
        await self._signing.check_terms(viewer, resident_id, Terms(categories, actions))
        await self._attempts.count(viewer.account_id, address)

        async def work(session: Session) -> Contract:
            offer = await self._taken(viewer, code, session)
            terms = Terms(categories, actions, offer.days)
            holder = offer.team_id or offer.doctor_id
            contract = self._signing.new(viewer, resident_id, holder, offer.team_id, terms)
            await self._signing.insert(contract, session)
            return await self._signing.sign(contract, viewer, session)

        try:
            return await self._core.store.transaction(work)
        except DuplicateKeyError as error:
            raise ContractExists from error

    async def _check_doctor(self, viewer: Viewer, team_id: ObjectId | None) -> None:
        mine = await holders(viewer)
        if (team_id or viewer.account_id) not in mine:
            raise AccessDenied(action=Action.MANAGE.value)
        await self._registry.doctor(viewer.account_id)

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
