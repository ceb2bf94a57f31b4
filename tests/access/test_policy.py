"""The policy against a naive model, over random relations, times and roles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from beanie import PydanticObjectId
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.access.categories import Action, Category
from backend.access.limits import RENEWAL_GRACE
from backend.access.policy import Reason, allowed_categories, decide
from backend.access.relations import Relation, RelationKind
from backend.identity.viewer import Role

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
RESIDENT, ACCOUNT = PydanticObjectId(), PydanticObjectId()

times = st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours))
birthdays = st.integers(-3, 3).map(lambda step: NOW + step * RENEWAL_GRACE / 2)
relations = st.builds(
    Relation.model_construct,
    resident_id=st.just(RESIDENT),
    account_id=st.just(ACCOUNT),
    kind=st.sampled_from(list(RelationKind)),
    categories=st.frozensets(st.sampled_from(list(Category))),
    actions=st.frozensets(st.sampled_from(list(Action))),
    valid_from=times,
    valid_until=st.none() | times,
    ended_at=st.none() | times,
    due_at=st.none() | birthdays,
)
ROLES = st.frozensets(st.sampled_from(list(Role)))


def naive(
    known: list[Relation], roles: frozenset[Role], category: Category, action: Action
) -> set[Reason]:
    """Said as a person would say it: every reason for which it is allowed."""
    reasons = set()
    for each in known:
        if each.valid_from > NOW:
            continue
        if each.valid_until is not None and each.valid_until <= NOW:
            continue
        if each.ended_at is not None and each.ended_at <= NOW:
            continue
        doctors = (RelationKind.DOCTOR, RelationKind.BREAK_GLASS)
        if each.kind in doctors and Role.FAMILY_DOCTOR not in roles:
            continue
        if each.kind is RelationKind.INSTITUTION and Role.INSTITUTION not in roles:
            continue
        if each.due_at is not None and each.due_at + timedelta(days=30) <= NOW:
            continue
        if each.kind is RelationKind.SELF:
            reasons.add(Reason.OWN_RECORD)
            continue
        if category not in each.categories or action not in each.actions:
            continue
        looking = each.kind in (RelationKind.BREAK_GLASS, RelationKind.SHARE)
        waiting = each.due_at is not None and each.due_at <= NOW
        if (looking or waiting) and action is not Action.VIEW:
            continue
        if waiting:
            reasons.add(Reason.RENEWAL_PENDING)
        elif each.kind is RelationKind.BREAK_GLASS:
            reasons.add(Reason.BREAK_GLASS)
        elif each.kind is RelationKind.SHARE:
            reasons.add(Reason.SHARED)
        else:
            reasons.add(Reason.GRANTED)
    return reasons


@settings(max_examples=400)
@given(
    st.lists(relations, max_size=4),
    ROLES,
    st.sampled_from(list(Category)),
    st.sampled_from(list(Action)),
)
def test_the_policy_is_the_naive_model(
    known: list[Relation], roles: frozenset[Role], category: Category, action: Action
) -> None:
    decision = decide(known, roles, category, action, NOW)
    reasons = naive(known, roles, category, action)
    assert decision.allowed == bool(reasons)
    assert decision.allowed == (decision.relation is not None)
    assert decision.allowed == (category in allowed_categories(known, roles, action, NOW))
    if decision.allowed:
        assert decision.reason in reasons
    if Reason.OWN_RECORD in reasons:
        assert decision.reason is Reason.OWN_RECORD
    # What is granted anyway is never an emergency.
    elif reasons - {Reason.BREAK_GLASS, Reason.RENEWAL_PENDING}:
        assert decision.reason is not Reason.BREAK_GLASS


@given(relations, ROLES, st.sampled_from(list(Category)), st.sampled_from(list(Action)))
def test_one_relation_more_takes_nothing_away(
    more: Relation, roles: frozenset[Role], category: Category, action: Action
) -> None:
    own = Relation.model_construct(
        resident_id=RESIDENT,
        account_id=ACCOUNT,
        kind=RelationKind.CAREGIVER,
        categories=frozenset({category}),
        actions=frozenset({action}),
        valid_from=NOW,
    )
    assert decide([own, more], roles, category, action, NOW).allowed
    assert decide([more, own], roles, category, action, NOW).allowed


@given(
    st.lists(relations, max_size=4),
    ROLES,
    st.sampled_from(list(Category)),
    st.sampled_from([Action.RECORD, Action.MANAGE, Action.RECEIVE_ALERTS]),
)
def test_emergencies_shares_and_pending_renewals_only_look(
    known: list[Relation], roles: frozenset[Role], category: Category, action: Action
) -> None:
    decision = decide(known, roles, category, action, NOW)
    if decision.relation is not None and decision.relation.kind is not RelationKind.SELF:
        assert decision.reason is Reason.GRANTED


@given(st.lists(relations, max_size=4), st.frozensets(st.sampled_from(list(Role))))
def test_ending_everything_leaves_nothing(known: list[Relation], roles: frozenset[Role]) -> None:
    for each in known:
        each.ended_at = NOW
    for action in Action:
        assert allowed_categories(known, roles, action, NOW) == frozenset()


def test_no_relation_is_told_apart_from_an_expired_one() -> None:
    assert decide([], frozenset(), Category.READINGS, Action.VIEW, NOW).reason is Reason.NO_RELATION
    old = Relation.model_construct(
        resident_id=RESIDENT,
        account_id=ACCOUNT,
        kind=RelationKind.CAREGIVER,
        categories=frozenset(Category),
        actions=frozenset(Action),
        valid_from=NOW - timedelta(days=2),
        valid_until=NOW - timedelta(days=1),
        ended_at=None,
    )
    assert decide([old], frozenset(), Category.READINGS, Action.VIEW, NOW).reason is Reason.EXPIRED
