"""Making, changing and ending reminders: by people, and by rooms that have a reason."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from backend.access.categories import Action
from backend.access.errors import AccessDenied
from backend.access.service import NOTHING, Access
from backend.care.reminders.documents import ReminderDocument, ReminderState
from backend.care.reminders.errors import ReminderChanged, ReminderNotFound, RemindersTooMany
from backend.care.reminders.limits import ReminderKind, limits
from backend.care.reminders.reminder import (
    Reminder,
    ReminderDraft,
    content,
    from_raw,
    sealed,
    to_raw,
)
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer


class Reminders:
    """A kind's category is what the policy is asked for."""

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access

    async def create(
        self, viewer: Viewer, resident_id: ObjectId, draft: ReminderDraft, *, idempotency_key: str
    ) -> Reminder:
        """Raises ``AccessDenied``, ``ReminderInvalid``, ``ReminderRuleInvalid``,
        ``ReminderNeverDue``, ``RemindersTooMany``."""
        category = draft.kind.category
        await self._access.require(viewer, resident_id, category, Action.RECORD)
        now = self._core.clock.now()
        draft = draft.checked(now)
        key = await self._core.keyring.key(resident_id)
        raw = to_raw(draft, resident_id=resident_id, key=key, now=now, created_by=viewer.account_id)

        async def work(session: Session) -> Raw:
            running = {"resident_id": resident_id, "state": {"$ne": ReminderState.ENDED.value}}
            if (
                await _reminders().count_documents(running, session=session)
                >= limits()["reminders"]
            ):
                raise RemindersTooMany(limit=limits()["reminders"])
            await _reminders().insert_one(raw, session=session)
            return {"id": raw["_id"]}

        arguments = ["create_reminder", str(resident_id), repr(draft)]
        answer = await self._core.idempotency.once(
            viewer.account_id, idempotency_key, arguments, work
        )
        return await self._read(resident_id, answer["id"])

    async def get(self, viewer: Viewer, resident_id: ObjectId, reminder_id: ObjectId) -> Reminder:
        """Raises ``AccessDenied``, ``ReminderNotFound``."""
        raw = await self._raw(viewer, resident_id, reminder_id)
        await self._access.require(viewer, resident_id, ReminderKind(raw["kind"]).category)
        return from_raw(raw, await self._core.keyring.key(resident_id))

    async def page(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        *,
        first: int,
        after: Cursor | None = None,
        ended: bool = False,
    ) -> Page[Reminder]:
        """Those of granted categories, newest first. Raises ``AccessDenied``."""
        size = page_size(first)
        query: Raw = {
            "resident_id": resident_id,
            "kind": {"$in": await self.granted(viewer, resident_id)},
        }
        if not ended:
            query["state"] = {"$ne": ReminderState.ENDED.value}
        if after is not None:
            query["$and"] = [after.older_than("created_at")]
        rows = _reminders().find(query).sort([("created_at", -1), ("_id", -1)]).limit(size + 1)
        raws = await rows.to_list()
        if not raws:
            return Page([], has_next=False)
        key = await self._core.keyring.key(resident_id)
        return Page.of([from_raw(each, key) for each in raws], size)

    async def change(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        reminder_id: ObjectId,
        draft: ReminderDraft,
        *,
        version: int,
    ) -> Reminder:
        """All of it but its kind; what fell due already stays. A stock that is given is a refill.

        Raises ``AccessDenied``, ``ReminderNotFound``, ``ReminderChanged`` and as ``create``.
        """
        before = await self._changeable(viewer, resident_id, reminder_id)
        now = self._core.clock.now()
        draft = draft.checked(now)
        if draft.kind != before["kind"]:
            raise ReminderChanged
        key = await self._core.keyring.key(resident_id)
        fields = content(draft, reminder_id, key, now)
        fields["words"] = sealed(draft, reminder_id, key)
        if fields["stock"] is not None:
            refills = (before["stock"] or {}).get("refills", 0)
            fields["stock"] |= {"told": False, "refills": refills + 1}
        if before["state"] != ReminderState.ACTIVE:
            fields["look_at"] = None
        return await self._replace(before, {**fields, "leased_by": None}, version)

    async def switch(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        reminder_id: ObjectId,
        state: ReminderState,
        *,
        version: int,
    ) -> Reminder:
        """Pause, go on, or end for good. What fell due while paused is not told of.

        Raises as ``change``.
        """
        before = await self._changeable(viewer, resident_id, reminder_id)
        if before["state"] == ReminderState.ENDED:
            raise ReminderNotFound
        fields: Raw = {"state": state.value, "look_at": None, "leased_by": None}
        if state is ReminderState.ACTIVE:
            key = await self._core.keyring.key(resident_id)
            draft = from_raw(before, key).draft
            now = self._core.clock.now()
            next_at = content(draft, reminder_id, key, now)["next_at"]
            fields |= {"next_at": next_at, "look_at": next_at}
        return await self._replace(before, fields, version)

    async def put(
        self, resident_id: ObjectId, draft: ReminderDraft, *, source: str, session: Session
    ) -> ObjectId:
        """For rooms that have a reason (plans, vaccination, re-check), in their transaction.

        One reminder per ``source``: put again it is changed, unless somebody ended it, and then
        it stays ended. Nobody is asked for leave: the caller answers for that. Raises
        ``ReminderInvalid``, ``ReminderRuleInvalid``, ``ReminderNeverDue``.
        """
        now = self._core.clock.now()
        draft = draft.checked(now)
        key = await self._core.keyring.key(resident_id, session)
        known = {"resident_id": resident_id, "source": source}
        before = await _reminders().find_one(known, session=session)
        if before is None:
            raw = to_raw(draft, resident_id=resident_id, key=key, now=now, source=source)
            await _reminders().insert_one(raw, session=session)
            return ObjectId(raw["_id"])
        if before["state"] != ReminderState.ENDED:
            fields = content(draft, before["_id"], key, now)
            fields["words"] = sealed(draft, before["_id"], key)
            if before["state"] != ReminderState.ACTIVE:
                fields["look_at"] = None
            change = {"$set": {**fields, "updated_at": now}, "$inc": {"version": 1}}
            await _reminders().update_one({**known, "_id": before["_id"]}, change, session=session)
        return ObjectId(before["_id"])

    async def withdraw(self, resident_id: ObjectId, *, source: str, session: Session) -> int:
        """End those whose source begins with this (``plan:<id>:``); how many that were."""
        query = {
            "resident_id": resident_id,
            "source": {"$gte": source, "$lt": source + "\uffff"},
            "state": {"$ne": ReminderState.ENDED.value},
        }
        return await self._end(query, session)

    async def withdraw_subject(
        self, resident_id: ObjectId, kind: ReminderKind, subject: str, *, session: Session
    ) -> int:
        """End those about a thing that is no more (a stopped medicine); how many."""
        query = {
            "resident_id": resident_id,
            "kind": kind.value,
            "subject": subject,
            "state": {"$ne": ReminderState.ENDED.value},
        }
        return await self._end(query, session)

    async def granted(self, viewer: Viewer, resident_id: ObjectId) -> list[str]:
        """The kinds that the viewer may see; noted in the log. Raises ``AccessDenied``."""
        used = frozenset(kind.category for kind in ReminderKind)
        allowed = await self._access.categories(viewer, resident_id, looks_at=used)
        kinds = [kind.value for kind in ReminderKind if kind.category in allowed]
        if not kinds:
            raise AccessDenied(action=Action.VIEW.value)
        return kinds

    async def _end(self, query: Raw, session: Session) -> int:
        now = self._core.clock.now()
        fields = {"state": ReminderState.ENDED.value, "look_at": None, "updated_at": now}
        change = {"$set": fields, "$inc": {"version": 1}}
        done = await _reminders().update_many(query, change, session=session)
        return int(done.modified_count)

    async def _changeable(
        self, viewer: Viewer, resident_id: ObjectId, reminder_id: ObjectId
    ) -> Raw:
        raw = await self._raw(viewer, resident_id, reminder_id)
        own = raw["created_by"] == viewer.account_id
        action = Action.RECORD if own else Action.MANAGE
        await self._access.require(viewer, resident_id, ReminderKind(raw["kind"]).category, action)
        return raw

    async def _raw(self, viewer: Viewer, resident_id: ObjectId, reminder_id: ObjectId) -> Raw:
        # Who may see nothing learns nothing, not even that it does not exist.
        await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        query = {"resident_id": resident_id, "_id": reminder_id}
        raw: Raw | None = await _reminders().find_one(query)
        if raw is None:
            raise ReminderNotFound
        return raw

    async def _read(self, resident_id: ObjectId, reminder_id: ObjectId) -> Reminder:
        raw = await _reminders().find_one({"resident_id": resident_id, "_id": reminder_id})
        if raw is None:
            raise ReminderNotFound
        return from_raw(raw, await self._core.keyring.key(resident_id))

    async def _replace(self, before: Raw, fields: Raw, version: int) -> Reminder:
        now = self._core.clock.now()
        place = {"resident_id": before["resident_id"], "_id": before["_id"]}
        change = {"$set": {**fields, "updated_at": now}, "$inc": {"version": 1}}
        done = await _reminders().update_one({**place, "version": version}, change)
        if done.matched_count == 0:
            raise ReminderChanged
        return await self._read(place["resident_id"], place["_id"])


def _reminders() -> Any:
    return ReminderDocument.get_pymongo_collection()
