"""Links that run: seen, changed and ended by either side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.circle.authority import Authority, check_grant
from backend.access.circle.errors import LinkCannotBeRaised, LinkNotFound, LinkUnchangeable
from backend.access.circle.events import LinkChanged, LinkEnded
from backend.access.circle.persons import display_names
from backend.access.contract.documents import CareTeam, Contract, ContractState, EmergencyAccess
from backend.access.errors import AccessDenied
from backend.access.log.documents import AccessEntry
from backend.access.policy import runs
from backend.access.relations import Kinship, Relation, RelationKind
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.outbox import Event
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Link:
    """A relation with the name of who holds it (a person's own, or a team's), and when the log
    of who looked last saw it used."""

    relation: Relation
    holder_name: str | None
    last_used_at: datetime | None = None

    @property
    def at(self) -> datetime:
        return self.relation.valid_from

    @property
    def id(self) -> ObjectId:
        return self.relation.id


@dataclass(frozen=True, slots=True)
class PastLink:
    """How a link was until ``until``, and who changed it then."""

    categories: frozenset[Category]
    actions: frozenset[Action]
    valid_until: datetime | None
    version: int
    until: datetime
    changed_by: ObjectId


@dataclass(frozen=True, slots=True)
class Change:
    """What a link becomes. ``valid_until`` None means without end."""

    categories: frozenset[Category]
    actions: frozenset[Action]
    valid_until: datetime | None
    kinship: Kinship | None = None


class Links:
    def __init__(self, core: Core, access: Access, authority: Authority) -> None:
        self._core = core
        self._access = access
        self._authority = authority

    async def page(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        *,
        first: int,
        after: Cursor | None = None,
    ) -> Page[Link]:
        """Who has access, newest link first; for who speaks for the resident."""
        await self._authority.speaker(viewer, resident_id, only_looks=True)
        size = page_size(first)
        query: Raw = {
            "resident_id": resident_id,
            "ended_at": None,
            "kind": {"$ne": RelationKind.SELF},
        }
        if after is not None:
            query["$and"] = [after.older_than("valid_from")]
        now = self._core.clock.now()
        # What ran out by itself stays in the store until the next grant, and is nobody's link.
        query["$or"] = [{"valid_until": None}, {"valid_until": {"$gt": now}}]
        found = Relation.find(query).sort("-valid_from", "-_id").limit(size + 1)
        relations = await found.to_list()
        names = await self._names(relations)
        used = await _last_used(resident_id, relations)
        links = [Link(each, names.get(each.account_id), used.get(_via(each))) for each in relations]
        return Page.of(links, size)

    async def change(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        relation_id: ObjectId,
        change: Change,
        *,
        version: int,
    ) -> Relation:
        """The resident sets what they like; who holds the link may only give up.

        Raises ``AccessDenied``, ``LinkNotFound``, ``LinkUnchangeable``, ``LinkCannotBeRaised``,
        ``GrantUnfit``, ``GrantBeyondOwn`` or ``ChangedMeanwhile``.
        """
        before = await self._mine_or_ours(viewer, resident_id, relation_id)
        now = self._core.clock.now()
        if before.kind in _NOT_CHANGED:
            raise LinkUnchangeable
        if before.account_id == viewer.account_id:
            check_lowered(before, change)
            check_grant(before, change.categories, change.actions, change.valid_until, now)
        else:
            speaker = await self._over(viewer, resident_id, before)
            check_grant(speaker, change.categories, change.actions, change.valid_until, now)
        fields: Raw = {
            "categories": sorted(change.categories),
            "actions": sorted(change.actions),
            "valid_until": change.valid_until,
        }

        def event(after: Relation) -> Event:
            return LinkChanged(
                resident_id=after.resident_id, relation_id=after.id, version=after.version
            )

        return await self._replace(viewer, before, fields, event, version)

    async def end(self, viewer: Viewer, resident_id: ObjectId, relation_id: ObjectId) -> Relation:
        """By either side, at once; a contract or emergency access that it stood on ends with it.

        Raises ``AccessDenied``, ``LinkNotFound`` or ``LinkUnchangeable``.
        """
        before = await self._mine_or_ours(viewer, resident_id, relation_id)
        if before.kind is RelationKind.SELF:
            raise LinkUnchangeable
        if before.account_id != viewer.account_id:
            await self._over(viewer, resident_id, before)

        def event(after: Relation) -> Event:
            return LinkEnded(resident_id=after.resident_id, relation_id=after.id)

        ended = {"ended_at": self._core.clock.now()}
        return await self._replace(viewer, before, ended, event, before.version)

    async def history(
        self, viewer: Viewer, resident_id: ObjectId, relation_id: ObjectId
    ) -> list[PastLink]:
        """How the link was before, newest first; for both sides."""
        await self._mine_or_ours(viewer, resident_id, relation_id, only_looks=True)
        return [
            _past(each.document, each.version, each.replaced_at, each.replaced_by)
            for each in await self._core.history.past(resident_id, relation_id)
        ]

    async def _mine_or_ours(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        relation_id: ObjectId,
        *,
        only_looks: bool = False,
    ) -> Relation:
        """The running link, for its holder and the resident's side. Others are denied first."""
        now = self._core.clock.now()
        for each in await self._access.towards(viewer, resident_id):
            if each.id == relation_id and each.team_id is None:
                return each
        await self._authority.speaker(viewer, resident_id, only_looks=only_looks)
        found = await Relation.find_one(
            {"_id": relation_id, "resident_id": resident_id, "ended_at": None}
        )
        if found is None or not runs(found, now):
            raise LinkNotFound
        return found

    async def _over(self, viewer: Viewer, resident_id: ObjectId, link: Relation) -> Relation:
        """Who speaks for the resident; of guardians none over another."""
        speaker = await self._authority.speaker(viewer, resident_id)
        equals = {RelationKind.GUARDIAN, RelationKind.SELF}
        if speaker.kind is RelationKind.GUARDIAN and link.kind in equals:
            raise AccessDenied(action=Action.MANAGE.value)
        return speaker

    async def _replace(
        self,
        viewer: Viewer,
        before: Relation,
        fields: Raw,
        event: Callable[[Relation], Event],
        version: int,
    ) -> Relation:
        stored = {**before.to_raw(), "version": version}

        async def work(session: Session) -> Relation:
            raw = await self._core.history.replace(
                Relation.get_pymongo_collection(),
                stored,
                fields,
                by=viewer.account_id,
                session=session,
            )
            after: Relation = Relation.model_validate(raw)
            if after.ended_at is not None:
                await _end_basis(after, viewer, session)
            await self._core.outbox.publish(session, event(after))
            return after

        after = await self._core.store.transaction(work)
        viewer.memo.clear()
        return after

    async def _names(self, relations: list[Relation]) -> dict[ObjectId, str]:
        teams = [each.team_id for each in relations if each.team_id is not None]
        persons = [each.account_id for each in relations if each.team_id is None]
        names = await display_names(self._core.keyring, persons)
        if teams:
            names |= {each.id: each.name async for each in CareTeam.find({"_id": {"$in": teams}})}
        return names


async def _last_used(resident_id: ObjectId, relations: list[Relation]) -> dict[ObjectId, datetime]:
    """When each link was used last, by what the log names as its right; in one query."""
    rows = await AccessEntry.get_pymongo_collection().aggregate(
        [
            {
                "$match": {
                    "resident_id": resident_id,
                    "via": {"$in": [_via(each) for each in relations]},
                }
            },
            {"$group": {"_id": "$via", "at": {"$max": "$at"}}},
        ]
    )
    return {row["_id"]: row["at"] for row in await rows.to_list()}


def _via(relation: Relation) -> ObjectId:
    # As ``log.By.relation`` names it.
    return relation.basis_id or relation.id


_NOT_CHANGED = {RelationKind.SELF, RelationKind.BREAK_GLASS, RelationKind.INSTITUTION}


def check_lowered(before: Relation, change: Change) -> None:
    """Raises ``LinkCannotBeRaised`` with the first field that would give more."""
    if not change.categories <= before.categories:
        raise LinkCannotBeRaised(field="categories")
    if not change.actions <= before.actions:
        raise LinkCannotBeRaised(field="actions")
    later = change.valid_until is None or (
        before.valid_until is not None and change.valid_until > before.valid_until
    )
    if before.valid_until is not None and later:
        raise LinkCannotBeRaised(field="validUntil")


async def _end_basis(relation: Relation, viewer: Viewer, session: Session) -> None:
    if relation.basis_id is None:
        return
    which = {"_id": relation.basis_id, "resident_id": relation.resident_id}
    await Contract.get_pymongo_collection().update_one(
        {**which, "state": ContractState.RUNNING},
        {
            "$set": {
                "state": ContractState.ENDED,
                "ended_at": relation.ended_at,
                "ended_by": viewer.account_id,
            },
            "$inc": {"version": 1},
        },
        session=session,
    )
    await EmergencyAccess.get_pymongo_collection().update_one(
        {**which, "open": True},
        {"$set": {"open": False, "ended_at": relation.ended_at}},
        session=session,
    )


def _past(raw: dict[str, Any], version: int, until: datetime, by: PydanticObjectId) -> PastLink:
    return PastLink(
        categories=frozenset(map(Category, raw["categories"])),
        actions=frozenset(map(Action, raw["actions"])),
        valid_until=raw["valid_until"],
        version=version,
        until=until,
        changed_by=by,
    )
