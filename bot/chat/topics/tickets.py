"""A family doctor's tickets: listed, claimed, answered or asked back after a look at the text."""

from __future__ import annotations

from dataclasses import replace

from backend.access.errors import AccessDenied
from backend.care.answering import Reply as DoctorsReply
from backend.care.ticket import Seen
from backend.identity.viewer import Role
from bot.chat.phrases import here
from bot.chat.reply import Button, Reply
from bot.chat.talk import ForTicket, Writing
from bot.chat.turn import Turn

_MOST = 5
_MOST_EVIDENCE = 8


async def show(turn: Turn) -> list[Reply]:
    """What has to be answered soonest comes first."""
    if not turn.viewer.has(Role.FAMILY_DOCTOR):
        return [turn.reply("not_doctor")]
    found = await turn.rooms.care.desk.worklist(turn.viewer, first=_MOST)
    shown = [each for each in found if await turn.may_leave(each.ticket.resident_id)]
    return [await _waiting(turn, each) for each in shown] or [turn.reply("no_tickets")]


async def claim(turn: Turn, rest: str) -> list[Reply]:
    """Raises ``AccessDenied``, ``TicketTaken`` and ``TicketSettled``."""
    resident_id, ticket_id = await turn.place(rest)
    seen = await turn.rooms.care.desk.claim(turn.viewer, resident_id, ticket_id)
    text = _whole(turn, seen, await _who(turn, seen))
    return [Reply(text=text, buttons=_buttons(turn, rest))]


def _buttons(turn: Turn, place: str) -> tuple[Button, ...]:
    """Of a ticket that one has claimed."""
    return (
        Button(turn.say("answer"), f"answer:{place}"),
        Button(turn.say("ask_back"), f"back:{place}"),
        Button(turn.say("release"), f"release:{place}"),
    )


async def release(turn: Turn, rest: str) -> list[Reply]:
    await turn.rooms.care.desk.release(turn.viewer, *await turn.place(rest))
    turn.talk.writing = None
    return [turn.reply("released")]


async def write(turn: Turn, rest: str, writing: Writing) -> list[Reply]:
    """The next message is its text. Who is no doctor of this ticket learns nothing of it."""
    resident_id, ticket_id = await turn.place(rest)
    await turn.rooms.care.desk.claim(turn.viewer, resident_id, ticket_id)
    turn.talk.writing = ForTicket(writing=writing, resident_id=resident_id, ticket_id=ticket_id)
    cancel = Button(turn.say("cancel"), "unwrite:")
    return [turn.reply(f"write_{writing.value}", cancel)]


async def written(turn: Turn, text: str) -> list[Reply]:
    """Shown once more before it goes to the resident."""
    writing, turn.talk.writing = turn.talk.writing, None
    assert writing is not None
    token = turn.talk.written.put(replace(writing, text=text))
    send = Button(turn.say("send"), f"send:{token}")
    cancel = Button(turn.say("cancel"), f"unsend:{token}")
    return [turn.reply(f"preview_{writing.writing.value}", send, cancel, text=text)]


async def send(turn: Turn, token: str) -> list[Reply]:
    """Raises what ``Answering`` raises; the text is kept then, to be sent again."""
    found = turn.talk.written.get(token)
    if found is None:
        return [turn.reply("expired")]
    answering, key = turn.rooms.care.answering, f"chat:{token}"
    place = (turn.viewer, found.resident_id, found.ticket_id)
    if found.writing is Writing.ANSWER:
        await answering.answer(*place, DoctorsReply(text=found.text), idempotency_key=key)
    else:
        await answering.ask_back(*place, found.text, idempotency_key=key)
    turn.talk.written.take(token)
    return [turn.reply("sent")]


async def cancel(turn: Turn, token: str) -> list[Reply]:
    """Nothing is sent; the ticket is still one's own, so its buttons stand below."""
    found = turn.talk.written.take(token) or turn.talk.writing
    turn.talk.writing = None
    if found is None:
        return [turn.reply("cancelled")]
    return [turn.reply("cancelled", *_buttons(turn, f"{found.resident_id}:{found.ticket_id}"))]


async def _waiting(turn: Turn, each: Seen) -> Reply:
    over = each.ticket.due_at <= turn.now
    return turn.reply(
        "ticket_over" if over else "ticket",
        Button(turn.say("claim"), f"claim:{each.ticket.resident_id}:{each.id}"),
        urgency=turn.say(each.ticket.urgency.value),
        due=turn.time(here(each.ticket.due_at)),
        question=each.question,
        who=await _who(turn, each),
    )


async def _who(turn: Turn, each: Seen) -> str:
    """Whose ticket; nameless for who may not know it."""
    try:
        return await turn.who(each.ticket.resident_id)
    except AccessDenied:
        return turn.say("a_resident")


def _whole(turn: Turn, each: Seen, who: str) -> str:
    lines = [turn.say("ticket_open", who=who, question=each.question)]
    lines += [turn.say(f"by_{one.by}", text=one.text) for one in each.thread]
    if each.draft:
        lines.append(turn.say("draft", draft=each.draft))
    evidence = each.evidence[:_MOST_EVIDENCE]
    lines += [turn.say("evidence", excerpt=one.excerpt) for one in evidence]
    if not each.whole:
        lines.append(turn.say("not_whole"))
    return "\n".join(lines)
