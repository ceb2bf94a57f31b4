"""Guardians of the young: from 14 and from 18 on a link goes on only if it is renewed.

Decided by the clock alone (``policy.pending``); what is here only sets the day, tells the
family, and lets the young person renew or the link end.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.circle.authority import check_grant
from backend.access.circle.errors import LinkNotFound, RenewalNotDue
from backend.access.circle.events import LinkChanged, LinkEnded, LinkNeedsRenewal
from backend.access.circle.persons import Persons, age_at
from backend.access.errors import AccessDenied, RelationExists
from backend.access.limits import (
    AGE_OF_CONSENT,
    AGE_OF_MAJORITY,
    LONGEST_GUARDIANSHIP,
    RENEWAL_GRACE,
    RENEWAL_NOTICE,
)
from backend.access.policy import pending, runs
from backend.access.relations import Relation, RelationKind
from backend.access.service import Access
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.outbox import Event
from backend.identity.viewer import Viewer

_SYSTEM = ObjectId("000000000000000000000002")
"""By whom a link was ended that nobody renewed."""


def birthday(born: date, age: int) -> datetime:
    """When somebody turns ``age``: midnight in Asia/Shanghai; 29 February as 1 March."""
    try:
        day = born.replace(year=born.year + age)
    except ValueError:
        day = date(born.year + age, 3, 1)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def due(born: date, since: datetime) -> datetime | None:
    """The first birthday after ``since`` from which a guardian's link asks for renewal."""
    ages = (AGE_OF_CONSENT, AGE_OF_MAJORITY)
    return next((at for at in (birthday(born, age) for age in ages) if at > since), None)


class Renewals:
    def __init__(self, core: Core, access: Access, persons: Persons) -> None:
        self._core = core
        self._access = access
        self._persons = persons

    async def renew(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        relation_id: ObjectId,
        categories: frozenset[Category],
        actions: frozenset[Action],
    ) -> Relation:
        """By the young person's own account, with their own choice. Of age they have no
        guardian any more: the link becomes a caregiver's.

        Raises ``AccessDenied``, ``LinkNotFound``, ``RenewalNotDue``, ``GrantUnfit`` or
        ``RelationExists``.
        """
        own = await self._access.require(viewer, resident_id, Category.PROFILE, Action.MANAGE)
        if own.kind is not RelationKind.SELF:
            raise AccessDenied(action=Action.MANAGE.value)
        now = self._core.clock.now()
        link = await Relation.find_one(
            {"_id": relation_id, "resident_id": resident_id, "ended_at": None}
        )
        if link is None or not runs(link, now):
            raise LinkNotFound
        born = await self._persons.birth_date(resident_id)
        if link.due_at is None or link.due_at - RENEWAL_NOTICE > now or born is None:
            raise RenewalNotDue
        check_grant(own, categories, actions, None, now)
        since = max(now, link.due_at)
        of_age = age_at(born, since) >= AGE_OF_MAJORITY
        fields: Raw = {
            "categories": sorted(categories),
            "actions": sorted(actions),
            "renewed_at": since,
            "due_at": due(born, since),
        }
        if of_age:
            await self._check_no_second(link)
            fields["kind"] = RelationKind.CAREGIVER
        return await self._change(link, fields, viewer.account_id)

    async def on_person(self, event: Event, _: ObjectId) -> None:
        """A record was opened, or its birth date corrected: the day is set anew."""
        born = await self._persons.birth_date(event.resident_id)
        query = {
            "resident_id": event.resident_id,
            "kind": RelationKind.GUARDIAN,
            "ended_at": None,
        }
        async for link in Relation.find(query):
            await self._set_due(link, born)

    async def run(self) -> int:
        """Tell of what is due, end what nobody renewed; how many. Any number at once may run."""
        now = self._core.clock.now()
        query = {
            "kind": RelationKind.GUARDIAN,
            "ended_at": None,
            "due_at": {"$lte": now + RENEWAL_NOTICE},
        }
        done = 0
        async for link in Relation.find(query):
            assert link.due_at is not None
            if link.due_at + RENEWAL_GRACE <= now:
                await self._change(link, {"ended_at": link.due_at + RENEWAL_GRACE}, _SYSTEM)
                done += 1
            elif link.told_due_at != link.due_at:
                done += await self._tell(link)
        return done

    async def _set_due(self, link: Relation, born: date | None) -> None:
        since = link.renewed_at or link.valid_from
        wanted = None if born is None else due(born, since)
        fields: Raw = {"due_at": wanted}
        adult = born is not None and age_at(born, link.valid_from) >= AGE_OF_MAJORITY
        if adult and link.valid_until is None:
            # Of an adult nobody is guardian for good: a year, then it is looked at again.
            fields["valid_until"] = link.valid_from + LONGEST_GUARDIANSHIP
        if any(getattr(link, name) != value for name, value in fields.items()):
            await Relation.get_pymongo_collection().update_one(
                {"_id": link.id, "resident_id": link.resident_id, "version": link.version},
                {"$set": fields, "$inc": {"version": 1}},
            )

    async def _tell(self, link: Relation) -> bool:
        async def work(session: Session) -> bool:
            result = await Relation.get_pymongo_collection().update_one(
                {"_id": link.id, "told_due_at": {"$ne": link.due_at}, "ended_at": None},
                {"$set": {"told_due_at": link.due_at}},
                session=session,
            )
            if result.modified_count == 0:
                return False
            event = LinkNeedsRenewal(resident_id=link.resident_id, relation_id=link.id)
            await self._core.outbox.publish(session, event)
            return True

        return await self._core.store.transaction(work)

    async def _check_no_second(self, link: Relation) -> None:
        other = {
            "resident_id": link.resident_id,
            "account_id": link.account_id,
            "kind": RelationKind.CAREGIVER,
            "ended_at": None,
        }
        if await Relation.find_one(other) is not None:
            raise RelationExists

    async def _change(self, link: Relation, fields: Raw, by: ObjectId) -> Relation:
        async def work(session: Session) -> Relation:
            raw = await self._core.history.replace(
                Relation.get_pymongo_collection(), link.to_raw(), fields, by=by, session=session
            )
            after: Relation = Relation.model_validate(raw)
            ids = {"resident_id": after.resident_id, "relation_id": after.id}
            event: Event = (
                LinkChanged(**ids, version=after.version)
                if after.ended_at is None
                else LinkEnded(**ids)
            )
            await self._core.outbox.publish(session, event)
            return after

        return await self._core.store.transaction(work)


def waits(link: Relation, now: datetime) -> timedelta | None:
    """How long a link that waits for its renewal goes on; None for one that does not wait."""
    if link.due_at is None or not pending(link, now):
        return None
    return link.due_at + RENEWAL_GRACE - now
