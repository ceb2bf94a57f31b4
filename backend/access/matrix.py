"""The access matrix of the docs: asked of the policy, cell by cell.

A cell is what somebody may at most do in a category: what the kind of relation allows when
everything (or, where a number or list is fixed, exactly that) is granted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from beanie import PydanticObjectId

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Action, Category
from backend.access.limits import (
    BREAK_GLASS_CATEGORIES,
    BREAK_GLASS_LIFE,
    CONTRACT_ACTIONS,
    CONTRACT_CATEGORIES,
    DAILY_CARE,
    RENEWAL_GRACE,
)
from backend.access.policy import decide
from backend.access.relations import Relation, RelationKind
from backend.identity.viewer import Role

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_SOMEBODY = PydanticObjectId("000000000000000000000003")
_LETTERS = {
    Action.VIEW: "V",
    Action.RECORD: "R",
    Action.MANAGE: "M",
    Action.RECEIVE_ALERTS: "A",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One way to stand to a resident."""

    title: str
    roles: frozenset[Role]
    relations: tuple[Relation, ...]


def _relation(
    kind: RelationKind,
    categories: frozenset[Category] = ALL_CATEGORIES,
    actions: frozenset[Action] = ALL_ACTIONS,
    valid_until: datetime | None = None,
    due_at: datetime | None = None,
) -> Relation:
    relation: Relation = Relation.model_construct(
        resident_id=_SOMEBODY,
        account_id=_SOMEBODY,
        kind=kind,
        categories=categories,
        actions=actions,
        valid_from=_NOW - timedelta(days=1),
        valid_until=valid_until,
        due_at=due_at,
    )
    return relation


def rows() -> Iterator[Row]:
    """Every way that there is, the most common first."""
    resident, doctor = frozenset({Role.RESIDENT}), frozenset({Role.FAMILY_DOCTOR})
    kind = RelationKind
    daily = DAILY_CARE
    yield Row("本人 the resident", resident, (_relation(kind.SELF),))
    guardian = _relation(kind.GUARDIAN)
    yield Row("监护人 guardian", resident, (guardian,))
    due = _relation(kind.GUARDIAN, due_at=_NOW)
    days = RENEWAL_GRACE.days
    yield Row(f"监护人，满 14 或 18 岁后 {days} 天内 guardian, renewal pending", resident, (due,))
    over = _relation(kind.GUARDIAN, due_at=_NOW - RENEWAL_GRACE)
    yield Row("监护人，逾期未续 guardian, renewal never given", resident, (over,))
    carer = _relation(kind.CAREGIVER, daily.categories, daily.actions)
    yield Row(f"家人，{daily.zh} caregiver, as proposed", resident, (carer,))
    yield Row("家人，最多 caregiver, at most", resident, (_relation(kind.CAREGIVER),))
    expired = _relation(kind.CAREGIVER, valid_until=_NOW)
    yield Row("家人，已到期 caregiver, expired", resident, (expired,))
    signed = _relation(kind.DOCTOR, CONTRACT_CATEGORIES, CONTRACT_ACTIONS)
    yield Row("签约医生或团队 doctor or team, as proposed", doctor, (signed,))
    yield Row("签约医生，最多 doctor, at most", doctor, (_relation(kind.DOCTOR),))
    yield Row("签约医生，已不在岗 doctor who lost the role", resident, (_relation(kind.DOCTOR),))
    yield Row("医生，未签约 doctor without contract", doctor, ())
    glass = _relation(kind.BREAK_GLASS, BREAK_GLASS_CATEGORIES)
    minutes = BREAK_GLASS_LIFE // timedelta(minutes=1)
    yield Row(f"紧急查看 {minutes} 分钟 break-glass, {minutes} minutes", doctor, (glass,))
    machine = frozenset({Role.INSTITUTION})
    yield Row("机构，最多 institution, at most", machine, (_relation(kind.INSTITUTION),))
    yield Row("分享链接，最多 share link, at most", frozenset(), (_relation(kind.SHARE),))
    yield Row("运营人员 operator", frozenset({Role.OPERATOR}), ())
    yield Row("其他人 anybody else", resident, ())


def cell(row: Row, category: Category) -> str:
    """The letters of what the policy allows; a dash for nothing."""
    allowed = [
        letter
        for action, letter in _LETTERS.items()
        if decide(row.relations, row.roles, category, action, _NOW).allowed
    ]
    return "".join(allowed) or "–"


def matrix() -> str:
    """The Markdown document."""
    heads = [category.value.replace("_", " ") for category in Category]
    lines = [
        "# Access matrix",
        "",
        "Written by `kangban access-matrix` from `backend/access/policy.py`; a test fails while",
        "it differs. V view, R record, M manage, A receive alerts. A grant is never more than its",
        "row, and often less. Without the resident's consent to health data only the profile is",
        "left, to everybody but break-glass.",
        "",
        f"| who | {' | '.join(heads)} |",
        f"| --- |{' --- |' * len(heads)}",
    ]
    for row in rows():
        cells = " | ".join(cell(row, category) for category in Category)
        lines.append(f"| {row.title} | {cells} |")
    return "\n".join(lines) + "\n"
