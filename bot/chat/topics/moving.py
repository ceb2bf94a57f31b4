"""A record that was made for the wrong person: recorded for the right one, then taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bson import ObjectId

from backend.access.categories import Action
from backend.access.errors import AccessDenied
from backend.core.errors import KangbanError
from backend.measurements.batch import ItemOutcome, Outcome
from backend.measurements.draft import Draft
from backend.measurements.errors import NeedsConfirmation, PlausibilityImpossible
from backend.measurements.granted import category_of, granted_kinds
from backend.measurements.write_errors import ReadingWithdrawnAlready
from bot.chat.reply import Button, Reply
from bot.chat.showing import unusual_words
from bot.chat.talk import Moves, Offered, Recorded
from bot.chat.topics import offering
from bot.chat.turn import Turn

_FIRST_VERSION = 1


@dataclass(slots=True)
class _Done:
    """Drafts by what became of them; ``left``: their places in what was recorded before."""

    moved: list[tuple[Draft, ObjectId]] = field(default_factory=list)
    there: list[Draft] = field(default_factory=list)
    both: list[tuple[Draft, KangbanError]] = field(default_factory=list)
    both_new: list[tuple[Draft, ObjectId]] = field(default_factory=list)
    refused: list[tuple[Draft, KangbanError]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    again: list[tuple[Draft, int]] = field(default_factory=list)


async def offer(turn: Turn, moving: Offered) -> list[Reply]:
    """What a yes will do. Raises ``AccessDenied`` and ``ConsentMissing`` where the viewer may not
    record for that person; the record stays as it is then."""
    assert moving.moves is not None
    done = turn.talk.recorded.get(moving.moves.token)
    if done is None:
        return [turn.reply("expired")]
    if done.resident_id == moving.resident_id:
        turn.talk.taken()
        turn.talk.last = moving.moves.token
        return [turn.reply("is_there", who=await turn.who(done.resident_id))]
    await _require(turn, moving)
    turn.talk.taken()
    return [await offering.offered(turn, replace(moving, sure=False), ())]


async def move(turn: Turn, token: str, moving: Offered) -> list[Reply]:
    """After the yes. First recorded, then withdrawn: whatever fails, nothing is lost, and the
    reply says what stands. Raises what ``record_batch`` raises, with nothing changed."""
    assert moving.moves is not None
    before = turn.talk.recorded.get(moving.moves.token)
    if before is None:
        return [turn.reply("expired")]
    old, new = await turn.who(before.resident_id), await turn.who(moving.resident_id)
    outcomes = await turn.rooms.recording.record_batch(
        turn.viewer,
        moving.resident_id,
        moving.drafts,
        idempotency_key=f"chat:{token}",
        confirmed=moving.sure,
    )
    done = await _taken_back(turn, moving, before, outcomes)
    _remember(turn, moving.moves.token, before, done)
    replies = _told(turn, moving, done, old, new)
    if done.again:
        replies.append(await _again(turn, moving, done))
    return replies


async def _require(turn: Turn, moving: Offered) -> None:
    """As ``Recording`` will decide at the yes. Nothing is noted: nothing is recorded yet."""
    await turn.require_leave(moving.resident_id)
    granted = await granted_kinds(turn.rooms.access, turn.viewer, moving.resident_id, Action.RECORD)
    for each in moving.drafts:
        if each.kind not in granted:
            raise AccessDenied(category=category_of(each.kind).value, action=Action.RECORD.value)


async def _taken_back(
    turn: Turn, moving: Offered, before: Recorded, outcomes: Sequence[ItemOutcome]
) -> _Done:
    """Out of the wrong record what is in the right one now."""
    assert moving.moves is not None
    done = _Done()
    places = moving.moves.places
    done.left = [each for each in range(len(before.reading_ids)) if each not in places]
    for place, draft, outcome in zip(places, moving.drafts, outcomes, strict=True):
        if outcome.error is not None:
            done.refused.append((draft, outcome.error))
            done.left.append(place)
            if isinstance(outcome.error, NeedsConfirmation):
                done.again.append((draft, place))
            continue
        new = outcome.reading_id if outcome.outcome is Outcome.RECORDED else None
        error = await _withdrawn(turn, before, place)
        if error is not None:
            done.left.append(place)
            done.both.append((draft, error))
            if new is not None:
                done.both_new.append((draft, new))
        elif new is not None:
            done.moved.append((draft, new))
        else:
            done.there.append(draft)
    return done


async def _withdrawn(turn: Turn, before: Recorded, place: int) -> KangbanError | None:
    """Why it could not be; None where it is."""
    try:
        await turn.rooms.correcting.withdraw(
            turn.viewer,
            before.resident_id,
            before.reading_ids[place],
            version=before.versions[place],
        )
    except ReadingWithdrawnAlready:
        return None
    except KangbanError as error:
        return error
    return None


def _remember(turn: Turn, token: str, before: Recorded, done: _Done) -> None:
    """The old record without what left it."""
    left = sorted(done.left)
    if not left:
        turn.talk.recorded.take(token)
        return
    turn.talk.recorded.things[token] = replace(
        before,
        reading_ids=tuple(before.reading_ids[each] for each in left),
        drafts=tuple(before.drafts[each] for each in left),
        versions=tuple(before.versions[each] for each in left),
    )


def _told(turn: Turn, moving: Offered, done: _Done, old: str, new: str) -> list[Reply]:
    """What stands where now; what is new can be taken back below the first reply."""
    said: list[tuple[str, list[Draft], str]] = []
    if done.moved:
        said.append(("moved", [draft for draft, _ in done.moved], ""))
    if done.there:
        said.append(("moved_twice", done.there, ""))
    language = turn.viewer.language
    said += [("in_both", [draft], error.message(language)) for draft, error in done.both]
    said += [("not_moved", [draft], _why(turn, draft, error)) for draft, error in done.refused]
    undo = _kept(turn, moving.resident_id, [*done.moved, *done.both_new])
    return [
        turn.reply(
            key,
            *(undo if index == 0 else ()),
            old=old,
            who=new,
            why=why,
            readings=offering.lines(turn, drafts),
        )
        for index, (key, drafts, why) in enumerate(said)
    ]


def _kept(
    turn: Turn, resident_id: ObjectId, fresh: Sequence[tuple[Draft, ObjectId]]
) -> tuple[Button, ...]:
    """The button that takes back what was recorded now; none where nothing was."""
    if not fresh:
        return ()
    kept = Recorded(
        resident_id,
        reading_ids=tuple(each for _, each in fresh),
        drafts=tuple(draft for draft, _ in fresh),
        versions=(_FIRST_VERSION,) * len(fresh),
    )
    turn.talk.last = turn.talk.newest = token = turn.talk.recorded.put(kept)
    return (Button(turn.say("undo"), f"undo:{token}"),)


def _why(turn: Turn, draft: Draft, error: KangbanError) -> str:
    if isinstance(error, NeedsConfirmation | PlausibilityImpossible):
        return unusual_words(turn, draft, error)
    return error.message(turn.viewer.language)


async def _again(turn: Turn, moving: Offered, done: _Done) -> Reply:
    """What is unusual for the right person is asked once more."""
    assert moving.moves is not None
    left = sorted(done.left)
    places = tuple(left.index(place) for _, place in done.again)
    drafts = tuple(draft for draft, _ in done.again)
    more = replace(moving, drafts=drafts, moves=Moves(moving.moves.token, places))
    return await offering.offered(turn, more, (), sure=True)
