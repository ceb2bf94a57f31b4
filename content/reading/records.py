"""What was shown, opened, read, answered and said of pieces, for one resident."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo import ReturnDocument

from backend.access.categories import Action, Category
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import OwnerKey
from backend.core.keys.keyring import refuse_erased
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from content.choosing.past import Feedback, Past
from content.documents import PieceRecord
from content.errors import ArticleNotRead, QuizAttemptsSpent
from content.events import QuizPassed
from content.library import Library
from content.limits import limits
from content.piece import Piece
from content.reading.figures import Figures, Step
from content.reading.plausible import check_read
from content.reading.quiz import Marked, mark_quiz
from content.reading.record import Record, day_of, frame, mark, past_of, record_of

_MOST_SHOWN = 10
_MOST_KEPT = 1_000


class Records:
    """Through the policy: what somebody reads says what they have, so it is of their history."""

    def __init__(self, core: Core, access: Access, library: Library, figures: Figures) -> None:
        self._core = core
        self._access = access
        self._library = library
        self._figures = figures

    async def shown(
        self, viewer: Viewer, resident_id: ObjectId, piece_ids: Sequence[ObjectId]
    ) -> int:
        """A list was on the screen; once a day counts. How many were new today.

        Raises ``AccessDenied``, ``ArticleNotFound``.
        """
        pieces = [self._library.get(each) for each in dict.fromkeys(piece_ids[:_MOST_SHOWN])]
        key = await self._key(viewer, resident_id)
        today = day_of(self._core.clock.now())
        counted: list[str] = []

        async def work(session: Session) -> None:
            counted.clear()
            for piece in pieces:
                raw = await self._ensure(session, viewer, resident_id, piece, key)
                if raw.get("shown_on") != today:
                    change = {"$set": {"shown_on": today}, "$inc": {"shown": 1}}
                    await self._change(session, raw["_id"], resident_id, change)
                    counted.append(piece.slug)

        await self._core.store.transaction(work)
        await self._figures.add(today, counted, Step.SHOWN)
        return len(counted)

    async def opened(
        self, viewer: Viewer, resident_id: ObjectId, piece_id: ObjectId, *, suggested: bool
    ) -> Record:
        """``suggested``: from the list that was chosen. Raises as ``shown``."""
        piece = self._library.get(piece_id)
        key = await self._key(viewer, resident_id)
        now = self._core.clock.now()
        today = day_of(now)
        first_today = False

        async def work(session: Session) -> Raw:
            nonlocal first_today
            raw = await self._ensure(session, viewer, resident_id, piece, key)
            first_today = raw.get("opened_on") != today
            change: Raw = {"$set": {"opened_on": today, "opened_at": now}}
            if first_today:
                change["$inc"] = {"opened": 1}
            return await self._change(session, raw["_id"], resident_id, change)

        raw = await self._core.store.transaction(work)
        if first_today:
            steps = (Step.OPENED, Step.CLICKED) if suggested else (Step.OPENED,)
            await self._figures.add(today, [piece.slug], *steps)
        return record_of(raw, key)

    async def read(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        piece_id: ObjectId,
        *,
        dwell: int,
        scroll: float,
    ) -> Record:
        """Read to the end. Raises as ``shown``, and what ``check_read`` refuses."""
        piece = self._library.get(piece_id)
        key = await self._key(viewer, resident_id)
        now = self._core.clock.now()
        before = await self._find(resident_id, piece, key)
        opened_at = before.get("opened_at") if before else None
        check_read(piece, dwell=dwell, scroll=scroll, opened_at=opened_at, now=now)
        assert before is not None
        record_id, anew = before["_id"], before.get("read_at") is None
        values = {"read_at": now, "dwell": dwell, "scroll": scroll, "by": viewer.account_id}

        async def work(session: Session) -> Raw:
            await refuse_erased(session, [resident_id])
            return await self._change(session, record_id, resident_id, {"$set": values})

        raw = await self._core.store.transaction(work)
        if anew:
            await self._figures.add(day_of(now), [piece.slug], Step.READ)
        return record_of(raw, key)

    async def answer(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        piece_id: ObjectId,
        answers: Sequence[int],
        *,
        idempotency_key: str,
    ) -> Marked:
        """The quiz; passing it for the first time is told to the outbox.

        Raises as ``shown``, ``QuizAnswersInvalid``, ``ArticleNotRead``, ``QuizAttemptsSpent``.
        """
        piece = self._library.get(piece_id)
        key = await self._key(viewer, resident_id)
        marked = mark_quiz(piece, answers)
        passed_now = False

        async def work(session: Session) -> Raw:
            nonlocal passed_now
            before = await self._find(resident_id, piece, key, session)
            passed_now = await self._marked(session, viewer, resident_id, before, marked)
            return {"right": list(marked.right)}

        arguments = ["answer_quiz", str(resident_id), str(piece_id), list(answers)]
        await self._core.idempotency.once(viewer.account_id, idempotency_key, arguments, work)
        if passed_now:
            await self._figures.add(day_of(self._core.clock.now()), [piece.slug], Step.PASSED)
        return marked

    async def rate(
        self, viewer: Viewer, resident_id: ObjectId, piece_id: ObjectId, feedback: Feedback
    ) -> Record:
        """Raises as ``shown``."""
        piece = self._library.get(piece_id)
        key = await self._key(viewer, resident_id)
        now = self._core.clock.now()
        anew = False

        async def work(session: Session) -> Raw:
            nonlocal anew
            raw = await self._ensure(session, viewer, resident_id, piece, key)
            anew = raw.get("feedback") != feedback.value
            values = {"feedback": feedback.value, "feedback_at": now, "by": viewer.account_id}
            return await self._change(session, raw["_id"], resident_id, {"$set": values})

        raw = await self._core.store.transaction(work)
        if anew:
            await self._figures.add(day_of(now), [piece.slug], Step(feedback.value))
        return record_of(raw, key)

    async def page(
        self, viewer: Viewer, resident_id: ObjectId, *, first: int, after: Cursor | None = None
    ) -> Page[Record]:
        """What was opened, the piece that was met last first. Raises ``AccessDenied``."""
        await self._access.require(viewer, resident_id, Category.CONDITIONS)
        size = page_size(first)
        query: Raw = {"resident_id": resident_id, "opened_at": {"$ne": None}}
        if after is not None:
            query |= after.older_than()
        found = PieceRecord.get_pymongo_collection().find(query)
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(size + 1).to_list()
        key = await self._core.keyring.key(resident_id)
        return Page.of([record_of(raw, key) for raw in rows], size)

    async def everything(self, viewer: Viewer, resident_id: ObjectId) -> list[Record]:
        """For a download. Raises ``AccessDenied``."""
        await self._access.require(viewer, resident_id, Category.CONDITIONS)
        key = await self._core.keyring.key(resident_id)
        found = PieceRecord.get_pymongo_collection().find({"resident_id": resident_id})
        return [record_of(raw, key) async for raw in found.sort([("at", 1), ("_id", 1)])]

    async def past(self, resident_id: ObjectId) -> Past:
        """By slug; the policy was asked before."""
        key = await self._core.keyring.key(resident_id)
        found = PieceRecord.get_pymongo_collection().find({"resident_id": resident_id}, {"name": 0})
        rows = await found.limit(_MOST_KEPT).to_list()
        return past_of(rows, [piece.slug for piece in self._library.pieces], key)

    async def _key(self, viewer: Viewer, resident_id: ObjectId) -> OwnerKey:
        await self._access.require(viewer, resident_id, Category.CONDITIONS, Action.RECORD)
        return await self._core.keyring.key(resident_id)

    async def _marked(
        self,
        session: Session,
        viewer: Viewer,
        resident_id: ObjectId,
        before: Raw | None,
        marked: Marked,
    ) -> bool:
        if before is None or before.get("read_at") is None:
            raise ArticleNotRead
        now, most = self._core.clock.now(), limits()["quiz"]["attempts_a_day"]
        today = day_of(now)
        tried = before.get("attempts", 0) if before.get("attempts_on") == today else 0
        if tried >= most:
            raise QuizAttemptsSpent(limit=most)
        values: Raw = {"attempts": tried + 1, "attempts_on": today, "by": viewer.account_id}
        passed_now = marked.passed and before.get("passed_at") is None
        if passed_now:
            values["passed_at"] = now
            event = QuizPassed(resident_id=PydanticObjectId(resident_id), record_id=before["_id"])
            await self._core.outbox.publish(session, event)
        await refuse_erased(session, [resident_id])
        await self._change(session, before["_id"], resident_id, {"$set": values})
        return passed_now

    async def _find(
        self, resident_id: ObjectId, piece: Piece, key: OwnerKey, session: Session | None = None
    ) -> Raw | None:
        query = {"resident_id": resident_id, "piece": mark(key, piece.slug)}
        found: Raw | None = await PieceRecord.get_pymongo_collection().find_one(
            query, session=session
        )
        return found

    async def _ensure(
        self,
        session: Session,
        viewer: Viewer,
        resident_id: ObjectId,
        piece: Piece,
        key: OwnerKey,
    ) -> Raw:
        """The record as it is, a new one where there is none."""
        await refuse_erased(session, [resident_id])
        now = self._core.clock.now()
        made = frame(resident_id, piece.slug, key, now)
        empty = PieceRecord(**made, by=PydanticObjectId(viewer.account_id), updated_at=now)
        query = {name: made[name] for name in ("resident_id", "piece")}
        found: Raw | None = await PieceRecord.get_pymongo_collection().find_one_and_update(
            query,
            {"$setOnInsert": empty.to_raw()},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        assert found is not None
        return found

    async def _change(
        self, session: Session, record_id: ObjectId, resident_id: ObjectId, change: Any
    ) -> Raw:
        values = {**change.get("$set", {}), "updated_at": self._core.clock.now()}
        found: Raw | None = await PieceRecord.get_pymongo_collection().find_one_and_update(
            {"resident_id": resident_id, "_id": record_id},
            {**change, "$set": values},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        assert found is not None
        return found
