"""Questions to the assistant: its answer, what it rests on as buttons, the emergency card."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace

from backend.access.relations import RelationKind
from bot.assistant.stored.documents import TurnOutcome
from bot.assistant.stored.service import Ask
from bot.assistant.stored.turn import CitationWords, Said
from bot.chat.reply import Button, Reply
from bot.chat.showing import date_words
from bot.chat.talk import Cited
from bot.chat.topics import results
from bot.chat.turn import ChooseFirst, Turn

_MOST_CITED = 8
_DATED = re.compile(r"\d{4}年\d{1,2}月|\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{1,2}, \d{4}")
"""An excerpt that begins with its date."""
_FROM_A_RECORD = frozenset({TurnOutcome.ANSWERED, TurnOutcome.NOT_FOUND})


async def ask(turn: Turn, question: str) -> list[Reply]:
    """The answer about the chosen person. Raises what ``AssistantService.ask`` raises."""
    said = await _said(turn, question)
    return [replace(answer := _answer(turn, said), text=await _about(turn, said, answer.text))]


async def emergency(turn: Turn, question: str) -> Reply:
    """The card, for anybody: also who has chosen nobody, or has no record."""
    return _answer(turn, await _said(turn, question, anybody=True))


async def cited(turn: Turn, rest: str) -> list[Reply]:
    """One citation in full: ``<token>:<index>``, of a paper with the marked place as a picture;
    not what is not granted any more.

    Raises ``AccessDenied``, ``ConsentMissing`` and ``TurnNotFound``.
    """
    token, _, index = rest.partition(":")
    found = turn.talk.cited.get(token)
    if found is None or not index.isdecimal():
        return [turn.reply("expired")]
    await turn.require_leave(found.resident_id)
    conversations = turn.rooms.assistant.conversations
    said = await conversations.turn(turn.viewer, found.resident_id, found.turn_id)
    if said.words is None:
        return [turn.reply("hidden")]
    if int(index) >= len(said.words.citations):
        return [turn.reply("expired")]
    cited = said.words.citations[int(index)]
    picture = await results.crop(turn, found.resident_id, cited)
    return [replace(_citation(turn, cited), picture=picture)]


async def choose(turn: Turn, token: str) -> list[Reply]:
    """A question that the assistant offered."""
    question = turn.talk.choices.get(token)
    return [turn.reply("expired")] if question is None else await ask(turn, question)


async def _said(turn: Turn, question: str, *, anybody: bool = False) -> Said:
    # Nothing of a record is in the emergency card: the doctor hears of it whatever may leave.
    asking = replace(turn, leaves=None) if anybody else turn
    try:
        resident_id = await asking.resident()
    except ChooseFirst:
        if not anybody:
            raise
        resident_id = turn.viewer.account_id
    said = await turn.rooms.assistant.ask(
        turn.viewer,
        Ask(
            resident_id=resident_id,
            question=question,
            conversation_id=turn.talk.conversation_id,
            idempotency_key=f"chat:{secrets.token_hex(12)}",
        ),
    )
    if not anybody:
        await turn.require_leave(said.resident_id)  # the question may have named somebody else
    if said.outcome is not TurnOutcome.EMERGENCY:  # its conversation may not be written yet
        turn.talk.conversation_id = said.conversation_id
    return said


async def _about(turn: Turn, said: Said, text: str) -> str:
    """Whose it is, for who looks after several; of their own record it goes without saying."""
    family = await turn.family()
    own = any(
        each.kind is RelationKind.SELF and each.resident_id == said.resident_id for each in family
    )
    if own or len(family) < 2 or said.outcome not in _FROM_A_RECORD:
        return text
    return turn.say("told", who=await turn.who(said.resident_id), words=text)


def _answer(turn: Turn, said: Said) -> Reply:
    if said.words is None:
        return turn.reply("hidden")
    shown = said.words.citations[:_MOST_CITED]
    buttons: list[Button] = []
    if shown:
        token = turn.talk.cited.put(Cited(said.resident_id, said.id))
        buttons += [
            Button(turn.say("source", number=index + 1), f"cite:{token}:{index}")
            for index in range(len(shown))
        ]
    for each in said.words.choices:
        buttons.append(Button(each, f"choose:{turn.talk.choices.put(each)}"))
    urgent = said.outcome is TurnOutcome.EMERGENCY
    return Reply(text=said.words.text, buttons=tuple(buttons), emergency=urgent)


def _citation(turn: Turn, each: CitationWords) -> Reply:
    if each.at is None or _DATED.match(each.excerpt):
        return turn.reply("cited", excerpt=each.excerpt)
    return turn.reply("cited_at", at=date_words(turn, each.at), excerpt=each.excerpt)
