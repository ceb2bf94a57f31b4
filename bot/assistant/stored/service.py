"""A turn, from the question to what is stored: the order that no part can change."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog
from bson import ObjectId

from backend.access.categories import Category
from backend.access.consent.errors import ConsentMissing
from backend.access.consent.purpose import Purpose
from backend.access.consent.service import Consents
from backend.access.errors import AccessDenied
from backend.access.log.line import ASSISTANT, acting
from backend.access.service import NOTHING, Access
from backend.archive.residents import Residents
from backend.care.service import Care
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.identity.viewer import Viewer
from bot.assistant.answer import Answer
from bot.assistant.model.writer import Writer
from bot.assistant.retrieval.stored import StoredPassages
from bot.assistant.stored.archives import Archives
from bot.assistant.stored.card import card
from bot.assistant.stored.circle import Circle, Member, pronoun_in
from bot.assistant.stored.conversations import Conversations
from bot.assistant.stored.counting import Counting
from bot.assistant.stored.documents import Conversation, TurnOutcome
from bot.assistant.stored.errors import ConversationNotFound, QuestionUnfit
from bot.assistant.stored.granted import ARCHIVE
from bot.assistant.stored.limits import limits
from bot.assistant.stored.phrases import say
from bot.assistant.stored.storing import Ask, Storing
from bot.assistant.stored.thinking import Asking, Thought, asked_back, think
from bot.assistant.stored.turn import Said
from bot.assistant.understanding.text import make_plain, read
from bot.assistant.view import ArchiveView

log = structlog.get_logger(__name__)

__all__ = ["Ask", "AssistantService"]

_LOOKED_BACK = 4  # turns: thanks and a greeting do not make one forget what was talked of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Talked:
    """What was said before in the conversation, and of whom."""

    conversation: Conversation | None = None
    last: str | None = None
    about: ObjectId | None = None
    unanswered: int = 0


class AssistantService:
    """Asks for a viewer. ``conversations`` is what was talked."""

    def __init__(
        self,
        core: Core,
        access: Access,
        residents: Residents,
        consents: Consents,
        care: Care,
        passages: StoredPassages,
        writer: Writer | None = None,
    ) -> None:
        self._passages = passages
        self._writer = writer
        self._core = core
        self._access = access
        self._consents = consents
        self._care = care
        self._archives = Archives(core, residents)
        self._circle = Circle(access, residents, core.clock)
        self._counting = Counting(core)
        self._writing: set[asyncio.Task[Said]] = set()
        self.conversations = Conversations(core, access)
        self._storing = Storing(core, care, self._counting, self.conversations)

    async def ask(self, viewer: Viewer, ask: Ask) -> Said:
        """The answer, stored, with its ticket where it needs one.

        Raises ``QuestionUnfit``, ``AccessDenied``, ``ConsentMissing``,
        ``ConversationNotFound``, ``DailyQuestionsReached`` and ``IdempotencyKeyReused``. A
        red flag is answered whatever else is amiss.
        """
        ask = replace(ask, question=_checked(ask.question))
        alarm = await asyncio.to_thread(card, ask.question, self._core.clock.now())
        if alarm is not None:
            return await self._emergency(viewer, ask, alarm)
        with acting(ASSISTANT):
            return await self._answered(viewer, ask)

    async def settled(self) -> None:
        """Wait until what emergencies left behind is written, and let the model go; at the end."""
        if self._writing:
            await asyncio.gather(*self._writing, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()

    async def _answered(self, viewer: Viewer, ask: Ask) -> Said:
        allowed = await self._allowed(viewer, ask.resident_id)
        if await self._core.idempotency.known(viewer.account_id, ask.idempotency_key):
            return await self._storing.again(viewer, ask)
        talked = await self._talked(viewer, ask)
        await self._counting.check(viewer.account_id)
        about, among = await self._meant(viewer, ask, talked)
        if about is None:
            thought = _which(ask.question, among)
            about = ask.resident_id
        else:
            thought = await self._thought(viewer, ask, about, allowed, talked)
        return await self._storing.stored(viewer, ask, about, thought, talked.unanswered)

    async def _thought(
        self,
        viewer: Viewer,
        ask: Ask,
        about: ObjectId,
        allowed: frozenset[Category],
        talked: _Talked,
    ) -> Thought:
        if about != ask.resident_id:
            allowed = await self._allowed(viewer, about)
        snapshot = await self._archives.snapshot(about, allowed & ARCHIVE)
        await self._passages.give(about, allowed & ARCHIVE, snapshot.keeper)
        asking = Asking(
            question=_spoken(ask.question, talked),
            last=talked.last,
            now=self._core.clock.now().astimezone(SHANGHAI),
            allowed=allowed & ARCHIVE,
            answered=await self._care.answers.of(about),
            reword=await self._reword(about),
        )
        thought = await asyncio.to_thread(think, asking, snapshot)
        words = thought.words.model_copy(update={"question": ask.question})
        await self._access.categories(viewer, about, looks_at=thought.used)
        return replace(thought, words=words)

    async def _reword(self, about: ObjectId) -> Callable[[Answer, ArchiveView], Answer] | None:
        """The configured model's wording, for who consents to an outside model."""
        if self._writer is None:
            return None
        try:
            await self._consents.require(about, Purpose.OUTSIDE_MODEL)
        except ConsentMissing:
            return None
        return self._writer.reword

    async def _allowed(self, viewer: Viewer, resident_id: ObjectId) -> frozenset[Category]:
        """What may be looked at; the policy first, then the consent to be answered by a machine.

        Raises ``AccessDenied``, also for who is granted nothing that answers come from.
        """
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        if not allowed & ARCHIVE:
            raise AccessDenied(action="view")
        await self._consents.require(resident_id, Purpose.ASSISTANT)
        return allowed

    async def _meant(
        self, viewer: Viewer, ask: Ask, talked: _Talked
    ) -> tuple[ObjectId | None, tuple[Member, ...]]:
        pronoun = pronoun_in(make_plain(ask.question))
        if pronoun is not None:
            found = await self._circle.of_sex(viewer, pronoun, talked.about or ask.resident_id)
            return (found[0].resident_id, ()) if len(found) == 1 else (None, tuple(found))
        meant = await self._circle.meant(viewer, ask.resident_id, read(ask.question))
        if meant.resident_id is None:
            return None, meant.among
        # "那上个月呢" after a question about the mother is about her, too.
        goes_on = meant.resident_id == ask.resident_id and _leans(ask.question)
        return (talked.about if goes_on and talked.about else meant.resident_id), ()

    async def _talked(self, viewer: Viewer, ask: Ask) -> _Talked:
        if ask.conversation_id is None:
            return _Talked()
        conversation = await self.conversations.get(viewer, ask.resident_id, ask.conversation_id)
        page = await self.conversations.turns(viewer, conversation, first=_LOOKED_BACK)
        unanswered = conversation.unanswered
        recent = self._core.clock.now() - conversation.last_at <= limits().follow_up
        if not page.items or not recent:
            return _Talked(conversation=conversation, unanswered=unanswered)
        last = next((each for each in page.items if not _courtesy(each)), page.items[0])
        return _Talked(
            conversation=conversation,
            last=last.words.resolved if last.words else None,
            about=last.resident_id,
            unanswered=unanswered,
        )

    async def _emergency(self, viewer: Viewer, ask: Ask, alarm: Thought) -> Said:
        """The card goes out in time, with the ticket's id where it was written by then."""
        task = asyncio.create_task(self._write_emergency(viewer, ask, alarm))
        self._writing.add(task)
        task.add_done_callback(self._written)
        await asyncio.wait({task}, timeout=limits().emergency_waits)
        if task.done() and not task.cancelled() and task.exception() is None:
            return task.result()
        return Said(
            id=ObjectId(),
            conversation_id=ask.conversation_id or ObjectId(),
            resident_id=ask.resident_id,
            at=self._core.clock.now(),
            outcome=TurnOutcome.EMERGENCY,
            urgency="emergency",
            words=alarm.words,
        )

    async def _write_emergency(self, viewer: Viewer, ask: Ask, alarm: Thought) -> Said:
        """Beside the record of whom it is about; of nobody whose record is not the viewer's."""
        meant = await self._circle.meant(viewer, ask.resident_id, read(ask.question))
        about = meant.resident_id or ask.resident_id
        try:
            return await self._storing.stored(viewer, ask, about, alarm, 0)
        except ConversationNotFound:
            begun = replace(ask, conversation_id=None)
            return await self._storing.stored(viewer, begun, about, alarm, 0)

    def _written(self, task: asyncio.Task[Said]) -> None:
        self._writing.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("emergency not written", error=type(task.exception()).__name__)


def _checked(question: str) -> str:
    text = unicodedata.normalize("NFC", question).strip()
    unfit = any(unicodedata.category(each) == "Cs" for each in text)
    if unfit or not 1 <= len(text) <= limits().longest:
        raise QuestionUnfit(limit=limits().longest)
    return text


def _spoken(question: str, talked: _Talked) -> str:
    """「她呢」: the question before, asked of somebody else."""
    if talked.last is not None and pronoun_in(make_plain(question)):
        return talked.last
    return question


def _courtesy(said: Said) -> bool:
    """A word back to thanks: what is asked next leans on what was asked before."""
    unclear = said.outcome is TurnOutcome.UNCLEAR
    return unclear and said.words is not None and not said.words.choices


def _leans(question: str) -> bool:
    plain = make_plain(question)
    return plain.startswith(("那", "还有", "and ")) or plain.rstrip("?？。").endswith("呢")


def _which(question: str, among: tuple[Member, ...]) -> Thought:
    language = read(question).language
    offered = [
        say(language, "about", name=each.called, question=question) for each in among if each.called
    ]
    return asked_back(question, say(language, "unclear_person"), language, offered)
