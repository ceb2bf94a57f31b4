"""``AccessLog.note``: what the gate allowed is written down before it is shown or done."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterable

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.log import trail
from backend.access.log.errors import LogUnavailable
from backend.access.log.line import By, Line, is_noted, really
from backend.access.log.writer import ChainWriter
from backend.core.clock import Clock
from backend.identity.viewer import Viewer

_MEMO = "access.noted"
_REQUEST = "access.request"


class AccessLog:
    """The only writer of entries; ``Access`` calls it for every room."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._chains = ChainWriter()

    async def note(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        categories: Iterable[Category],
        action: Action,
        by: By,
    ) -> None:
        """One entry for each category that this request did not note yet.

        A change is written when this returns. A look is written by the end of ``answering``,
        or when this returns where nobody is answering. Raises ``LogUnavailable``.
        """
        here = trail.current()
        if here is not None:
            here.passed.add(resident_id)
        by = really(by)
        if not is_noted(viewer, action, by):
            return
        waiting = self._begun(viewer, resident_id, categories, action, by)
        if action is not Action.VIEW or here is None:
            await _written(waiting)

    async def again(self) -> None:
        """What comes next is another answer: an event of a stream, noted for itself.

        Raises ``LogUnavailable`` where what was noted before could not be written.
        """
        here = trail.current()
        if here is not None:
            await here.settle()

    def forget(self) -> None:
        """Read the chains' ends from the store again."""
        self._chains = ChainWriter()

    def _begun(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        categories: Iterable[Category],
        action: Action,
        by: By,
    ) -> set[asyncio.Future[None]]:
        here = trail.current()
        noted = here.noted if here is not None else viewer.memo.setdefault(_MEMO, {})
        request = here.request if here is not None else _request_of(viewer)
        keys: dict[Category, Hashable] = {
            each: (viewer.account_id, resident_id, each, action, by.kind, by.why, by.purpose)
            for each in sorted(categories)
        }
        new = {each: key for each, key in keys.items() if _is_new(noted.get(key))}
        if new:
            role, now = ",".join(sorted(viewer.roles)), self._clock.now()
            lines = [
                Line(viewer.account_id, role, viewer.channel.value, each, action, by, now, request)
                for each in new
            ]
            # A look may wait for the others of its answer: they are one write then.
            gather = here is not None and action is Action.VIEW
            writing = self._chains.put(resident_id, lines, gather=gather)
            noted.update(dict.fromkeys(new.values(), writing))
            if here is not None:
                here.hurry = self._chains.hurry
        return {noted[key] for key in keys.values()}


def pass_gate(resident_id: ObjectId) -> None:
    """The gate was asked and nothing of the record is shown by it: nothing to note."""
    here = trail.current()
    if here is not None:
        here.passed.add(resident_id)


async def _written(waiting: set[asyncio.Future[None]]) -> None:
    if not waiting:
        return
    done, _ = await asyncio.wait(waiting)
    if any(each.cancelled() or each.exception() for each in done):
        raise LogUnavailable


def _is_new(before: asyncio.Future[None] | None) -> bool:
    if before is None or before.cancelled():
        return True
    return before.done() and before.exception() is not None


def _request_of(viewer: Viewer) -> ObjectId:
    made: ObjectId = viewer.memo.setdefault(_REQUEST, ObjectId())
    return made
