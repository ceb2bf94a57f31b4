"""The one place that decides who may do what with whose data.

Pure: given the relations of an account to a resident, the account's roles,
what is wanted and when. Services ask through ``Access``; nothing else decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Action, Category
from backend.access.limits import RENEWAL_GRACE
from backend.access.relations import Relation, RelationKind
from backend.identity.viewer import Role


class Reason(StrEnum):
    """Why it was decided so."""

    OWN_RECORD = "own_record"
    GRANTED = "granted"
    RENEWAL_PENDING = "renewal_pending"  # a guardian who may only look until it is renewed
    BREAK_GLASS = "break_glass"
    SHARED = "shared"
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
    RelationKind.BREAK_GLASS: Role.FAMILY_DOCTOR,
    RelationKind.INSTITUTION: Role.INSTITUTION,
}
_LOOK_ONLY = frozenset({Action.VIEW})
_CEILING = {RelationKind.BREAK_GLASS: _LOOK_ONLY, RelationKind.SHARE: _LOOK_ONLY}
"""What a kind of relation never goes beyond, whatever is written in it."""

_REASON = {RelationKind.BREAK_GLASS: Reason.BREAK_GLASS, RelationKind.SHARE: Reason.SHARED}


def decide(
    relations: Iterable[Relation],
    roles: frozenset[Role],
    category: Category,
    action: Action,
    now: datetime,
) -> Decision:
    """Whether one of the relations (all of one viewer to one resident) allows it."""
    known = [each for each in relations if _role_held(each, roles)]
    running = [each for each in known if runs(each, now)]
    emergency: Relation | None = None
    granted: Relation | None = None
    for each in running:
        if each.kind is RelationKind.SELF:
            return Decision(True, Reason.OWN_RECORD, each)
        if category not in each.categories or action not in actions_at(each, now):
            continue
        if each.kind is RelationKind.BREAK_GLASS:
            emergency = emergency or each
        else:
            granted = granted or each
    # What is granted anyway is no emergency, and is not to be logged as one.
    by = granted or emergency
    if by is not None:
        return Decision(True, _why(by, now), by)
    if running:
        return Decision(False, Reason.NOT_GRANTED)
    return Decision(False, Reason.EXPIRED if known else Reason.NO_RELATION)


def allowed_categories(
    relations: Iterable[Relation], roles: frozenset[Role], action: Action, now: datetime
) -> frozenset[Category]:
    """Every category that ``decide`` would allow the action in."""
    found: frozenset[Category] = frozenset()
    for each in relations:
        if not (_role_held(each, roles) and runs(each, now)):
            continue
        if each.kind is RelationKind.SELF:
            return ALL_CATEGORIES
        if action in actions_at(each, now):
            found |= each.categories
    return found


def runs(relation: Relation, now: datetime) -> bool:
    """Whether the grant holds at ``now``, a renewal that nobody gave in time included."""
    if not relation.runs_at(now):
        return False
    return relation.due_at is None or now < relation.due_at + RENEWAL_GRACE


def pending(relation: Relation, now: datetime) -> bool:
    """Whether the grant waits for its renewal, and allows only looking meanwhile."""
    return relation.due_at is not None and relation.due_at <= now


def actions_at(relation: Relation, now: datetime) -> frozenset[Action]:
    """The rights as they are at ``now``, in the relation's categories."""
    if relation.kind is RelationKind.SELF:
        return ALL_ACTIONS
    actions = relation.actions
    if relation.kind in _CEILING:
        actions &= _CEILING[relation.kind]
    return actions & _LOOK_ONLY if pending(relation, now) else actions


def role_needed(kind: RelationKind) -> Role | None:
    """The role without which a relation of this kind is worth nothing."""
    return _ROLE_OF.get(kind)


def _role_held(relation: Relation, roles: frozenset[Role]) -> bool:
    # A doctor who left the service keeps the account, not the panel.
    needed = _ROLE_OF.get(relation.kind)
    return needed is None or needed in roles


def _why(relation: Relation, now: datetime) -> Reason:
    if pending(relation, now):
        return Reason.RENEWAL_PENDING
    return _REASON.get(relation.kind, Reason.GRANTED)
