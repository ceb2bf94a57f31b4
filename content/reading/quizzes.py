"""Quizzes answered; the first pass of a piece that was read is told to the outbox."""

from __future__ import annotations

from collections.abc import Sequence

from beanie import PydanticObjectId
from bson import ObjectId

from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.identity.viewer import Viewer
from content.errors import ArticleNotRead, QuizAttemptsSpent
from content.events import QuizPassed
from content.library import Library
from content.limits import limits
from content.reading.figures import Figures, Step
from content.reading.quiz import Marked, mark_quiz
from content.reading.record import day_of
from content.reading.rows import Reader, Rows


class Quizzes:
    def __init__(self, core: Core, library: Library, rows: Rows, figures: Figures) -> None:
        self._core = core
        self._library = library
        self._rows = rows
        self._figures = figures

    async def answer(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        piece_id: ObjectId,
        answers: Sequence[int],
        *,
        idempotency_key: str,
    ) -> Marked:
        """``answers`` are options from 1 on, one a question.

        Raises ``AccessDenied``, ``ConsentMissing``, ``ArticleNotFound``, ``QuizAnswersInvalid``,
        ``ArticleNotRead``, ``QuizAttemptsSpent``.
        """
        piece = self._library.get(piece_id)
        reader = await self._rows.reader(viewer, resident_id)
        marked = mark_quiz(piece, answers)
        passed_now = False

        async def work(session: Session) -> Raw:
            nonlocal passed_now
            before = await self._rows.find(reader, piece, session)
            passed_now = await self._marked(session, reader, before, marked)
            return {"right": list(marked.right)}

        arguments = ["answer_quiz", str(resident_id), str(piece_id), list(answers)]
        await self._core.idempotency.once(viewer.account_id, idempotency_key, arguments, work)
        if passed_now:
            await self._figures.add(day_of(self._core.clock.now()), [piece.slug], Step.PASSED)
        return marked

    async def _marked(
        self, session: Session, reader: Reader, before: Raw | None, marked: Marked
    ) -> bool:
        if before is None or before["read_at"] is None:
            raise ArticleNotRead
        now, most = self._core.clock.now(), limits()["quiz"]["attempts_a_day"]
        today = day_of(now)
        tried = before["attempts"] if before["attempts_on"] == today else 0
        if tried >= most:
            raise QuizAttemptsSpent(limit=most)
        values: Raw = {"attempts": tried + 1, "attempts_on": today}
        passed_now = marked.passed and before["passed_at"] is None
        if passed_now:
            values["passed_at"] = now
            event = QuizPassed(
                resident_id=PydanticObjectId(reader.resident_id), record_id=before["_id"]
            )
            await self._core.outbox.publish(session, event)
        await self._rows.change(session, reader, before["_id"], values)
        return passed_now
