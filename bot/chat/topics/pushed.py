"""What a push stood for: opened, or put off. The push itself says nothing of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bson import ObjectId

from backend.access.errors import AccessDenied
from backend.core.errors import KangbanError
from backend.identity.viewer import Role
from backend.notifications.catalogue import inbox_texts
from backend.notifications.documents import InboxItem
from bot.chat.reply import Button, Reply
from bot.chat.topics import alerts, reminders, reports
from bot.chat.turn import Turn

_MOST = 5
_DUE = "reminders"
"""The topic of reminders that fell due; putting one off is the reminder's own affair."""


async def show(turn: Turn, tag: str) -> list[Reply]:
    """Each thing with its own buttons; read from now on. Raises ``InboxItemNotFound``."""
    inbox = turn.rooms.notifications.inbox
    items = await inbox.told_with(turn.viewer, _item(tag), most=_MOST)
    replies = [await _opened(turn, each) for each in items]
    await inbox.mark_read(turn.viewer, [each.id for each in items])
    return replies


async def put_off(turn: Turn, tag: str) -> list[Reply]:
    """Told again later. Raises ``InboxItemNotFound`` and, of reminders, what ``later`` raises."""
    inbox, minutes = turn.rooms.notifications.inbox, reminders.LATER_MINUTES
    item = await inbox.get(turn.viewer, _item(tag))
    if item.topic == _DUE and item.about:
        return await reminders.later(turn, f"{item.resident_id}:{item.about[1]}")
    if await inbox.again(turn.viewer, item.id, timedelta(minutes=minutes)):
        return [turn.reply("later_done", minutes=minutes)]
    return [turn.reply("open_now", Button(turn.say("open"), f"open:{tag}"))]


async def _opened(turn: Turn, item: InboxItem) -> Reply:
    """An item that cannot be shown says why, and keeps none of the others from being shown."""
    try:
        await turn.require_leave(item.resident_id)
        found = await _thing(turn, item)
        head = await _head(turn, item)
    except KangbanError as error:
        return Reply(text=error.message(turn.viewer.language))
    if found is None:
        return turn.reply("in_the_app", head=head)
    return replace(found, text=f"{head}\n{found.text}")


async def _thing(turn: Turn, item: InboxItem) -> Reply | None:
    """None for what this chat has no view of."""
    kind, name = item.about or ("", "")
    place = f"{item.resident_id}:{name}"
    if kind == "ReminderOccurrence":
        return await reminders.opened(turn, item.resident_id, ObjectId(name))
    if kind == "Alert":
        return await alerts.opened(turn, item.resident_id, ObjectId(name))
    if kind == "PaperReport":
        return (await reports.show(turn, place))[0]
    if kind == "Ticket" and turn.viewer.has(Role.FAMILY_DOCTOR):
        return turn.reply("ticket_waits", Button(turn.say("claim"), f"claim:{place}"))
    return None


async def _head(turn: Turn, item: InboxItem) -> str:
    """Whose, and what the inbox says; without the name for who may not know it."""
    words = inbox_texts()[item.text].of(turn.viewer.language)
    try:
        return turn.say("told", who=await turn.who(item.resident_id), words=words)
    except AccessDenied:
        return words


def _item(tag: str) -> ObjectId:
    """Raises ``ValueError`` where it is no id."""
    if not ObjectId.is_valid(tag):
        raise ValueError(tag)
    return ObjectId(tag)
