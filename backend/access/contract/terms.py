"""What a contract says, and who can hold one."""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.contract.documents import CareTeam
from backend.access.contract.errors import ContractTermUnfit
from backend.access.errors import AccessDenied
from backend.access.limits import (
    CONTRACT_ACTIONS,
    CONTRACT_CATEGORIES,
    CONTRACT_LIFE,
    LONGEST_CONTRACT,
)
from backend.core.database import Raw
from backend.identity.viewer import Role, Viewer


@dataclass(frozen=True, slots=True)
class Terms:
    """What the doctor may, and for how many days."""

    categories: frozenset[Category] = CONTRACT_CATEGORIES
    actions: frozenset[Action] = CONTRACT_ACTIONS
    days: int = CONTRACT_LIFE.days


def check_days(days: int) -> None:
    """Raises ``ContractTermUnfit``."""
    if not 1 <= days <= LONGEST_CONTRACT.days:
        raise ContractTermUnfit(limit=LONGEST_CONTRACT.days)


def plain(terms: Terms) -> Raw:
    """For the comparison with an earlier call of the same key."""
    return {
        "categories": sorted(terms.categories),
        "actions": sorted(terms.actions),
        "days": terms.days,
    }


async def holders(viewer: Viewer) -> list[ObjectId]:
    """The doctor and their teams: whoever holds contracts. Raises ``AccessDenied`` for others."""
    if not viewer.has(Role.FAMILY_DOCTOR):
        raise AccessDenied(action=Action.MANAGE.value)
    teams = CareTeam.find({"members": viewer.account_id, "ended_at": None})
    return [viewer.account_id, *[each.id async for each in teams]]
