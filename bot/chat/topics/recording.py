"""Readings by free words: shown as understood, recorded after a yes, taken back on a word."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from bson import ObjectId

from backend.measurements.batch import ItemOutcome, Outcome
from backend.measurements.draft import Draft
from backend.measurements.errors import NeedsConfirmation, PlausibilityImpossible
from backend.measurements.write_errors import ReadingWithdrawnAlready
from bot.chat.reply import Button, Reply
from bot.chat.showing import unusual_words
from bot.chat.talk import Offered, Recorded
from bot.chat.topics import devices, moving, offering, unit_choice, whose
from bot.chat.turn import Turn
from bot.chat.understanding import Understood

_FIRST_VERSION = 1


async def offer(turn: Turn, understood: Understood, text: str) -> list[Reply]:
    """What was understood, to be confirmed; or what is missing. Nothing is written."""
    if understood.lacks:
        return [turn.reply(each.value) for each in understood.lacks]
    drafts = tuple(each.draft for each in understood.found)
    unit = unit_choice.choice(understood.found, turn.now)
    refused = [] if unit is not None and unit.sure else offering.impossible(turn, drafts)
    if refused:
        return refused
    resident_id = await whose.meant(turn, understood, text)
    if resident_id is None:
        return [await offering.ask_whose(turn, drafts, understood)]
    return [
        await offering.offered(
            turn, Offered(resident_id=resident_id, drafts=drafts), understood.found
        )
    ]


async def confirm(turn: Turn, token: str) -> list[Reply]:
    offer = turn.talk.offered.take(token)
    if offer is None:
        return [turn.reply("expired")]
    await turn.require_leave(offer.resident_id)
    if offer.fixes is not None:
        return await _fix(turn, offer)
    if offer.moves is not None:
        return await moving.move(turn, token, offer)
    outcomes = await turn.rooms.recording.record_batch(
        turn.viewer,
        offer.resident_id,
        offer.drafts,
        idempotency_key=f"chat:{token}",
        confirmed=offer.sure,
    )
    return await _told(turn, offer, outcomes)


async def _fix(turn: Turn, offer: Offered) -> list[Reply]:
    """Each reading that was changed by words gets a version more; the others stay."""
    done = turn.talk.recorded.take(offer.fixes)
    if done is None:
        return [turn.reply("expired")]
    versions = list(done.versions)
    for index, (before, after) in enumerate(zip(done.drafts, offer.drafts, strict=True)):
        if before == after:
            continue
        kept = await turn.rooms.correcting.correct(
            turn.viewer,
            done.resident_id,
            done.reading_ids[index],
            after,
            version=versions[index],
            confirmed=offer.sure,
        )
        versions[index] = kept.version
    now = replace(done, drafts=offer.drafts, versions=tuple(versions))
    return [await _recorded(turn, "corrected", now)]


async def _recorded(turn: Turn, key: str, done: Recorded) -> Reply:
    turn.talk.last = turn.talk.newest = token = turn.talk.recorded.put(done)
    undo_it = Button(turn.say("undo"), f"undo:{token}")
    who = await turn.who(done.resident_id)
    return turn.reply(key, undo_it, who=who, readings=offering.lines(turn, done.drafts))


async def drop(turn: Turn, token: str) -> list[Reply]:
    offer = turn.talk.offered.take(token)
    if offer is None:
        return [turn.reply("expired")]
    if offer.pictured:
        return [devices.dropped(turn)]
    return [turn.reply("not_changed" if offer.fixes or offer.moves else "dropped")]


async def typed(turn: Turn, *, yes: bool) -> list[Reply]:
    """对 or 不对 in words, about what the last reply showed; nothing where it is about nothing
    that was offered."""
    last = turn.talk.last
    waits = turn.talk.offered.get(last)
    if waits is not None and last is not None:
        return await (confirm if yes else drop)(turn, last)
    asked = turn.talk.asked
    if not yes and asked is not None and turn.talk.offered.get(asked) is not None:
        return await drop(turn, asked)
    if not yes and turn.talk.recorded.get(last) is not None:
        return [turn.reply("what_is_wrong")]
    return [turn.reply("nothing_waits")] if turn.talk.offered.things else []


async def in_other_unit(turn: Turn, token: str) -> list[Reply]:
    """体重124 was 斤: offered again in that unit."""
    offer = turn.talk.offered.take(token)
    if offer is None or offer.other is None:
        return [turn.reply("expired")]
    index, unit = offer.other
    drafts = list(offer.drafts)
    drafts[index] = unit_choice.in_unit(drafts[index], unit)
    refused = offering.impossible(turn, drafts)
    again = replace(offer, drafts=tuple(drafts), other=None)
    return refused or [await offering.offered(turn, again, ())]


async def for_whom(turn: Turn, rest: str) -> list[Reply]:
    """The person of a button under ``offer_relative``: ``<token>:<resident>``."""
    token, _, chosen = rest.partition(":")
    offer = turn.talk.offered.take(token)
    if offer is None or not ObjectId.is_valid(chosen):
        return [turn.reply("expired")]
    handed = replace(offer, resident_id=ObjectId(chosen))
    if offer.moves is not None:
        return await moving.offer(turn, handed)
    return [await offering.offered(turn, handed, ())]


async def undo(turn: Turn, token: str | None) -> list[Reply]:
    """Take back what one confirmation recorded; the history keeps it."""
    if token is None and _waits(turn):
        return await typed(turn, yes=False)  # what is shown is what is meant
    token, turn.talk.newest = token or turn.talk.newest, None
    recorded = turn.talk.recorded.take(token)
    if recorded is None:
        return [turn.reply("nothing_to_undo")]
    for reading_id, version in zip(recorded.reading_ids, recorded.versions, strict=True):
        with contextlib.suppress(ReadingWithdrawnAlready):
            await turn.rooms.correcting.withdraw(
                turn.viewer, recorded.resident_id, reading_id, version=version
            )
    who = await turn.who(recorded.resident_id)
    return [turn.reply("undone", who=who, readings=offering.lines(turn, recorded.drafts))]


def _waits(turn: Turn) -> bool:
    """Whether what was shown last is an offer, or was asked about, and is not recorded."""
    asked = turn.talk.offered.get(turn.talk.asked)
    waiting = asked is not None and asked.moves is None
    return waiting or turn.talk.offered.get(turn.talk.last) is not None


async def _told(turn: Turn, offer: Offered, outcomes: Sequence[ItemOutcome]) -> list[Reply]:
    """What became of each reading; what is unusual for this person is asked once more."""
    by: dict[Outcome, list[tuple[Draft, ItemOutcome]]] = {}
    again, replies = [], []
    for draft, each in zip(offer.drafts, outcomes, strict=True):
        if isinstance(each.error, NeedsConfirmation):
            again.append(draft)
            replies.append(Reply(text=unusual_words(turn, draft, each.error)))
        elif isinstance(each.error, PlausibilityImpossible):
            replies.append(Reply(text=unusual_words(turn, draft, each.error)))
        elif each.error is not None:
            replies.append(Reply(text=each.error.message(turn.viewer.language)))
        else:
            by.setdefault(each.outcome, []).append((draft, each))
    new = [(d, each.reading_id) for d, each in by.get(Outcome.RECORDED, ()) if each.reading_id]
    if new:
        done = Recorded(
            offer.resident_id,
            reading_ids=tuple(ObjectId(one) for _, one in new),
            drafts=tuple(draft for draft, _ in new),
            versions=(_FIRST_VERSION,) * len(new),
        )
        replies.insert(0, await _recorded(turn, "recorded", done))
    twice = [*by.get(Outcome.DUPLICATE, ()), *by.get(Outcome.UNCHANGED, ())]
    if twice:
        replies.append(
            turn.reply("twice", readings=offering.lines(turn, [each for each, _ in twice]))
        )
    if again:
        more = replace(offer, drafts=tuple(again), sure=True)
        turn.talk.last = token = turn.talk.offered.put(more)
        yes = Button(turn.say("yes_unusual"), f"yes:{token}")
        no = Button(turn.say("no"), f"no:{token}")
        who = await turn.who(offer.resident_id)
        replies.append(turn.reply("offer", yes, no, who=who, readings=offering.lines(turn, again)))
    return replies
