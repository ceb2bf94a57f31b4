"""Reminders that fell due: done, not this time, later."""

from __future__ import annotations

from bson import ObjectId

from backend.care.reminders.documents import OccurrenceDocument, OccurrenceState
from bot.chat.phrases import here
from bot.chat.reply import Button, Reply
from bot.chat.turn import Turn

_MOST = 5
LATER_MINUTES = 30
_WAITING = (OccurrenceState.DUE, OccurrenceState.LATER)
_ANSWERED = (OccurrenceState.TAKEN, OccurrenceState.SKIPPED)


async def show(turn: Turn) -> list[Reply]:
    resident_id = await turn.resident()
    page = await turn.rooms.reminders.occurrences.page(
        turn.viewer, resident_id, first=_MOST, open_only=True
    )
    who = await turn.who(resident_id)
    if not page.items:
        return [turn.reply("no_reminders", who=who)]
    head = turn.reply("reminders", who=who, count=len(page.items))
    return [head, *[await one(turn, each) for each in page.items]]


async def answer(turn: Turn, rest: str, state: OccurrenceState) -> list[Reply]:
    resident_id, occurrence_id = await turn.place(rest)
    occurrences = turn.rooms.reminders.occurrences
    await occurrences.answer(turn.viewer, resident_id, occurrence_id, state)
    return [turn.reply("taken_done" if state is OccurrenceState.TAKEN else "skipped_done")]


async def later(turn: Turn, rest: str) -> list[Reply]:
    resident_id, occurrence_id = await turn.place(rest)
    occurrences = turn.rooms.reminders.occurrences
    await occurrences.later(turn.viewer, resident_id, occurrence_id, LATER_MINUTES)
    return [turn.reply("later_done", minutes=LATER_MINUTES)]


async def opened(turn: Turn, resident_id: ObjectId, occurrence_id: ObjectId) -> Reply:
    """Raises ``AccessDenied`` and ``ReminderNotFound``."""
    occurrences = turn.rooms.reminders.occurrences
    return await one(turn, await occurrences.get(turn.viewer, resident_id, occurrence_id))


async def one(turn: Turn, each: OccurrenceDocument) -> Reply:
    """With buttons where it was not answered (missed ones still may be), else with the answer."""
    reminders = turn.rooms.reminders.reminders
    reminder = await reminders.get(turn.viewer, each.resident_id, each.reminder_id)
    words = {"at": turn.time(here(each.due_at)), "title": reminder.draft.title}
    if each.state in _ANSWERED:
        return turn.reply("reminder_over", **words, state=turn.say(each.state.value))
    place = f"{each.resident_id}:{each.id}"
    buttons = [Button(turn.say("taken"), f"taken:{place}")]
    if each.state in _WAITING:
        buttons.append(Button(turn.say("later", minutes=LATER_MINUTES), f"later:{place}"))
    buttons.append(Button(turn.say("skipped"), f"skip:{place}"))
    return turn.reply("reminder", *buttons, **words)
