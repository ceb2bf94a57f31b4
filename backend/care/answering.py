"""The doctor answers, asks back, orders, sets a limit or refers: whoever holds the claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Category
from backend.access.circle.persons import display_names
from backend.archive.documents import EntryDocument
from backend.archive.events import EntriesAdded
from backend.care.documents import Ticket, TicketState
from backend.care.doors import Doors
from backend.care.errors import FollowUpUnfit, TicketNotYours, TicketSettled
from backend.care.events import TicketAnswered, TicketAskedBack
from backend.care.limits import limits
from backend.care.records import answer_entry, follow_up_entry
from backend.care.ticket import Seen, seen
from backend.care.words import Message, Words, checked, opened, sealed
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.identity.viewer import Viewer
from backend.measurements.overrides import LimitDraft, Overrides
from backend.measurements.thresholds import Override

_NAMELESS = "家庭医生"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What is to be done on which day."""

    what: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """``refer_to`` names where the resident should go; ``limit`` is their own range from now."""

    text: str
    follow_up: FollowUp | None = None
    limit: Override | None = None
    refer_to: str | None = None


class Answering:
    def __init__(self, core: Core, doors: Doors, overrides: Overrides) -> None:
        self._core = core
        self._doors = doors
        self._overrides = overrides

    async def answer(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        ticket_id: ObjectId,
        reply: Reply,
        *,
        idempotency_key: str,
    ) -> Seen:
        """The answer, its record and its orders, all or nothing.

        Raises ``AccessDenied``, ``TicketTextUnfit``, ``FollowUpUnfit``, ``TicketNotYours``,
        ``TicketSettled``, and for a limit what ``Overrides.draft`` refuses.
        """
        ticket, allowed = await self._doors.doctor(viewer, resident_id, ticket_id)
        text = checked(reply.text)
        self._check(reply)
        if not await self._core.idempotency.known(viewer.account_id, idempotency_key):
            self._check_claim(ticket, viewer)
        limit: LimitDraft | None = None
        if reply.limit is not None:
            limit = await self._overrides.draft(viewer, resident_id, reply.limit)
        key = await self._core.keyring.key(resident_id)
        doctor = await self._name(viewer)

        async def work(session: Session) -> Raw:
            now = self._core.clock.now()
            claimed = await self._claimed(viewer, resident_id, ticket_id, session)
            words = opened(claimed.words, ticket_id, key)
            said = text if reply.refer_to is None else f"{text}\n建议转诊：{reply.refer_to}"
            record = answer_entry(
                viewer,
                resident_id,
                doctor=doctor,
                question=words.question,
                text=said,
                key=key,
                now=now,
            )
            records = [record]
            if reply.follow_up is not None:
                order = reply.follow_up
                records.append(
                    follow_up_entry(
                        viewer,
                        resident_id,
                        doctor=doctor,
                        what=order.what,
                        on=order.on,
                        key=key,
                        now=now,
                    )
                )
            state = TicketState.ANSWERED if reply.refer_to is None else TicketState.REFERRED
            await EntryDocument.get_pymongo_collection().insert_many(records, session=session)
            if limit is not None:
                await self._overrides.write(limit, session)
            change = {
                "state": state,
                "open": False,
                "words": sealed(self._with(words, viewer, said), ticket_id, key),
                "look_at": None,
                "claimed_by": None,
                "claim_until": None,
                "answered_by": viewer.account_id,
                "answered_at": now,
                "entry_id": record["_id"],
            }
            await _set(claimed, change, session)
            await self._core.outbox.publish(
                session,
                EntriesAdded(
                    resident_id=claimed.resident_id,
                    entry_ids=tuple(PydanticObjectId(each["_id"]) for each in records),
                ),
                TicketAnswered(
                    resident_id=claimed.resident_id,
                    ticket_id=claimed.id,
                    urgency=claimed.urgency.value,
                    doctor_id=PydanticObjectId(viewer.account_id),
                    entry_id=PydanticObjectId(record["_id"]),
                    state=state.value,
                ),
            )
            return {"id": ticket_id}

        arguments = ["answer_ticket", str(resident_id), str(ticket_id), reply]
        await self._core.idempotency.once(viewer.account_id, idempotency_key, arguments, work)
        return await self._seen(resident_id, ticket_id, allowed)

    async def ask_back(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        ticket_id: ObjectId,
        text: str,
        *,
        idempotency_key: str,
    ) -> Seen:
        """The clock stands still until the resident's side replies. Raises as ``answer``."""
        _, allowed = await self._doors.doctor(viewer, resident_id, ticket_id)
        text = checked(text)
        key = await self._core.keyring.key(resident_id)

        async def work(session: Session) -> Raw:
            claimed = await self._claimed(viewer, resident_id, ticket_id, session)
            words = self._with(opened(claimed.words, ticket_id, key), viewer, text)
            change = {
                "state": TicketState.ASKED_BACK,
                "words": sealed(words, ticket_id, key),
                "look_at": None,
                "claimed_by": None,
                "claim_until": None,
                "answered_by": viewer.account_id,
            }
            await _set(claimed, change, session)
            event = TicketAskedBack(
                resident_id=claimed.resident_id,
                ticket_id=claimed.id,
                urgency=claimed.urgency.value,
                doctor_id=PydanticObjectId(viewer.account_id),
            )
            await self._core.outbox.publish(session, event)
            return {"id": ticket_id}

        arguments = ["ask_back", str(resident_id), str(ticket_id), text]
        await self._core.idempotency.once(viewer.account_id, idempotency_key, arguments, work)
        return await self._seen(resident_id, ticket_id, allowed)

    def _check(self, reply: Reply) -> None:
        if reply.refer_to is not None:
            checked(reply.refer_to)
        if reply.follow_up is None:
            return
        checked(reply.follow_up.what)
        today = self._core.clock.now().astimezone(SHANGHAI).date()
        longest = limits().longest_follow_up
        if not today <= reply.follow_up.on <= today + longest:
            raise FollowUpUnfit(limit=longest.days)

    def _check_claim(self, ticket: Ticket, viewer: Viewer) -> None:
        if not ticket.open:
            raise TicketSettled
        until = ticket.claim_until
        mine = ticket.claimed_by == viewer.account_id
        if not mine or until is None or until <= self._core.clock.now():
            raise TicketNotYours

    async def _claimed(
        self, viewer: Viewer, resident_id: ObjectId, ticket_id: ObjectId, session: Session
    ) -> Ticket:
        ticket = await Ticket.find_one(
            {"_id": ticket_id, "resident_id": resident_id}, session=session
        )
        if ticket is None:
            raise TicketSettled
        self._check_claim(ticket, viewer)
        return ticket

    def _with(self, words: Words, viewer: Viewer, text: str) -> Words:
        said = Message(
            by="doctor", account_id=str(viewer.account_id), at=self._core.clock.now(), text=text
        )
        return words.model_copy(update={"thread": (*words.thread, said)})

    async def _name(self, viewer: Viewer) -> str:
        names = await display_names(self._core.keyring, [viewer.account_id])
        return names.get(viewer.account_id) or _NAMELESS

    async def _seen(
        self, resident_id: ObjectId, ticket_id: ObjectId, allowed: frozenset[Category]
    ) -> Seen:
        ticket = await Ticket.find_one({"_id": ticket_id, "resident_id": resident_id})
        assert ticket is not None  # tickets are never deleted but with their resident
        return seen(ticket, await self._core.keyring.key(resident_id), allowed)


async def _set(ticket: Ticket, change: Raw, session: Session) -> None:
    """Raises ``TicketNotYours`` where somebody changed it since it was read."""
    done = await Ticket.get_pymongo_collection().update_one(
        {"_id": ticket.id, "resident_id": ticket.resident_id, "version": ticket.version},
        {"$set": change, "$inc": {"version": 1}},
        session=session,
    )
    if done.matched_count == 0:
        raise TicketNotYours
