"""Who is told: relations, teams, duty. Asked anew for every event, so that a grant that ended
an hour ago tells nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.contract.documents import CareTeam, Doctor
from backend.access.policy import actions_at, runs
from backend.access.relations import Relation, RelationKind
from backend.core.clock import Clock
from backend.core.database import Raw, Store
from backend.identity.accounts import Account, AccountStatus
from backend.identity.viewer import Role

_OWN = frozenset({RelationKind.SELF, RelationKind.GUARDIAN})
_FAMILY = frozenset({RelationKind.CAREGIVER, RelationKind.GUARDIAN})


class Recipients:
    """Accounts, in a steady order, each once."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def relations(self, resident_ids: Collection[ObjectId]) -> dict[ObjectId, list[Relation]]:
        """Every running relation to these residents."""
        now = self._clock.now()
        found: dict[ObjectId, list[Relation]] = defaultdict(list)
        query = {"resident_id": {"$in": list(resident_ids)}, "ended_at": None}
        async for each in Relation.find(query).sort("_id"):
            if runs(each, now):
                found[each.resident_id].append(each)
        return found

    def own(self, relations: Iterable[Relation]) -> list[ObjectId]:
        """The resident's own account, and guardians who act for them."""
        return _once(each.account_id for each in relations if each.kind in _OWN)

    def alerted(self, relations: Iterable[Relation], category: Category) -> list[ObjectId]:
        """Family with "receive alerts" in the category."""
        now = self._clock.now()
        family = (each for each in relations if each.kind in _FAMILY)
        return _once(each.account_id for each in family if _alerted(each, category, now))

    async def doctors(self, relations: Iterable[Relation], category: Category) -> list[ObjectId]:
        """Contracted doctors, and members of contracted teams, with "receive alerts"."""
        now = self._clock.now()
        mine = [each for each in relations if each.kind is RelationKind.DOCTOR]
        return await self._serving([each for each in mine if _alerted(each, category, now)])

    async def asked(self, relations: Iterable[Relation], ticket: Raw | None) -> list[ObjectId]:
        """The doctors whom a ticket (of ``backend.care``) asks at its stage."""
        if ticket is None:
            return []
        doctors = [each for each in relations if each.kind is RelationKind.DOCTOR]
        seeing = [each for each in doctors if Action.VIEW in each.actions]
        alone = [each for each in seeing if each.team_id is None]
        found = await self._serving(alone if ticket["stage"] == "doctor" else seeing)
        if ticket["stage"] == "duty":
            here = ticket.get("institutions") or []
            query: Raw = {"emergency_duty": True, "left_at": None}
            if here:
                query["institution_id"] = {"$in": here}
            duty = [each.id async for each in Doctor.find(query).sort("_id")]
            found += await self._with_role(duty, Role.FAMILY_DOCTOR)
        return _once(found)

    async def operators(self) -> list[ObjectId]:
        query = {"roles": Role.OPERATOR.value, "status": AccountStatus.ACTIVE.value}
        raws = Account.get_pymongo_collection().find(query, {"_id": 1}).sort("_id", 1)
        return [raw["_id"] async for raw in raws]

    async def members(self, account_or_team: ObjectId) -> list[ObjectId]:
        """A team's members; an account is its own."""
        team = await CareTeam.find_one({"_id": account_or_team, "ended_at": None})
        return list(team.members) if team is not None else [account_or_team]

    async def _serving(self, relations: list[Relation]) -> list[ObjectId]:
        teams = [each.team_id for each in relations if each.team_id is not None]
        found = [each.account_id for each in relations if each.team_id is None]
        if teams:
            async for team in CareTeam.find({"_id": {"$in": teams}, "ended_at": None}):
                found += team.members
        return await self._with_role(found, Role.FAMILY_DOCTOR)

    async def _with_role(self, accounts: Iterable[ObjectId], role: Role) -> list[ObjectId]:
        # A doctor who left the service keeps the account, not the panel.
        wanted = _once(accounts)
        if not wanted:
            return []
        query = {
            "_id": {"$in": wanted},
            "roles": role.value,
            "status": AccountStatus.ACTIVE.value,
        }
        raws = Account.get_pymongo_collection().find(query, {"_id": 1})
        held = {raw["_id"] async for raw in raws}
        return [each for each in wanted if each in held]


def _alerted(relation: Relation, category: Category, now: datetime) -> bool:
    actions = actions_at(relation, now)
    return category in relation.categories and Action.RECEIVE_ALERTS in actions


def _once(accounts: Iterable[ObjectId]) -> list[ObjectId]:
    return list(dict.fromkeys(accounts))
