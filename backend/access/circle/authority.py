"""Who speaks for a resident when links are made and changed."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.circle.errors import GrantBeyondOwn, GrantUnfit, GuardianConsentNeeded
from backend.access.circle.persons import Persons, age_at
from backend.access.errors import AccessDenied
from backend.access.limits import AGE_OF_CONSENT
from backend.access.policy import actions_at
from backend.access.relations import Relation, RelationKind
from backend.access.service import Access
from backend.core.clock import Clock
from backend.identity.viewer import Viewer


class Authority:
    """The resident, from 14 on, or a guardian who may manage the profile; nobody else."""

    def __init__(self, access: Access, persons: Persons, clock: Clock) -> None:
        self._access = access
        self._persons = persons
        self._clock = clock

    async def speaker(
        self, viewer: Viewer, resident_id: ObjectId, *, only_looks: bool = False
    ) -> Relation:
        """The relation by which the viewer speaks for the resident. Who ``only_looks`` is noted
        as looking.

        Raises ``AccessDenied``, or ``GuardianConsentNeeded`` for a child's own account.
        """
        action = Action.VIEW if only_looks else Action.MANAGE
        await self._access.require(
            viewer, resident_id, Category.PROFILE, action, purpose="care_circle"
        )
        now = self._clock.now()
        relations = await self._access.towards(viewer, resident_id)
        own = next((each for each in relations if each.kind is RelationKind.SELF), None)
        if own is not None:
            age = await self.age(resident_id)
            if age is not None and age < AGE_OF_CONSENT:
                raise GuardianConsentNeeded(age=AGE_OF_CONSENT)
            return own
        for each in relations:
            manages = Category.PROFILE in each.categories and Action.MANAGE in actions_at(each, now)
            if each.kind is RelationKind.GUARDIAN and manages:
                return each
        raise AccessDenied(category=Category.PROFILE.value, action=Action.MANAGE.value)

    async def keeper(self, viewer: Viewer, resident_id: ObjectId) -> Relation:
        """A guardian, even one whose link waits for its renewal: only the young person can renew
        it, and for that they need an account of their own.

        Raises ``AccessDenied``.
        """
        await self._access.require(viewer, resident_id, Category.PROFILE)
        for each in await self._access.towards(viewer, resident_id):
            manages = Category.PROFILE in each.categories and Action.MANAGE in each.actions
            if each.kind is RelationKind.GUARDIAN and manages:
                return each
        raise AccessDenied(category=Category.PROFILE.value, action=Action.MANAGE.value)

    async def age(self, resident_id: ObjectId) -> int | None:
        """In whole years; None where the day of birth is not known."""
        born = await self._persons.birth_date(resident_id)
        return None if born is None else age_at(born, self._clock.now())


def check_grant(
    by: Relation,
    categories: frozenset[Category],
    actions: frozenset[Action],
    valid_until: datetime | None,
    now: datetime,
) -> None:
    """Raises ``GrantUnfit`` for what is empty or over, ``GrantBeyondOwn`` for a guardian's more."""
    if not categories:
        raise GrantUnfit(field="categories")
    if not actions:
        raise GrantUnfit(field="actions")
    if valid_until is not None and valid_until <= now:
        raise GrantUnfit(field="validUntil")
    if by.kind is RelationKind.SELF:
        return
    if not (categories <= by.categories and actions <= actions_at(by, now)):
        raise GrantBeyondOwn
