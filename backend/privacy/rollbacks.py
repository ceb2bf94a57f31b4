"""A wrong change by staff undone: one asks, another confirms, nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.access.log import By
from backend.access.log.service import pass_gate
from backend.access.log.trail import UNNAMED
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.history import PastVersion, VersionNotFound
from backend.core.keys import OwnerKey
from backend.core.paging import Cursor, Page, page_size
from backend.identity.accounts import Account
from backend.identity.operators import require_operator
from backend.identity.viewer import Role, Viewer
from backend.measurements.write_errors import SameReadingExists
from backend.privacy.documents import RollbackDocument, place
from backend.privacy.errors import (
    RollbackChangedSince,
    RollbackClosed,
    RollbackNotFound,
    RollbackNotStaffs,
    RollbackSecondNeeded,
    RollbackTooLate,
)
from backend.privacy.events import RollbackDone
from backend.privacy.limits import ROLLBACK_WITHIN
from backend.privacy.records import Records, Thing
from backend.privacy.text import clean_text

LONGEST = 500
_STAFF = frozenset({Role.OPERATOR, Role.INSTITUTION, Role.FAMILY_DOCTOR})

_OF_THINGS = frozenset(Category) - {Category.PROFILE, Category.CHAT, Category.POINTS}
"""What entries and readings may belong to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    id: ObjectId
    thing: Thing
    from_version: int
    to_version: int
    reason: str
    asked_by: ObjectId
    at: datetime
    open: bool
    confirmed_by: ObjectId | None
    confirmed_at: datetime | None
    new_version: int | None


class Rollbacks:
    def __init__(self, core: Core, access: Access, records: Records) -> None:
        self._core = core
        self._access = access
        self._records = records

    async def ask(
        self, viewer: Viewer, thing: Thing, to_version: int, reason: str, *, idempotency_key: str
    ) -> Rollback:
        """Back to an earlier version, for a second member of staff to confirm.

        Raises ``AccessDenied`` for anybody but staff who may record there, ``RollbackTooLate``,
        ``RollbackNotStaffs``, ``RollbackClosed`` where one waits already, ``VersionNotFound``.
        """
        await self._require_staff(viewer, thing.resident_id)
        raw = await self._records.read(thing)
        category = self._records.category(thing, raw)
        await self._require(viewer, thing, category)
        await self._check_reachable(thing, to_version)
        text = clean_text(reason, LONGEST)
        key = await self._core.keyring.key(thing.resident_id)

        async def work(session: Session) -> Raw:
            rollback_id = PydanticObjectId(ObjectId())
            document = RollbackDocument(
                id=rollback_id,
                resident_id=PydanticObjectId(thing.resident_id),
                collection=thing.collection,
                document_id=PydanticObjectId(thing.document_id),
                category=category.value,
                from_version=raw["version"],
                to_version=to_version,
                reason=key.seal(text.encode(), place("rollbacks", rollback_id, "reason")),
                asked_by=PydanticObjectId(viewer.account_id),
                at=self._core.clock.now(),
            )
            await document.insert(session=session)
            return {"rollback_id": rollback_id}

        arguments = ["ask_rollback", thing.collection, thing.document_id, to_version, text]
        try:
            answer = await self._core.idempotency.once(
                viewer.account_id, idempotency_key, arguments, work
            )
        except DuplicateKeyError as error:
            raise RollbackClosed from error
        return _opened(await self._read(thing.resident_id, answer["rollback_id"]), key)

    async def confirm(
        self, viewer: Viewer, resident_id: ObjectId, rollback_id: ObjectId, *, version: int
    ) -> Rollback:
        """By another member of staff, who names the version they looked at.

        Raises ``RollbackSecondNeeded``, ``RollbackChangedSince`` where that is not the stored
        one any more, ``RollbackClosed``, ``RollbackTooLate``, ``AccessDenied``.
        """
        await self._require_staff(viewer, resident_id)
        document = await self._read(resident_id, rollback_id)
        thing = Thing(document.collection, resident_id, document.document_id)
        await self._require(viewer, thing, Category(document.category))
        if not document.open:
            raise RollbackClosed
        if document.asked_by == viewer.account_id:
            raise RollbackSecondNeeded
        past = await self._check_reachable(thing, document.to_version)
        raw = await self._records.read(thing)
        if raw["version"] != version:
            raise RollbackChangedSince(version=raw["version"])
        try:
            await self._put_back(viewer, document, thing, raw, past)
        except DuplicateKeyError as error:
            raise SameReadingExists from error
        key = await self._core.keyring.key(resident_id)
        return _opened(await self._read(resident_id, rollback_id), key)

    async def of(self, viewer: Viewer, resident_id: ObjectId) -> list[Rollback]:
        """Of the categories that the viewer may see, newest first."""
        allowed = await self._access.categories(viewer, resident_id) & _OF_THINGS
        if not allowed:
            raise AccessDenied(action=Action.VIEW.value)
        query = {
            "resident_id": resident_id,
            "category": {"$in": sorted(each.value for each in allowed)},
        }
        rows = await RollbackDocument.find(query).sort("-at", "-_id").limit(100).to_list()
        if not rows:
            return []
        key = await self._core.keyring.key(resident_id)
        return [_opened(each, key) for each in rows]

    async def waiting(
        self, viewer: Viewer, *, first: int, after: Cursor | None = None
    ) -> Page[Rollback]:
        """What waits for a second member of staff, newest first; every look is in the log.

        Raises ``OperatorRequired``.
        """
        require_operator(viewer)
        pass_gate(UNNAMED)  # whose entries they are is noted for each of them below
        query: Raw = {"open": True}
        if after is not None:
            query["$and"] = [after.older_than()]
        size = page_size(first)
        rows = await RollbackDocument.find(query).sort("-at", "-_id").limit(size + 1).to_list()
        keys = await self._core.keyring.keys([each.resident_id for each in rows[:size]])
        shown = [each for each in rows[:size] if each.resident_id in keys]
        by = By(kind="operator", why="rollback")
        for each in shown:
            category = (Category(each.category),)
            await self._access.log.note(viewer, each.resident_id, category, Action.VIEW, by)
        return Page([_opened(each, keys[each.resident_id]) for each in shown], len(rows) > size)

    async def _put_back(
        self,
        viewer: Viewer,
        document: RollbackDocument,
        thing: Thing,
        raw: Raw,
        past: PastVersion,
    ) -> None:
        now = self._core.clock.now()
        contents = self._records.contents(thing, past.document)
        changes = {**contents, "updated_at": now, "rolled_back": document.id}

        async def work(session: Session) -> None:
            after = await self._core.history.replace(
                self._records.collection(thing),
                raw,
                changes,
                by=viewer.account_id,
                session=session,
            )
            result = await RollbackDocument.get_pymongo_collection().update_one(
                {"resident_id": thing.resident_id, "_id": document.id, "open": True},
                {
                    "$set": {
                        "open": False,
                        "confirmed_by": viewer.account_id,
                        "confirmed_at": now,
                        "new_version": after["version"],
                    }
                },
                session=session,
            )
            if result.matched_count == 0:
                raise RollbackClosed
            done = RollbackDone(resident_id=document.resident_id, rollback_id=document.id)
            changed = self._records.changed(thing, after["version"])
            await self._core.outbox.publish(session, changed, done)

        await self._core.store.transaction(work)

    async def _check_reachable(self, thing: Thing, to_version: int) -> PastVersion:
        """The version to go back to: replaced lately, and by staff."""
        past = await self._core.history.past(thing.resident_id, thing.document_id)
        found = next((each for each in past if each.version == to_version), None)
        if found is None:
            raise VersionNotFound
        if found.replaced_at < self._core.clock.now() - ROLLBACK_WITHIN:
            raise RollbackTooLate(days=ROLLBACK_WITHIN.days)
        account = await Account.get(found.replaced_by)
        if account is None or not account.roles & _STAFF:
            raise RollbackNotStaffs
        return found

    async def _require_staff(self, viewer: Viewer, resident_id: ObjectId) -> None:
        if not viewer.roles & _STAFF:
            raise AccessDenied(action=Action.RECORD.value)
        if not viewer.has(Role.OPERATOR):
            await self._access.categories(viewer, resident_id, Action.RECORD, looks_at=frozenset())

    async def _require(self, viewer: Viewer, thing: Thing, category: Category) -> None:
        if viewer.has(Role.OPERATOR):
            # Operators see no content; that they moved a version is in the resident's log.
            by = By(kind="operator", why="rollback")
            await self._access.log.note(viewer, thing.resident_id, (category,), Action.RECORD, by)
            return
        await self._access.require(viewer, thing.resident_id, category, Action.RECORD)

    async def _read(self, resident_id: ObjectId, rollback_id: ObjectId) -> RollbackDocument:
        found = await RollbackDocument.find_one({"resident_id": resident_id, "_id": rollback_id})
        if found is None:
            raise RollbackNotFound
        return found


def _opened(document: RollbackDocument, key: OwnerKey) -> Rollback:
    return Rollback(
        id=document.id,
        thing=Thing(document.collection, document.resident_id, document.document_id),
        from_version=document.from_version,
        to_version=document.to_version,
        reason=key.open(document.reason, place("rollbacks", document.id, "reason")).decode(),
        asked_by=document.asked_by,
        at=document.at,
        open=document.open,
        confirmed_by=document.confirmed_by,
        confirmed_at=document.confirmed_at,
        new_version=document.new_version,
    )
