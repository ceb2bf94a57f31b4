"""The door every service goes through before it touches a resident's data."""

from __future__ import annotations

from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Action, Category
from backend.access.errors import AccessDenied, RelationExists
from backend.access.policy import allowed_categories, decide
from backend.access.relations import Kinship, Relation, RelationKind
from backend.core.clock import Clock
from backend.core.database import Session
from backend.identity.viewer import Channel, Language, Role, Viewer

_MEMO = "access.relations"


class Access:
    """Asks the policy with the viewer's relations, read once a request."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def require(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        category: Category,
        action: Action = Action.VIEW,
    ) -> Relation:
        """The relation by which it is allowed. Raises ``AccessDenied``."""
        relations = await self._towards(viewer, resident_id)
        decision = decide(relations, viewer.roles, category, action, self._clock.now())
        if decision.relation is None:
            raise AccessDenied(category=category.value, action=action.value)
        return decision.relation

    async def categories(
        self, viewer: Viewer, resident_id: ObjectId, action: Action = Action.VIEW
    ) -> frozenset[Category]:
        """All categories in which the viewer may do this. Raises ``AccessDenied`` for none."""
        relations = await self._towards(viewer, resident_id)
        allowed = allowed_categories(relations, viewer.roles, action, self._clock.now())
        if not allowed:
            raise AccessDenied(action=action.value)
        return allowed

    async def relations(self, viewer: Viewer) -> list[Relation]:
        """The viewer's running relations, to all residents."""
        now = self._clock.now()
        found = Relation.find({"account_id": viewer.account_id, "ended_at": None})
        towards: dict[ObjectId, list[Relation]] = {}
        async for each in found:
            towards.setdefault(each.resident_id, []).append(each)
        # These are all of them: whoever asks about one of these residents need not read again.
        viewer.memo.setdefault(_MEMO, {}).update(towards)
        return [each for some in towards.values() for each in some if each.runs_at(now)]

    async def grant(
        self,
        *,
        resident_id: ObjectId,
        account_id: ObjectId,
        kind: RelationKind,
        kinship: Kinship | None = None,
        categories: frozenset[Category] = ALL_CATEGORIES,
        actions: frozenset[Action] = ALL_ACTIONS,
        valid_until: datetime | None = None,
        session: Session | None = None,
    ) -> Relation:
        """Write a relation down. Raises ``RelationExists``.

        Decides nothing: the callers are set-up code and, from there on, invitations
        that both sides confirmed.
        """
        relation = Relation(
            resident_id=PydanticObjectId(resident_id),
            account_id=PydanticObjectId(account_id),
            kind=kind,
            kinship=kinship,
            categories=categories,
            actions=actions,
            valid_from=self._clock.now(),
            valid_until=valid_until,
        )
        try:
            await relation.insert(session=session)
        except DuplicateKeyError as error:
            raise RelationExists from error
        return relation

    async def _towards(self, viewer: Viewer, resident_id: ObjectId) -> list[Relation]:
        if is_console(viewer):
            return [_console_relation(viewer, resident_id, self._clock.now())]
        # One resident at a time: a doctor's panel has thousands of relations.
        known: dict[ObjectId, list[Relation]] = viewer.memo.setdefault(_MEMO, {})
        if resident_id not in known:
            known[resident_id] = await Relation.find(
                {"resident_id": resident_id, "account_id": viewer.account_id, "ended_at": None}
            ).to_list()
        return known[resident_id]


CONSOLE_ACCOUNT = ObjectId("000000000000000000000001")


def console_viewer(language: Language = Language.ZH) -> Viewer:
    """Whoever runs the ``kangban`` command beside the data.

    They hold the keys and the store already; this gives what they do an actor's name, so
    that it shows as the console's wherever it is looked at.
    """
    return Viewer(
        account_id=CONSOLE_ACCOUNT,
        roles=frozenset({Role.OPERATOR, Role.INSTITUTION}),
        channel=Channel.CONSOLE,
        language=language,
    )


def is_console(viewer: Viewer) -> bool:
    """No session signs in as the console: such a viewer is only made by the command."""
    return viewer.account_id == CONSOLE_ACCOUNT and viewer.session_id is None


def _console_relation(viewer: Viewer, resident_id: ObjectId, now: datetime) -> Relation:
    return Relation(
        resident_id=PydanticObjectId(resident_id),
        account_id=PydanticObjectId(viewer.account_id),
        kind=RelationKind.INSTITUTION,
        valid_from=now,
    )
