"""A photographed display of a device: offered as if it had been said, never recorded at once."""

from __future__ import annotations

from dataclasses import replace

from backend.core.errors import KangbanError
from backend.measurements.draft import Draft, Quantity
from backend.measurements.picture.errors import PictureImplausible
from backend.measurements.picture.pictures import Proposal
from bot.chat.reply import Reply
from bot.chat.talk import Offered
from bot.chat.topics import offering
from bot.chat.turn import Turn


async def take(turn: Turn, data: bytes) -> list[Reply] | None:
    """None where no display is seen on it, or may not be looked for: it is taken for a report then.

    Raises ``PictureImplausible`` for a display whose numbers cannot well be true.
    """
    if turn.talk.paper_next:
        turn.talk.paper_next = False
        return None
    resident_id = await turn.resident()
    await turn.require_leave(resident_id)
    pictures = turn.rooms.pictures
    try:
        await pictures.require(turn.viewer, resident_id, None)
        proposal = await pictures.read(turn.viewer, resident_id, data, None)
    except PictureImplausible:
        raise
    except KangbanError:  # what is wrong with the file itself is said where reports are taken
        return None
    draft = _draft(turn, proposal)
    waits = turn.talk.offered.get(turn.talk.last)
    theirs = waits.drafts if waits is not None and waits.resident_id == resident_id else ()
    if any(_same(draft, each) for each in theirs):
        return [turn.reply("pictured_same")]
    offer = Offered(resident_id=resident_id, drafts=(draft,), pictured=True)
    shown = await offering.offered(turn, offer, ())
    return [replace(shown, text=f"{turn.say('pictured')}\n{shown.text}")]


def dropped(turn: Turn) -> Reply:
    """The numbers are typed then, or it was a report after all, and is sent again."""
    turn.talk.paper_next = True
    return turn.reply("dropped_pictured")


def _same(pictured: Draft, waits: Draft) -> bool:
    """Whether the photo only shows what its caption said, so that it is not offered twice."""
    both = pictured.values.keys() & waits.values.keys()
    return pictured.kind is waits.kind and all(
        pictured.values[each].value == waits.values[each].value for each in both
    )


def _draft(turn: Turn, proposal: Proposal) -> Draft:
    values = {each.component: Quantity(each.value, each.unit) for each in proposal.shown}
    return Draft(kind=proposal.kind, at=turn.now, values=values)
