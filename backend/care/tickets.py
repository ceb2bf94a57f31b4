"""The resident's side: asking, looking, replying, taking back."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.access.relations import Relation
from backend.access.service import Access
from backend.care.documents import Ticket, TicketState
from backend.care.doors import Doors, found
from backend.care.errors import TicketNotFound, TicketSettled, TicketWaitsForNoReply
from backend.care.events import TicketReplied
from backend.care.limits import next_look, time_limit
from backend.care.opening import Opening, Question
from backend.care.ticket import Seen, plain, seen
from backend.care.words import Message, checked, opened, sealed
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer

_NO_RECORD = frozenset({Category.CHAT, Category.POINTS})
"""Who is granted no more than these does not look after the resident's health."""


class Tickets:
    """Questions to the doctor, for who asks them."""

    def __init__(self, core: Core, access: Access, opening: Opening, doors: Doors) -> None:
        self._core = core
        self._access = access
        self._opening = opening
        self._doors = doors

    async def relation(self, viewer: Viewer, resident_id: ObjectId) -> Relation:
        """By which the viewer may ask for the resident. Raises ``AccessDenied``."""
        relations = await self._access.towards(viewer, resident_id)
        usable = [each for each in relations if Action.VIEW in each.actions]
        if not usable:
            raise AccessDenied(action=Action.VIEW.value)
        return usable[0]

    async def ask(self, viewer: Viewer, question: Question, *, idempotency_key: str) -> Seen:
        """By the asker's wish. Raises ``AccessDenied`` and ``TicketTextUnfit``."""
        allowed, condition = await self._doors.asker(viewer, question.resident_id)
        if not allowed - _NO_RECORD:
            raise AccessDenied(action=Action.VIEW.value)
        checked(question.text)

        async def work(session: Session) -> Raw:
            return {"id": await self._opening.open(question, session)}

        arguments = ["ask_doctor", str(question.resident_id), question.text, question.turn_id]
        try:
            answer = await self._core.idempotency.once(
                viewer.account_id, idempotency_key, arguments, work
            )
        except DuplicateKeyError:  # another question of the conversation was first: it is joined
            answer = await self._core.idempotency.once(
                viewer.account_id, idempotency_key, arguments, work
            )
        return await self._seen(condition, answer["id"], allowed)

    async def get(self, viewer: Viewer, resident_id: ObjectId, ticket_id: ObjectId) -> Seen:
        """For the resident's side, and for doctors who are asked. Raises ``AccessDenied`` and
        ``TicketNotFound``.
        """
        try:
            ticket, allowed = await self._doors.doctor(viewer, resident_id, ticket_id)
        except AccessDenied:
            allowed, condition = await self._doors.asker(viewer, resident_id)
            return await self._seen(condition, ticket_id, allowed)
        return seen(ticket, await self._core.keyring.key(resident_id), allowed)

    async def check_hears(self, viewer: Viewer, resident_id: ObjectId) -> None:
        """Raises ``AccessDenied`` and ``ConsentMissing`` as looking at the list does."""
        await self._doors.asker(viewer, resident_id)

    async def page(
        self, viewer: Viewer, resident_id: ObjectId, *, first: int, after: Cursor | None = None
    ) -> Page[Seen]:
        """Newest first; those that the viewer asked, and with ``chat`` granted all."""
        size = page_size(first)
        allowed, query = await self._doors.asker(viewer, resident_id)
        if after is not None:
            query = {**query, "$and": [after.older_than("opened_at")]}
        rows = await Ticket.find(query).sort("-opened_at", "-_id").limit(size + 1).to_list()
        if not rows:
            return Page([], has_next=False)
        key = await self._core.keyring.key(resident_id)
        return Page.of([seen(each, key, allowed) for each in rows], size)

    async def exported(self, viewer: Viewer, resident_id: ObjectId) -> list[dict[str, Any]]:
        """What ``page`` shows, all of it, oldest first, as plain JSON. Raises ``AccessDenied``."""
        allowed, query = await self._doors.asker(viewer, resident_id)
        rows = await Ticket.find(query).sort("opened_at", "_id").to_list()
        key = await self._core.keyring.key(resident_id)
        return [plain(seen(each, key, allowed)) for each in rows]

    async def reply(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        ticket_id: ObjectId,
        text: str,
        *,
        idempotency_key: str,
    ) -> Seen:
        """What the doctor asked back; the clock begins again. Raises ``TicketTextUnfit``,
        ``TicketNotFound`` and ``TicketWaitsForNoReply``.
        """
        allowed, condition = await self._doors.asker(viewer, resident_id)
        text = checked(text)
        key = await self._core.keyring.key(resident_id)

        async def work(session: Session) -> Raw:
            now = self._core.clock.now()
            ticket = await _asked_back(condition, ticket_id, session)
            words = opened(ticket.words, ticket_id, key)
            said = Message(by="asker", account_id=str(viewer.account_id), at=now, text=text)
            words = words.model_copy(update={"thread": (*words.thread, said)})
            change = {
                "state": TicketState.WAITING,
                "words": sealed(words, ticket_id, key),
                "asked_at": now,
                "due_at": now + time_limit(ticket.urgency).answer,
                "look_at": next_look(ticket.urgency, ticket.stage, now, now),
                "overdue": False,
            }
            await _move(ticket, change, session)
            event = TicketReplied(
                resident_id=ticket.resident_id,
                ticket_id=ticket.id,
                urgency=ticket.urgency.value,
                doctor_id=ticket.answered_by,
            )
            await self._core.outbox.publish(session, event)
            return {"id": ticket.id}

        arguments = ["reply", str(resident_id), str(ticket_id), text]
        await self._core.idempotency.once(viewer.account_id, idempotency_key, arguments, work)
        return await self._seen(condition, ticket_id, allowed)

    async def withdraw(self, viewer: Viewer, resident_id: ObjectId, ticket_id: ObjectId) -> Seen:
        """No answer is wanted any more; by who asked. Raises ``TicketSettled``."""
        allowed, condition = await self._doors.asker(viewer, resident_id)
        own = {**condition, "asked_by": viewer.account_id}
        raw = await Ticket.get_pymongo_collection().find_one_and_update(
            {**own, "_id": ticket_id, "open": True},
            {
                "$set": {"state": TicketState.WITHDRAWN, "open": False, "look_at": None},
                "$inc": {"version": 1},
            },
        )
        if raw is None:
            await found(own, ticket_id)
            raise TicketSettled
        return await self._seen(condition, ticket_id, allowed)

    async def _seen(
        self, condition: Raw, ticket_id: ObjectId, allowed: frozenset[Category]
    ) -> Seen:
        ticket = await found(condition, ticket_id)
        return seen(ticket, await self._core.keyring.key(ticket.resident_id), allowed)


async def _asked_back(condition: Raw, ticket_id: ObjectId, session: Session) -> Ticket:
    ticket = await Ticket.find_one({**condition, "_id": ticket_id}, session=session)
    if ticket is None:
        raise TicketNotFound
    if ticket.state is not TicketState.ASKED_BACK:
        raise TicketWaitsForNoReply
    return ticket


async def _move(ticket: Ticket, change: Raw, session: Session) -> None:
    """Raises ``TicketSettled`` where somebody changed it meanwhile."""
    done = await Ticket.get_pymongo_collection().update_one(
        {"_id": ticket.id, "resident_id": ticket.resident_id, "version": ticket.version},
        {"$set": change, "$inc": {"version": 1}},
        session=session,
    )
    if done.matched_count == 0:
        raise TicketSettled
