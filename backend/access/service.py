"""The door every service goes through before it touches a resident's data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Action, Category
from backend.access.consent.gate import ConsentGate
from backend.access.contract.documents import CareTeam
from backend.access.errors import AccessDenied, RelationExists
from backend.access.log import AccessLog, By
from backend.access.log.service import pass_gate
from backend.access.policy import Decision, allowed_categories, decide, runs
from backend.access.relations import HOLDERS, Kinship, Relation, RelationKind
from backend.core.clock import Clock
from backend.core.database import Session
from backend.identity.viewer import Channel, Language, Role, Viewer

_MEMO = "access.relations"
_TEAMS = "access.teams"


NOTHING: frozenset[Category] = frozenset()
"""For ``categories(…, looks_at=NOTHING)``: what is found is asked for by ``require`` then."""


class Access:
    """Asks the policy with the viewer's relations, read once a request; ``log`` notes it."""

    def __init__(self, clock: Clock, log: AccessLog | None = None) -> None:
        self._clock = clock
        self.log = log or AccessLog(clock)
        self._consent = ConsentGate()

    async def require(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        category: Category,
        action: Action = Action.VIEW,
        *,
        purpose: str | None = None,
    ) -> Relation:
        """The relation by which it is allowed. Raises ``AccessDenied``, ``ConsentMissing``.

        ``purpose``: what the log says was looked at or changed, where the category says too
        little (``[zh.purpose]`` of the log's words).
        """
        relations = await self._towards(viewer, resident_id)
        decision = decide(relations, viewer.roles, category, action, self._clock.now())
        if decision.relation is None:
            raise AccessDenied(category=category.value, action=action.value)
        await self._consent.check(viewer, resident_id, decision.relation, category)
        by = replace(_by(viewer, decision), purpose=purpose)
        await self.log.note(viewer, resident_id, (category,), action, by)
        return decision.relation

    async def categories(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        action: Action = Action.VIEW,
        *,
        looks_at: frozenset[Category] | None = None,
    ) -> frozenset[Category]:
        """All categories in which the viewer may do this. Raises ``AccessDenied`` for none.

        ``looks_at`` says which of them the caller is about to use, and so what the log of who
        looked holds: all of them where it is None, ``NOTHING`` where ``require`` follows.
        Without the resident's consent ``ConsentMissing``, rather than lists that look empty.
        """
        relations = await self._towards(viewer, resident_id)
        allowed = allowed_categories(relations, viewer.roles, action, self._clock.now())
        if not allowed:
            raise AccessDenied(action=action.value)
        now = self._clock.now()
        running = [each for each in relations if each.runs_at(now)]
        await self._consent.check_any(viewer, resident_id, running)
        used = allowed if looks_at is None else allowed & looks_at
        pass_gate(resident_id)
        for category, by in self._rights(viewer, relations, used, action, now):
            await self.log.note(viewer, resident_id, category, action, by)
        return allowed

    async def enter(self, viewer: Viewer, resident_id: ObjectId) -> None:
        """Raises ``AccessDenied`` for who may see nothing of the resident, consent or not."""
        relations = await self._towards(viewer, resident_id)
        now = self._clock.now()
        if not allowed_categories(relations, viewer.roles, Action.VIEW, now):
            raise AccessDenied(action=Action.VIEW.value)
        pass_gate(resident_id)

    async def deciding(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        category: Category,
        action: Action = Action.VIEW,
    ) -> Relation:
        """As ``require``, but nothing is noted: for this room, which notes what it does itself.

        Raises ``AccessDenied``.
        """
        relations = await self._towards(viewer, resident_id)
        decision = decide(relations, viewer.roles, category, action, self._clock.now())
        if decision.relation is None:
            raise AccessDenied(category=category.value, action=action.value)
        pass_gate(resident_id)
        return decision.relation

    def exempt(self, viewer: Viewer, resident_id: ObjectId) -> None:
        """The rights of PIPL Art. 44-47 go on without consent: this viewer object is not asked
        for it. For the privacy room's own work only; what the policy grants stays the same."""
        self._consent.exempt(viewer, resident_id)

    async def relations(self, viewer: Viewer) -> list[Relation]:
        """The viewer's running relations, to all residents."""
        now = self._clock.now()
        found = Relation.find(await self.held(viewer))
        towards: dict[ObjectId, list[Relation]] = {}
        async for each in found:
            towards.setdefault(each.resident_id, []).append(each)
        # These are all of them: whoever asks about one of these residents need not read again.
        viewer.memo.setdefault(_MEMO, {}).update(towards)
        return [each for some in towards.values() for each in some if runs(each, now)]

    async def towards(self, viewer: Viewer, resident_id: ObjectId) -> list[Relation]:
        """The viewer's running relations to one resident. Shows nothing, so notes nothing."""
        now = self._clock.now()
        pass_gate(resident_id)
        return [each for each in await self._towards(viewer, resident_id) if runs(each, now)]

    async def holds(self, viewer: Viewer, resident_id: ObjectId) -> bool:
        """Whether the viewer is the person or their guardian: others see names masked."""
        return any(each.kind in HOLDERS for each in await self.towards(viewer, resident_id))

    async def aware_of(self, viewer: Viewer, resident_ids: Collection[ObjectId]) -> None:
        """Read the relations to all of these at once: whoever asks for each need not."""
        known: dict[ObjectId, list[Relation]] = viewer.memo.setdefault(_MEMO, {})
        missing = [each for each in resident_ids if each not in known]
        if not missing or is_console(viewer):
            return
        towards: dict[ObjectId, list[Relation]] = {each: [] for each in missing}
        query = {**await self.held(viewer), "resident_id": {"$in": missing}}
        async for each in Relation.find(query):
            towards[each.resident_id].append(each)
        known.update(towards)
        await self._consent.preload(viewer, missing)

    def lend(
        self, viewer: Viewer, resident_id: ObjectId, categories: frozenset[Category]
    ) -> Relation:
        """Let ``viewer``, somebody with a share link, look at these categories.

        Nothing is stored: it holds for this viewer object, that is for one request.
        """
        relation = Relation(
            resident_id=PydanticObjectId(resident_id),
            account_id=PydanticObjectId(viewer.account_id),
            kind=RelationKind.SHARE,
            categories=categories,
            actions=frozenset({Action.VIEW}),
            valid_from=self._clock.now(),
        )
        viewer.memo.setdefault(_MEMO, {})[resident_id] = [relation]
        return relation

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
        team_id: ObjectId | None = None,
        basis_id: ObjectId | None = None,
        session: Session | None = None,
    ) -> Relation:
        """Write a relation down. Raises ``RelationExists``.

        Decides nothing: the callers are set-up code and, from there on, invitations
        and contracts that both sides confirmed.
        """
        now = self._clock.now()
        relation = Relation(
            resident_id=PydanticObjectId(resident_id),
            account_id=PydanticObjectId(account_id),
            kind=kind,
            kinship=kinship,
            categories=categories,
            actions=actions,
            valid_from=now,
            valid_until=valid_until,
            team_id=None if team_id is None else PydanticObjectId(team_id),
            basis_id=None if basis_id is None else PydanticObjectId(basis_id),
        )
        await _end_expired(relation, now, session)
        try:
            await relation.insert(session=session)
        except DuplicateKeyError as error:
            raise RelationExists from error
        return relation

    def _rights(
        self,
        viewer: Viewer,
        relations: list[Relation],
        used: frozenset[Category],
        action: Action,
        now: datetime,
    ) -> list[tuple[list[Category], By]]:
        """The categories by what allows them: an emergency may open some, a grant the others."""
        found: dict[By, list[Category]] = {}
        for category in used:
            decision = decide(relations, viewer.roles, category, action, now)
            found.setdefault(_by(viewer, decision), []).append(category)
        return [(categories, by) for by, categories in found.items()]

    async def _towards(self, viewer: Viewer, resident_id: ObjectId) -> list[Relation]:
        if is_console(viewer):
            return [_console_relation(viewer, resident_id, self._clock.now())]
        # One resident at a time: a doctor's panel has thousands of relations.
        known: dict[ObjectId, list[Relation]] = viewer.memo.setdefault(_MEMO, {})
        if resident_id not in known:
            query = {"resident_id": resident_id, **await self.held(viewer)}
            known[resident_id] = await Relation.find(query).to_list()
        return known[resident_id]

    async def held(self, viewer: Viewer) -> dict[str, Any]:
        """The condition for relations that the viewer holds, alone or as one of a team."""
        holders: list[ObjectId] = [viewer.account_id]
        if viewer.has(Role.FAMILY_DOCTOR):
            if _TEAMS not in viewer.memo:
                query = {"members": viewer.account_id, "ended_at": None}
                teams = CareTeam.get_pymongo_collection().find(query, {"_id": 1})
                viewer.memo[_TEAMS] = [raw["_id"] async for raw in teams]
            holders += viewer.memo[_TEAMS]
        return {"account_id": {"$in": holders}, "ended_at": None}


async def _end_expired(relation: Relation, now: datetime, session: Session | None) -> None:
    # What ran out by itself must not stand in the way of the next grant of its kind.
    await Relation.get_pymongo_collection().update_many(
        {
            "resident_id": relation.resident_id,
            "account_id": relation.account_id,
            "kind": relation.kind,
            "ended_at": None,
            "valid_until": {"$lte": now},
        },
        [{"$set": {"ended_at": "$valid_until"}}],
        session=session,
    )


def _by(viewer: Viewer, decision: Decision) -> By:
    assert decision.relation is not None
    return By.relation(decision.relation, decision.reason.value, console=is_console(viewer))


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
