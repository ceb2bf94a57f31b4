"""What was shown, opened, read and said of pieces, for one resident."""

from __future__ import annotations

from collections.abc import Sequence

from bson import ObjectId

from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.identity.viewer import Viewer
from content.choosing.past import Feedback
from content.choosing.scoring import rules
from content.library import Library
from content.reading.figures import Figures, Step
from content.reading.plausible import check_read
from content.reading.record import Record, day_of, record_of
from content.reading.rows import Rows


class Noting:
    """Each of these may be told again: a day is counted once, what was read is read.

    All raise ``AccessDenied``, ``ConsentMissing`` and ``ArticleNotFound``.
    """

    def __init__(self, core: Core, library: Library, rows: Rows, figures: Figures) -> None:
        self._core = core
        self._library = library
        self._rows = rows
        self._figures = figures

    async def shown(
        self, viewer: Viewer, resident_id: ObjectId, piece_ids: Sequence[ObjectId]
    ) -> int:
        """A list was on the screen. How many of it were new today."""
        most = rules()["list"]["most"]
        pieces = [self._library.get(each) for each in dict.fromkeys(piece_ids[:most])]
        reader = await self._rows.reader(viewer, resident_id)
        today = day_of(self._core.clock.now())
        counted: list[str] = []

        async def work(session: Session) -> None:
            counted.clear()
            for piece in pieces:
                raw = await self._rows.ensure(session, reader, piece)
                if raw["shown_on"] != today:
                    values = {"shown_on": today}
                    await self._rows.change(session, reader, raw["_id"], values, inc={"shown": 1})
                    counted.append(piece.slug)

        await self._core.store.transaction(work)
        await self._figures.add(today, counted, Step.SHOWN)
        return len(counted)

    async def opened(
        self, viewer: Viewer, resident_id: ObjectId, piece_id: ObjectId, *, suggested: bool
    ) -> Record:
        """``suggested``: from the list that was chosen."""
        piece = self._library.get(piece_id)
        reader = await self._rows.reader(viewer, resident_id)
        now = self._core.clock.now()
        today, anew = day_of(now), False

        async def work(session: Session) -> Raw:
            nonlocal anew
            raw = await self._rows.ensure(session, reader, piece)
            anew = raw["opened_on"] != today
            values = {"opened_on": today, "opened_at": now}
            more = {"inc": {"opened": 1}} if anew else {}
            return await self._rows.change(session, reader, raw["_id"], values, **more)

        raw = await self._core.store.transaction(work)
        if anew:
            steps = (Step.OPENED, Step.CLICKED) if suggested else (Step.OPENED,)
            await self._figures.add(today, [piece.slug], *steps)
        return record_of(raw, reader.key)

    async def read(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        piece_id: ObjectId,
        *,
        dwell: int,
        scroll: float,
    ) -> Record:
        """Read to the end. Raises what ``check_read`` refuses as well."""
        piece = self._library.get(piece_id)
        reader = await self._rows.reader(viewer, resident_id)
        now = self._core.clock.now()
        before = await self._rows.find(reader, piece) or {"opened_at": None}
        check_read(piece, dwell=dwell, scroll=scroll, opened_at=before["opened_at"], now=now)
        values = {"read_at": now, "dwell": dwell, "scroll": scroll}

        async def work(session: Session) -> Raw:
            return await self._rows.change(session, reader, before["_id"], values)

        raw = await self._core.store.transaction(work)
        if before["read_at"] is None:
            await self._figures.add(day_of(now), [piece.slug], Step.READ)
        return record_of(raw, reader.key)

    async def rate(
        self, viewer: Viewer, resident_id: ObjectId, piece_id: ObjectId, feedback: Feedback
    ) -> Record:
        """The last word counts for choosing; each change of mind is counted."""
        piece = self._library.get(piece_id)
        reader = await self._rows.reader(viewer, resident_id)
        now = self._core.clock.now()
        anew = False

        async def work(session: Session) -> Raw:
            nonlocal anew
            raw = await self._rows.ensure(session, reader, piece)
            anew = raw["feedback"] != feedback.value
            values = {"feedback": feedback.value, "feedback_at": now}
            return await self._rows.change(session, reader, raw["_id"], values)

        raw = await self._core.store.transaction(work)
        if anew:
            await self._figures.add(day_of(now), [piece.slug], Step(feedback.value))
        return record_of(raw, reader.key)
