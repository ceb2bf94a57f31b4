"""Readings by free words: shown as understood, recorded after a yes, taken back on a word."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from bson import ObjectId

from backend.access.relations import RelationKind
from backend.core.errors import KangbanError
from backend.measurements.batch import ItemOutcome, Outcome
from backend.measurements.draft import Draft, Kind, Quantity
from backend.measurements.errors import NeedsConfirmation, PlausibilityImpossible
from backend.measurements.normalise import normalise
from backend.measurements.units import to_canonical
from backend.measurements.write_errors import ReadingWithdrawnAlready
from bot.chat.reply import Button, Reply
from bot.chat.showing import number, reading_words, unusual_words
from bot.chat.talk import Offered, Recorded
from bot.chat.turn import Turn
from bot.chat.understanding import Found, Understood

_FIRST_VERSION = 1


async def offer(turn: Turn, understood: Understood) -> list[Reply]:
    """What was understood, to be confirmed; or what is missing. Nothing is written."""
    if understood.lacks:
        return [turn.reply(each.value) for each in understood.lacks]
    drafts = tuple(each.draft for each in understood.found)
    refused = _impossible(turn, drafts)
    if refused:
        return refused
    if understood.relative is not None:
        asked = await _ask_whose(turn, drafts, understood.relative)
        if asked is not None:
            return [asked]
    offered = Offered(resident_id=await turn.resident(), drafts=drafts)
    return [await _offered(turn, offered, understood.found)]


async def confirm(turn: Turn, token: str) -> list[Reply]:
    offered = turn.talk.offered.take(token)
    if offered is None:
        return [turn.reply("expired")]
    await turn.require_leave(offered.resident_id)
    outcomes = await turn.rooms.recording.record_batch(
        turn.viewer,
        offered.resident_id,
        offered.drafts,
        idempotency_key=f"chat:{token}",
        confirmed=offered.sure,
    )
    return await _told(turn, offered, outcomes)


async def drop(turn: Turn, token: str) -> list[Reply]:
    return [turn.reply("dropped" if turn.talk.offered.take(token) else "expired")]


async def in_jin(turn: Turn, token: str) -> list[Reply]:
    """体重124 was 斤: offered again in that unit."""
    offered = turn.talk.offered.take(token)
    if offered is None:
        return [turn.reply("expired")]
    drafts = tuple(_jin(each) if each.kind is Kind.WEIGHT else each for each in offered.drafts)
    refused = _impossible(turn, drafts)
    return refused or [await _offered(turn, replace(offered, drafts=drafts), ())]


async def for_whom(turn: Turn, rest: str) -> list[Reply]:
    """The person of a button under ``offer_relative``: ``<token>:<resident>``."""
    token, _, chosen = rest.partition(":")
    offered = turn.talk.offered.take(token)
    if offered is None or not ObjectId.is_valid(chosen):
        return [turn.reply("expired")]
    return [await _offered(turn, replace(offered, resident_id=ObjectId(chosen)), ())]


async def undo(turn: Turn, token: str | None) -> list[Reply]:
    """Take back what one confirmation recorded; the history keeps it."""
    token = token or turn.talk.recorded.last()
    recorded = turn.talk.recorded.take(token) if token else None
    if recorded is None:
        return [turn.reply("nothing_to_undo")]
    for reading_id in recorded.reading_ids:
        with contextlib.suppress(ReadingWithdrawnAlready):
            await turn.rooms.correcting.withdraw(
                turn.viewer, recorded.resident_id, reading_id, version=_FIRST_VERSION
            )
    return [turn.reply("undone", count=len(recorded.reading_ids))]


async def _ask_whose(turn: Turn, drafts: tuple[Draft, ...], word: str) -> Reply | None:
    """None where there is only one person it can be about, and that is not the viewer."""
    family = await turn.family()
    if len(family) == 1 and family[0].kind is not RelationKind.SELF:
        return None
    token = turn.talk.offered.put(Offered(resident_id=turn.viewer.account_id, drafts=drafts))
    buttons = [
        Button(await turn.who(each.resident_id), f"for:{token}:{each.resident_id}")
        for each in family
    ]
    buttons.append(Button(turn.say("no"), f"no:{token}"))
    return turn.reply("offer_relative", *buttons, word=word, readings=_lines(turn, drafts))


async def _offered(turn: Turn, offered: Offered, found: Sequence[Found]) -> Reply:
    who = await turn.who(offered.resident_id)
    warnings = [unusual_words(turn, each, error) for each, error in _unlikely(turn, offered.drafts)]
    token = turn.talk.offered.put(replace(offered, sure=bool(warnings)))
    yes = Button(turn.say("yes_unusual" if warnings else "yes"), f"yes:{token}")
    buttons = [yes, *_jin_button(turn, token, found), Button(turn.say("no"), f"no:{token}")]
    text = turn.say("offer", who=who, readings=_lines(turn, offered.drafts))
    return Reply(text="\n".join([*warnings, text]), buttons=tuple(buttons))


def _jin_button(turn: Turn, token: str, found: Sequence[Found]) -> list[Button]:
    bare = [each.draft for each in found if each.bare]
    if len(bare) != 1:
        return []
    jin = _jin(bare[0]).values["weight"]
    kg = to_canonical(Kind.WEIGHT, "weight", jin)
    return [Button(turn.say("as_jin", jin=number(jin.value), kg=number(kg)), f"jin:{token}")]


def _jin(draft: Draft) -> Draft:
    return replace(draft, values={"weight": Quantity(draft.values["weight"].value, "jin")})


def _impossible(turn: Turn, drafts: Sequence[Draft]) -> list[Reply]:
    replies = []
    for each in drafts:
        try:
            normalise(each, now=turn.now, birth_date=None, confirmed=True)
        except PlausibilityImpossible as error:
            replies.append(Reply(text=unusual_words(turn, each, error)))
        except KangbanError as error:
            replies.append(Reply(text=error.message(turn.viewer.language)))
    return replies


def _unlikely(turn: Turn, drafts: Sequence[Draft]) -> list[tuple[Draft, NeedsConfirmation]]:
    found = []
    for each in drafts:
        try:
            normalise(each, now=turn.now, birth_date=None)
        except NeedsConfirmation as error:
            found.append((each, error))
    return found


async def _told(turn: Turn, offered: Offered, outcomes: Sequence[ItemOutcome]) -> list[Reply]:
    """What became of each reading; what is unusual for this person's age is asked once more."""
    who = await turn.who(offered.resident_id)
    by: dict[Outcome, list[Draft]] = {}
    ids, again, replies = [], [], []
    for draft, each in zip(offered.drafts, outcomes, strict=True):
        if isinstance(each.error, NeedsConfirmation):
            again.append(draft)
            replies.append(Reply(text=unusual_words(turn, draft, each.error)))
        elif isinstance(each.error, PlausibilityImpossible):
            replies.append(Reply(text=unusual_words(turn, draft, each.error)))
        elif each.error is not None:
            replies.append(Reply(text=each.error.message(turn.viewer.language)))
        else:
            by.setdefault(each.outcome, []).append(draft)
            if each.outcome is Outcome.RECORDED and each.reading_id is not None:
                ids.append(each.reading_id)
    if ids:
        token = turn.talk.recorded.put(Recorded(offered.resident_id, tuple(ids)))
        lines = _lines(turn, by[Outcome.RECORDED])
        undo_it = Button(turn.say("undo"), f"undo:{token}")
        replies.insert(0, turn.reply("recorded", undo_it, who=who, readings=lines))
    twice = [*by.get(Outcome.DUPLICATE, ()), *by.get(Outcome.UNCHANGED, ())]
    if twice:
        replies.append(turn.reply("twice", readings=_lines(turn, twice)))
    if again:
        more = replace(offered, drafts=tuple(again), sure=True)
        token = turn.talk.offered.put(more)
        yes = Button(turn.say("yes_unusual"), f"yes:{token}")
        no = Button(turn.say("no"), f"no:{token}")
        replies.append(turn.reply("offer", yes, no, who=who, readings=_lines(turn, again)))
    return replies


def _lines(turn: Turn, drafts: Sequence[Draft]) -> str:
    return "\n".join(f"• {reading_words(turn, each)}" for each in drafts)
