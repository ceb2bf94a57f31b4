"""The entries of the archive: added, amended, marked as entered in error, restored, listed."""

from __future__ import annotations

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.access.service import NOTHING, Access
from backend.archive.documents import EntryDocument
from backend.archive.entry import Entry, Provenance, content, from_raw, to_raw
from backend.archive.errors import EntryNotFound, EntryWithdrawn, NotYourEntry, SectionMismatch
from backend.archive.events import EntriesAdded, EntryChanged
from backend.archive.sections import BODIES, Body, EntryStatus, Section, check_dates
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.history import ChangedMeanwhile, PastVersion
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer

# What a restored version does not bring back: identity and what the import needs.
_KEPT = ("_id", "resident_id", "version", "created_at", "origin", "digest", "raw", "position")
SHOWN = {"raw": 0, "words": 0, "digest": 0}

_SENSITIVE = frozenset({Category.MENTAL_HEALTH, Category.REPRODUCTIVE_HEALTH})


def categories_of(section: Section) -> frozenset[Category]:
    """Every category that entries of a section may belong to: its own, or a sensitive one."""
    return _SENSITIVE | {BODIES[section].usual_category}


class Entries:
    """Entries of one resident for a viewer, through the policy."""

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access

    async def add(
        self, viewer: Viewer, resident_id: ObjectId, body: Body, *, idempotency_key: str
    ) -> Entry:
        """A new entry. Raises ``AccessDenied`` and what ``check_dates`` refuses."""
        relation = await self._access.require(viewer, resident_id, body.category, Action.RECORD)
        check_dates(body, self._core.clock.now())
        key = await self._core.keyring.key(resident_id)
        raw = to_raw(
            body,
            resident_id=resident_id,
            provenance=Provenance.of(viewer, relation),
            key=key,
            now=self._core.clock.now(),
        )
        arguments = ["add_entry", resident_id, body.section, body.model_dump(mode="json")]

        async def work(session: Session) -> Raw:
            await EntryDocument.get_pymongo_collection().insert_one(raw, session=session)
            event = EntriesAdded(
                resident_id=PydanticObjectId(resident_id),
                entry_ids=(PydanticObjectId(raw["_id"]),),
            )
            await self._core.outbox.publish(session, event)
            return {"entry_id": raw["_id"]}

        answer = await self._core.idempotency.once(
            viewer.account_id, idempotency_key, arguments, work
        )
        return from_raw(await self._read(resident_id, answer["entry_id"]), key)

    async def amend(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        entry_id: ObjectId,
        body: Body,
        *,
        version: int,
    ) -> Entry:
        """Put ``body`` in place of the entry's; the old version stays in the history.

        Raises ``EntryNotFound``, ``SectionMismatch``, ``EntryWithdrawn``, ``NotYourEntry``,
        ``ChangedMeanwhile``, ``AccessDenied``.
        """
        before = await self._changeable(viewer, resident_id, entry_id)
        if before["section"] != body.section:
            raise SectionMismatch
        if before["status"] == EntryStatus.ENTERED_IN_ERROR:
            raise EntryWithdrawn
        # A change may move the entry into a more private category: that needs the right, too.
        await self._access.require(viewer, resident_id, body.category, Action.RECORD)
        check_dates(body, self._core.clock.now())
        key = await self._core.keyring.key(resident_id)
        changes = content(entry_id, body, key, before["created_at"])
        changes["changed_here"] = before["raw"] is not None
        return await self._replace(viewer, before, changes, version)

    async def mark_entered_in_error(
        self, viewer: Viewer, resident_id: ObjectId, entry_id: ObjectId, *, version: int
    ) -> Entry:
        """Out of every list and answer, still in the history; nothing is deleted."""
        before = await self._changeable(viewer, resident_id, entry_id)
        if before["status"] == EntryStatus.ENTERED_IN_ERROR:
            raise EntryWithdrawn
        changes = {"status": EntryStatus.ENTERED_IN_ERROR.value, "changed_here": True}
        return await self._replace(viewer, before, changes, version)

    async def restore(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        entry_id: ObjectId,
        *,
        to_version: int,
        version: int,
    ) -> Entry:
        """Bring an earlier version's content and status back, as a new version."""
        before = await self._changeable(viewer, resident_id, entry_id)
        past = await self._core.history.version(resident_id, entry_id, to_version)
        await self._access.require(
            viewer, resident_id, Category(past.document["category"]), Action.RECORD
        )
        changes = {name: value for name, value in past.document.items() if name not in _KEPT}
        return await self._replace(viewer, before, changes, version)

    async def get(self, viewer: Viewer, resident_id: ObjectId, entry_id: ObjectId) -> Entry:
        """One entry in any status. Raises ``EntryNotFound`` also for what is not granted."""
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        raw = await self._read(resident_id, entry_id, allowed)
        await self._access.require(viewer, resident_id, Category(raw["category"]))
        return from_raw(raw, await self._core.keyring.key(resident_id))

    async def page(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        section: Section,
        *,
        first: int,
        after: Cursor | None = None,
        include_errors: bool = False,
    ) -> Page[Entry]:
        """A section's entries, newest first, of the categories that the viewer is granted.

        Raises ``AccessDenied`` where none of the section's is.
        """
        looks_at = categories_of(section)
        allowed = await self._access.categories(viewer, resident_id, looks_at=looks_at)
        if not allowed & looks_at:
            raise AccessDenied(section=section.value)
        size = page_size(first)
        query: Raw = {
            "resident_id": resident_id,
            "section": section.value,
            "category": {"$in": sorted(allowed)},
            "status": {"$in": [each.value for each in EntryStatus]}
            if include_errors
            else EntryStatus.ACTIVE.value,
        }
        if after is not None:
            query["$and"] = [after.older_than()]
        found = EntryDocument.get_pymongo_collection().find(query, SHOWN)
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(size + 1).to_list()
        key = await self._core.keyring.key(resident_id)
        return Page.of([from_raw(raw, key) for raw in rows], size)

    async def history(
        self, viewer: Viewer, resident_id: ObjectId, entry_id: ObjectId
    ) -> list[tuple[Entry, PastVersion]]:
        """Earlier versions of granted categories, newest first, with who replaced them."""
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        current = await self._read(resident_id, entry_id, allowed)
        key = await self._core.keyring.key(resident_id)
        past = await self._core.history.past(resident_id, entry_id)
        shown = [each for each in past if each.document["category"] in allowed]
        for category in {current["category"], *(each.document["category"] for each in shown)}:
            await self._access.require(viewer, resident_id, Category(category))
        return [(from_raw(each.document, key), each) for each in shown]

    async def _read(
        self,
        resident_id: ObjectId,
        entry_id: ObjectId,
        allowed: frozenset[Category] | None = None,
    ) -> Raw:
        query: Raw = {"resident_id": resident_id, "_id": entry_id}
        if allowed is not None:
            query["category"] = {"$in": sorted(allowed)}
        raw: Raw | None = await EntryDocument.get_pymongo_collection().find_one(query)
        if raw is None:
            raise EntryNotFound
        return raw

    async def _changeable(self, viewer: Viewer, resident_id: ObjectId, entry_id: ObjectId) -> Raw:
        allowed = await self._access.categories(
            viewer, resident_id, Action.RECORD, looks_at=NOTHING
        )
        raw = await self._read(resident_id, entry_id, allowed)
        category = Category(raw["category"])
        relation = await self._access.require(viewer, resident_id, category, Action.RECORD)
        own = raw["recorded_by"]["account_id"] == viewer.account_id
        if not own and Action.MANAGE not in relation.actions:
            raise NotYourEntry
        return raw

    async def _replace(self, viewer: Viewer, before: Raw, changes: Raw, version: int) -> Entry:
        if before["version"] != version:
            raise ChangedMeanwhile
        resident_id = before["resident_id"]
        stamped = {**changes, "updated_at": self._core.clock.now()}

        async def work(session: Session) -> Raw:
            after = await self._core.history.replace(
                EntryDocument.get_pymongo_collection(),
                before,
                stamped,
                by=viewer.account_id,
                session=session,
            )
            event = EntryChanged(
                resident_id=PydanticObjectId(resident_id),
                entry_id=PydanticObjectId(before["_id"]),
                version=after["version"],
            )
            await self._core.outbox.publish(session, event)
            return after

        after = await self._core.store.transaction(work)
        return from_raw(after, await self._core.keyring.key(resident_id))
