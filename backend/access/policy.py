"""The one place that decides who may do what with whose data.

Pure: given the relations of an account to a resident, the account's roles,
what is wanted and when. Services ask through ``Access``; nothing else decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.access.categories import ALL_CATEGORIES, Action, Category
from backend.access.relations import Relation, RelationKind
from backend.identity.viewer import Role


class Reason(StrEnum):
    """Why it was decided so."""

    OWN_RECORD = "own_record"
    GRANTED = "granted"
    NO_RELATION = "no_relation"
    NOT_GRANTED = "not_granted"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    reason: Reason
    relation: Relation | None = None


_ROLE_OF = {
    RelationKind.DOCTOR: Role.FAMILY_DOCTOR,
    RelationKind.INSTITUTION: Role.INSTITUTION,
}


def decide(
    relations: Iterable[Relation],
    roles: frozenset[Role],
    category: Category,
    action: Action,
    now: datetime,
) -> Decision:
    """Whether one of the relations (all of one account to one resident) allows it."""
    known = [each for each in relations if _role_held(each, roles)]
    running = [each for each in known if each.runs_at(now)]
    for each in running:
        if each.kind is RelationKind.SELF:
            return Decision(True, Reason.OWN_RECORD, each)
    for each in running:
        if category in each.categories and action in each.actions:
            return Decision(True, Reason.GRANTED, each)
    if running:
        return Decision(False, Reason.NOT_GRANTED)
    return Decision(False, Reason.EXPIRED if known else Reason.NO_RELATION)


def allowed_categories(
    relations: Iterable[Relation], roles: frozenset[Role], action: Action, now: datetime
) -> frozenset[Category]:
    """Every category that ``decide`` would allow the action in."""
    known = list(relations)
    return frozenset(
        category
        for category in ALL_CATEGORIES
        if decide(known, roles, category, action, now).allowed
    )


def _role_held(relation: Relation, roles: frozenset[Role]) -> bool:
    # A doctor who left the service keeps the account, not the panel.
    needed = _ROLE_OF.get(relation.kind)
    return needed is None or needed in roles
