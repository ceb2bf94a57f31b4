"""Who looks after whom: a circle by invitation, the doctor by contract with a team."""

from __future__ import annotations

import asyncio

from bson import ObjectId

from backend.access.circle.invitations import Terms
from backend.access.contract.documents import CareTeam
from backend.access.errors import RelationExists
from backend.access.limits import LONGEST_CONTRACT
from backend.access.relations import RelationKind
from backend.demo.accounts import CLINIC, Accounts
from backend.demo.people import Grant
from backend.identity.viewer import Viewer
from backend.services import Services

DOCTOR = "doctor"
_TEAM, _TITLE = "幸福里家庭医生团队", "主治医师"


class Sharing:
    """As the people do it themselves: both sides take part."""

    def __init__(self, services: Services, accounts: Accounts) -> None:
        self._services = services
        self._accounts = accounts
        self._team_id: ObjectId | None = None
        self._one = asyncio.Lock()

    async def share(self, owner: Viewer, resident_id: ObjectId, grant: Grant) -> None:
        """What is there already stays as it is."""
        holder = self._accounts.viewer(grant.login)
        there = await self._services.access.towards(holder, resident_id)
        if any(each.kind is grant.kind for each in there):
            return
        if grant.kind is RelationKind.DOCTOR:
            await self._sign(owner, holder, resident_id, grant)
        elif grant.kind is RelationKind.CAREGIVER:
            await self._invite(owner, holder, resident_id, grant)
        else:
            await self._enter(holder, resident_id, grant)

    async def _sign(
        self, owner: Viewer, doctor: Viewer, resident_id: ObjectId, grant: Grant
    ) -> None:
        """The resident scans what stands on the doctor's screen."""
        offers = self._services.family_doctors.offers
        # The demo is looked at for longer than the usual year after its first day.
        offer = await offers.show(doctor, team_id=await self._team(), days=LONGEST_CONTRACT.days)
        await offers.take(owner, resident_id, offer.code, grant.categories, grant.actions)

    async def _invite(
        self, owner: Viewer, guest: Viewer, resident_id: ObjectId, grant: Grant
    ) -> None:
        invitations = self._services.circle.invitations
        made = await invitations.invite(
            owner,
            resident_id,
            Terms(grant.kinship, grant.categories, grant.actions),
            idempotency_key=f"demo-{ObjectId()}",
        )
        code = invitations.code(made)
        assert code is not None, "it was made just now"
        await invitations.accept(guest, code)
        await invitations.confirm(owner, resident_id, made.id)

    async def _enter(self, holder: Viewer, resident_id: ObjectId, grant: Grant) -> None:
        try:
            await self._services.access.grant(
                resident_id=resident_id,
                account_id=holder.account_id,
                kind=grant.kind,
                categories=grant.categories,
                actions=grant.actions,
            )
        except RelationExists:
            return

    async def _team(self) -> ObjectId:
        """The doctor's team, which the operator sets up."""
        async with self._one:
            if self._team_id is None:
                self._team_id = await self._found_team() or await self._new_team()
        return self._team_id

    async def _found_team(self) -> ObjectId | None:
        doctor = self._accounts.viewer(DOCTOR)
        found = await CareTeam.find_one({"members": doctor.account_id, "ended_at": None})
        return None if found is None else found.id

    async def _new_team(self) -> ObjectId:
        registry = self._services.family_doctors.registry
        operator = self._accounts.viewer("operator")
        doctor, clinic = (self._accounts.viewer(each).account_id for each in (DOCTOR, CLINIC))
        await registry.enter(operator, doctor, institution_id=clinic, title=_TITLE)
        team = await registry.make_team(
            operator,
            institution_id=clinic,
            name=_TEAM,
            members=[doctor],
            idempotency_key=f"demo-{ObjectId()}",
        )
        return team.id
