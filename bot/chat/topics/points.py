"""Health points and what can be done for them today."""

from __future__ import annotations

from bot.chat.phrases import day_of
from bot.chat.reply import Reply
from bot.chat.turn import Turn


async def balance(turn: Turn) -> list[Reply]:
    resident_id = await turn.resident()
    found = await turn.rooms.points.statement.balance(turn.viewer, resident_id)
    lines = [turn.say("points", who=await turn.who(resident_id), points=found.points)]
    if found.expiring is not None:
        soon = found.expiring
        lines.append(
            turn.say(
                "expiring",
                points=soon.points,
                on=day_of(turn.viewer.language, soon.on, turn.now.date()),
            )
        )
    return [Reply(text="\n".join(lines))]


async def tasks(turn: Turn) -> list[Reply]:
    resident_id = await turn.resident()
    found = await turn.rooms.points.tasks.of(turn.viewer, resident_id)
    if not found:
        return [turn.reply("no_tasks")]
    language = turn.viewer.language
    lines = [
        turn.say(
            "task",
            mark=turn.say("done" if each.done else "todo"),
            title=each.title.get(language),
            points=each.points,
            how=each.how.get(language),
        )
        for each in sorted(found, key=lambda each: each.done)
    ]
    return [Reply(text="\n".join([turn.say("tasks", who=await turn.who(resident_id)), *lines]))]
