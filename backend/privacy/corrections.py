"""Correction of what the resident cannot correct themselves: asked of who recorded it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import RoleRequired
from backend.access.log import By
from backend.access.log.service import pass_gate
from backend.access.log.trail import UNNAMED
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import OwnerKey
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Role, Viewer
from backend.privacy.asking import require_holder
from backend.privacy.documents import CorrectionDocument, place
from backend.privacy.errors import (
    CorrectionAnswered,
    CorrectionNotFound,
    CorrectionYours,
)
from backend.privacy.events import CorrectionDone, CorrectionRequested
from backend.privacy.records import Records, Thing
from backend.privacy.text import clean_text

LONGEST = 2_000
_STAFF = frozenset({Role.OPERATOR, Role.INSTITUTION, Role.FAMILY_DOCTOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A request as the resident and who answers it see it."""

    id: ObjectId
    resident_id: ObjectId
    thing: Thing
    category: Category
    words: str
    at: datetime
    open: bool
    accepted: bool | None
    answer: str | None
    answered_at: datetime | None


class Corrections:
    def __init__(self, core: Core, access: Access, records: Records) -> None:
        self._core = core
        self._access = access
        self._records = records

    async def request(
        self, viewer: Viewer, thing: Thing, words: str, *, idempotency_key: str
    ) -> Correction:
        """Raises ``RightNotYours``, ``CorrectionYours`` for what they recorded themselves,
        the room's not-found errors, and what ``clean_text`` refuses."""
        await require_holder(
            self._access, viewer, thing.resident_id, Action.MANAGE, purpose="correction"
        )
        raw = await self._records.read(thing)
        if raw["recorded_by"]["account_id"] == viewer.account_id:
            raise CorrectionYours
        text = clean_text(words, LONGEST)
        key = await self._core.keyring.key(thing.resident_id)

        async def work(session: Session) -> Raw:
            correction_id = PydanticObjectId(ObjectId())
            sealed = key.seal(text.encode(), place("corrections", correction_id, "words"))
            document = CorrectionDocument(
                id=correction_id,
                resident_id=PydanticObjectId(thing.resident_id),
                collection=thing.collection,
                document_id=PydanticObjectId(thing.document_id),
                category=self._records.category(thing, raw).value,
                recorded_by=raw["recorded_by"]["account_id"],
                requested_by=PydanticObjectId(viewer.account_id),
                words=sealed,
                at=self._core.clock.now(),
            )
            await document.insert(session=session)
            event = CorrectionRequested(
                resident_id=document.resident_id, correction_id=correction_id
            )
            await self._core.outbox.publish(session, event)
            return {"correction_id": correction_id}

        arguments = ["request_correction", thing.collection, thing.document_id, text]
        answer = await self._core.idempotency.once(
            viewer.account_id, idempotency_key, arguments, work
        )
        return _opened(await self._read(thing.resident_id, answer["correction_id"]), key)

    async def of(self, viewer: Viewer, resident_id: ObjectId) -> list[Correction]:
        """The resident's own requests, newest first."""
        await require_holder(self._access, viewer, resident_id)
        found = CorrectionDocument.find({"resident_id": resident_id}).sort("-at", "-_id")
        rows = await found.limit(100).to_list()
        if not rows:
            return []
        key = await self._core.keyring.key(resident_id)
        return [_opened(each, key) for each in rows]

    async def waiting(
        self, viewer: Viewer, *, first: int, after: Cursor | None = None
    ) -> Page[Correction]:
        """For staff: what waits for an answer about entries of theirs; for operators, all.

        Every look is in the residents' logs. Raises ``RoleRequired``.
        """
        if not viewer.roles & _STAFF:
            raise RoleRequired
        pass_gate(UNNAMED)  # whose requests come is noted for each of them below
        query: Raw = {"open": True}
        if not viewer.has(Role.OPERATOR):
            query["recorded_by"] = viewer.account_id
        if after is not None:
            query["$and"] = [after.older_than()]
        size = page_size(first)
        rows = await CorrectionDocument.find(query).sort("-at", "-_id").limit(size + 1).to_list()
        keys = await self._core.keyring.keys([each.resident_id for each in rows[:size]])
        shown = [each for each in rows[:size] if each.resident_id in keys]
        for each in shown:
            await self._note(viewer, each, Action.VIEW)
        return Page([_opened(each, keys[each.resident_id]) for each in shown], len(rows) > size)

    async def answer(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        correction_id: ObjectId,
        *,
        accepted: bool,
        words: str,
    ) -> Correction:
        """By who recorded it, or an operator. The correcting itself is an ordinary change.

        Raises ``RoleRequired``, ``CorrectionNotFound``, ``CorrectionAnswered``.
        """
        if not viewer.roles & _STAFF:
            await self._access.deciding(viewer, resident_id, Category.PROFILE)
            raise RoleRequired
        pass_gate(resident_id)  # who recorded it decides, below; nobody else is shown anything
        document = await self._read(resident_id, correction_id)
        if not viewer.has(Role.OPERATOR) and document.recorded_by != viewer.account_id:
            raise CorrectionNotFound
        if not document.open:
            raise CorrectionAnswered
        text = clean_text(words, LONGEST)
        key = await self._core.keyring.key(resident_id)
        await self._note(viewer, document, Action.RECORD)
        change = {
            "open": False,
            "accepted": accepted,
            "answer": key.seal(text.encode(), place("corrections", correction_id, "answer")),
            "answered_by": viewer.account_id,
            "answered_at": self._core.clock.now(),
        }

        async def work(session: Session) -> None:
            result = await CorrectionDocument.get_pymongo_collection().update_one(
                {"resident_id": resident_id, "_id": correction_id, "open": True},
                {"$set": change},
                session=session,
            )
            if result.matched_count == 0:
                raise CorrectionAnswered
            done = CorrectionDone(
                resident_id=document.resident_id, correction_id=PydanticObjectId(correction_id)
            )
            await self._core.outbox.publish(session, done)

        await self._core.store.transaction(work)
        return _opened(await self._read(resident_id, correction_id), key)

    async def _note(self, viewer: Viewer, each: CorrectionDocument, action: Action) -> None:
        kind = "operator" if viewer.has(Role.OPERATOR) else "institution"
        by = By(kind=kind, why="correction", via=each.id)
        category = Category(each.category)
        await self._access.log.note(viewer, each.resident_id, (category,), action, by)

    async def _read(self, resident_id: ObjectId, correction_id: ObjectId) -> CorrectionDocument:
        found = await CorrectionDocument.find_one(
            {"resident_id": resident_id, "_id": correction_id}
        )
        if found is None:
            raise CorrectionNotFound
        return found


def _opened(document: CorrectionDocument, key: OwnerKey) -> Correction:
    def text(box: bytes | None, field: str) -> str | None:
        if box is None:
            return None
        return key.open(box, place("corrections", document.id, field)).decode()

    return Correction(
        id=document.id,
        resident_id=document.resident_id,
        thing=Thing(document.collection, document.resident_id, document.document_id),
        category=Category(document.category),
        words=text(document.words, "words") or "",
        at=document.at,
        open=document.open,
        accepted=document.accepted,
        answer=text(document.answer, "answer"),
        answered_at=document.answered_at,
    )
