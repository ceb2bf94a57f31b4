"""A turn into the store: conversation, turn, the day's count and a ticket, all or nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.care.opening import Question
from backend.care.service import Care
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.identity.viewer import Viewer
from bot.assistant.composing.wording import phrase
from bot.assistant.stored.conversations import Conversations
from bot.assistant.stored.counting import Counting
from bot.assistant.stored.documents import Conversation, Turn, TurnOutcome
from bot.assistant.stored.errors import ConversationNotFound
from bot.assistant.stored.escalating import question_for_doctor, reason_of
from bot.assistant.stored.phrases import say
from bot.assistant.stored.thinking import Thought
from bot.assistant.stored.turn import Said, TurnWords, opened, sealed

_TRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """``conversation_id`` None begins a new one beside ``resident_id``'s record."""

    resident_id: ObjectId
    question: str
    conversation_id: ObjectId | None = None
    idempotency_key: str

    def arguments(self) -> list[str | None]:
        conversation = None if self.conversation_id is None else str(self.conversation_id)
        return ["ask", str(self.resident_id), self.question, conversation]


class Storing:
    def __init__(
        self, core: Core, care: Care, counting: Counting, conversations: Conversations
    ) -> None:
        self._core = core
        self._care = care
        self._counting = counting
        self._conversations = conversations

    async def stored(
        self, viewer: Viewer, ask: Ask, about: ObjectId, thought: Thought, unanswered: int
    ) -> Said:
        """The turn as stored; the first one where the key was used before.

        ``unanswered`` counts the questions in a row before this one that found no answer.
        """
        now, conversation_id = self._core.clock.now(), ask.conversation_id or ObjectId()
        turn_id = ObjectId()
        missed = unanswered + 1 if thought.outcome is TurnOutcome.NOT_FOUND else 0
        question = await self._question(viewer, about, thought, missed, conversation_id, turn_id)
        key = await self._core.keyring.key(about)
        words = thought.words if question is None else _handed_on(thought.words)
        turn = Turn(
            id=PydanticObjectId(turn_id),
            resident_id=PydanticObjectId(about),
            conversation_id=PydanticObjectId(conversation_id),
            account_id=PydanticObjectId(viewer.account_id),
            at=now,
            outcome=thought.outcome,
            urgency=thought.answer.urgency.value if thought.answer else "none",
            categories=thought.used,
            words=sealed(words, turn_id, key),
        )

        async def work(session: Session) -> Raw:
            if thought.outcome is not TurnOutcome.EMERGENCY:
                await self._counting.count(viewer.account_id, session)
            if question is not None:
                ticket_id = await self._care.opening.open(question, session)
                turn.ticket_id = PydanticObjectId(ticket_id)
            await Turn.get_pymongo_collection().insert_one(turn.to_raw(), session=session)
            after = missed if question is None else 0
            await _went_on(viewer, ask, conversation_id, now, after, session)
            return {"turn_id": turn_id, "resident_id": about}

        answer = await self._once(viewer, ask, work)
        if answer["turn_id"] != turn_id:
            return await self._conversations.turn(viewer, answer["resident_id"], answer["turn_id"])
        return opened(turn, key)

    async def again(self, viewer: Viewer, ask: Ask) -> Said:
        """The first answer to a key that was used. Raises ``IdempotencyKeyReused``."""

        async def nothing(_: Session) -> Raw:
            raise ConversationNotFound

        answer = await self._once(viewer, ask, nothing)
        return await self._conversations.turn(viewer, answer["resident_id"], answer["turn_id"])

    async def _question(
        self,
        viewer: Viewer,
        about: ObjectId,
        thought: Thought,
        missed: int,
        conversation_id: ObjectId,
        turn_id: ObjectId,
    ) -> Question | None:
        """What goes to the doctor by rule. Raises ``AccessDenied`` for who may not ask."""
        relation = await self._care.tickets.relation(viewer, about)
        reason = reason_of(thought.outcome, thought.answer, thought.words.language, missed)
        if reason is None:
            return None
        escalation = thought.answer.escalation if thought.answer is not None else None
        return question_for_doctor(
            thought.words,
            reason,
            resident_id=about,
            relation=relation,
            asked_by=viewer.account_id,
            categories=thought.used,
            conversation_id=conversation_id,
            turn_id=turn_id,
            discreet=escalation is not None and escalation.discreet,
        )

    async def _once(
        self, viewer: Viewer, ask: Ask, work: Callable[[Session], Awaitable[Raw]]
    ) -> Raw:
        once = self._core.idempotency.once
        for _ in range(_TRIES):
            # Two at once on the conversation's ticket, or the day's first count: once more.
            with contextlib.suppress(DuplicateKeyError):
                return await once(viewer.account_id, ask.idempotency_key, ask.arguments(), work)
        return await once(viewer.account_id, ask.idempotency_key, ask.arguments(), work)


def _handed_on(words: TurnWords) -> TurnWords:
    """With the sentence that the doctor was asked, in the place of the offer to ask."""
    glue = "" if words.language == "zh" else " "
    kept = words.text.replace(phrase(words.language, "offer_doctor"), "").strip()
    text = f"{kept}{glue}{say(words.language, 'asked_doctor')}"
    return words.model_copy(update={"text": text})


async def _went_on(
    viewer: Viewer,
    ask: Ask,
    conversation_id: ObjectId,
    now: datetime,
    unanswered: int,
    session: Session,
) -> None:
    """Raises ``ConversationNotFound`` where it was deleted meanwhile."""
    collection = Conversation.get_pymongo_collection()
    own = {"resident_id": ask.resident_id, "account_id": viewer.account_id}
    if ask.conversation_id is None:
        conversation = Conversation(
            id=PydanticObjectId(conversation_id),
            resident_id=PydanticObjectId(ask.resident_id),
            account_id=PydanticObjectId(viewer.account_id),
            channel=viewer.channel.value,
            began_at=now,
            last_at=now,
            turns=1,
            unanswered=unanswered,
        )
        await collection.insert_one(conversation.to_raw(), session=session)
        return
    done = await collection.update_one(
        {"_id": conversation_id, **own},
        {"$set": {"last_at": now, "unanswered": unanswered}, "$inc": {"turns": 1}},
        session=session,
    )
    if done.matched_count == 0:
        raise ConversationNotFound
