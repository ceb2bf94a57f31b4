"""The policy against a naive model, over random relations, times and roles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from beanie import PydanticObjectId
from hypothesis import given
from hypothesis import strategies as st

from backend.access.categories import Action, Category
from backend.access.policy import Reason, allowed_categories, decide
from backend.access.relations import Relation, RelationKind
from backend.identity.viewer import Role

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
RESIDENT, ACCOUNT = PydanticObjectId(), PydanticObjectId()

times = st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours))
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
)


def naive(
    known: list[Relation], roles: frozenset[Role], category: Category, action: Action
) -> bool:
    """Said as a person would say it."""
    for each in known:
        if each.valid_from > NOW:
            continue
        if each.valid_until is not None and each.valid_until <= NOW:
            continue
        if each.ended_at is not None and each.ended_at <= NOW:
            continue
        if each.kind is RelationKind.DOCTOR and Role.FAMILY_DOCTOR not in roles:
            continue
        if each.kind is RelationKind.INSTITUTION and Role.INSTITUTION not in roles:
            continue
        if each.kind is RelationKind.SELF:
            return True
        if category in each.categories and action in each.actions:
            return True
    return False


@given(
    st.lists(relations, max_size=4),
    st.frozensets(st.sampled_from(list(Role))),
    st.sampled_from(list(Category)),
    st.sampled_from(list(Action)),
)
def test_the_policy_is_the_naive_model(
    known: list[Relation], roles: frozenset[Role], category: Category, action: Action
) -> None:
    decision = decide(known, roles, category, action, NOW)
    assert decision.allowed == naive(known, roles, category, action)
    assert decision.allowed == (decision.relation is not None)
    assert decision.allowed == (category in allowed_categories(known, roles, action, NOW))
    if decision.allowed:
        assert decision.reason in (Reason.OWN_RECORD, Reason.GRANTED)


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
