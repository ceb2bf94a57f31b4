"""Reminders that fell due: done, not this time, later."""

from __future__ import annotations

from backend.care.reminders.documents import OccurrenceDocument, OccurrenceState
from bot.chat.phrases import here
from bot.chat.reply import Button, Reply
from bot.chat.turn import Turn

_MOST = 5
_LATER_MINUTES = 30


async def show(turn: Turn) -> list[Reply]:
    resident_id = await turn.resident()
    page = await turn.rooms.reminders.occurrences.page(
        turn.viewer, resident_id, first=_MOST, open_only=True
    )
    who = await turn.who(resident_id)
    if not page.items:
        return [turn.reply("no_reminders", who=who)]
    head = turn.reply("reminders", who=who, count=len(page.items))
    return [head, *[await _one(turn, each) for each in page.items]]


async def answer(turn: Turn, rest: str, state: OccurrenceState) -> list[Reply]:
    resident_id, occurrence_id = await turn.place(rest)
    occurrences = turn.rooms.reminders.occurrences
    await occurrences.answer(turn.viewer, resident_id, occurrence_id, state)
    return [turn.reply("taken_done" if state is OccurrenceState.TAKEN else "skipped_done")]


async def later(turn: Turn, rest: str) -> list[Reply]:
    resident_id, occurrence_id = await turn.place(rest)
    occurrences = turn.rooms.reminders.occurrences
    await occurrences.later(turn.viewer, resident_id, occurrence_id, _LATER_MINUTES)
    return [turn.reply("later_done", minutes=_LATER_MINUTES)]


async def _one(turn: Turn, each: OccurrenceDocument) -> Reply:
    reminders = turn.rooms.reminders.reminders
    reminder = await reminders.get(turn.viewer, each.resident_id, each.reminder_id)
    place = f"{each.resident_id}:{each.id}"
    return turn.reply(
        "reminder",
        Button(turn.say("taken"), f"taken:{place}"),
        Button(turn.say("later", minutes=_LATER_MINUTES), f"later:{place}"),
        Button(turn.say("skipped"), f"skip:{place}"),
        at=turn.time(here(each.due_at)),
        title=reminder.draft.title,
    )
