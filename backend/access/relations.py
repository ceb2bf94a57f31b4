"""Who stands how to which resident, with what granted, from when to when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Action, Category
from backend.core.documents import ASC, ResidentOwned, index, unique


class RelationKind(StrEnum):
    SELF = "self"
    GUARDIAN = "guardian"  # of a child, or of an elder who cannot manage
    CAREGIVER = "caregiver"
    DOCTOR = "doctor"
    INSTITUTION = "institution"
    BREAK_GLASS = "break_glass"  # a doctor in an emergency, for minutes, with a reason
    SHARE = "share"  # a share link: never stored, lent to one request


HOLDERS = frozenset({RelationKind.SELF, RelationKind.GUARDIAN})
"""Whose record it is, or who stands in for them."""


class Kinship(StrEnum):
    """What the account is to the resident (女儿: daughter)."""

    DAUGHTER = "daughter"
    SON = "son"
    SPOUSE = "spouse"
    MOTHER = "mother"
    FATHER = "father"
    SIBLING = "sibling"
    GRANDCHILD = "grandchild"
    GRANDPARENT = "grandparent"
    DAUGHTER_IN_LAW = "daughter_in_law"
    SON_IN_LAW = "son_in_law"
    OTHER = "other"


class Relation(ResidentOwned):
    """A grant: ``account_id`` may do ``actions`` in ``categories`` of the resident's record.

    With ``team_id`` the holder is whoever belongs to that team of doctors at the time of asking;
    ``account_id`` repeats the team's id then, so that one index finds both.
    """

    account_id: PydanticObjectId
    team_id: PydanticObjectId | None = None
    kind: RelationKind
    kinship: Kinship | None = None
    categories: frozenset[Category] = ALL_CATEGORIES
    actions: frozenset[Action] = ALL_ACTIONS
    valid_from: datetime
    valid_until: datetime | None = None
    ended_at: datetime | None = None
    basis_id: PydanticObjectId | None = None
    """The invitation, guardianship, contract or emergency access that it was granted by."""
    due_at: datetime | None = None
    """A guardian's: the birthday (14th, 18th) from which it asks for renewal."""
    told_due_at: datetime | None = None
    """The ``due_at`` of which the family was told."""
    renewed_at: datetime | None = None
    version: int = 1

    class Settings:
        name = "relations"
        indexes: ClassVar = [
            unique(
                "one_relation_per_account_and_kind",
                ("resident_id", ASC),
                ("account_id", ASC),
                ("kind", ASC),
                partialFilterExpression={"ended_at": None},
            ),
            index("relations_by_account", ("account_id", ASC), ("ended_at", ASC)),
            index("relations_by_due_day", ("kind", ASC), ("due_at", ASC), sparse=True),
        ]

    def runs_at(self, now: datetime) -> bool:
        """Whether the grant holds at ``now``: begun, not ended, not expired."""
        begun = self.valid_from <= now
        expired = self.valid_until is not None and self.valid_until <= now
        ended = self.ended_at is not None and self.ended_at <= now
        return begun and not expired and not ended
