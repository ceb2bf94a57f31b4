"""Whose reading it is: whom a name or a word for a relative means, or a question."""

from __future__ import annotations

from collections.abc import Sequence

from bson import ObjectId

from backend.access.relations import Relation, RelationKind
from bot.assistant.stored.circle import Circle
from bot.assistant.understanding.text import read
from bot.chat.turn import Turn
from bot.chat.understanding import OfWriter, Understood


async def named(turn: Turn, text: str) -> ObjectId | None:
    """The one of the family that ``text`` names, by name or as a relative; else None."""
    family = {each.resident_id for each in await turn.family()}
    circle = Circle(turn.rooms.access, turn.rooms.residents, turn.rooms.core.clock)
    nobody = ObjectId()  # stands for whoever is not named
    found = await circle.meant(turn.viewer, nobody, read(text))
    return found.resident_id if found.resident_id in family else None


def own_of(family: Sequence[Relation]) -> ObjectId | None:
    """The viewer's own record, where they have one."""
    return next((each.resident_id for each in family if each.kind is RelationKind.SELF), None)


async def meant(turn: Turn, understood: Understood, text: str) -> ObjectId | None:
    """Whose record the words are for; None where that has to be asked.

    Raises ``ChooseFirst``.
    """
    family = await turn.family()
    if len(family) == 1 and family[0].kind is not RelationKind.SELF:
        return family[0].resident_id
    somebody = await named(turn, text)
    if somebody is not None or understood.relative is not None:
        return somebody
    resident_id = await turn.resident()
    own = own_of(family)
    if understood.of_writer is None or resident_id == own:
        return resident_id
    # Said on somebody else's page: 我自己血压110/70 is one's own, 我刚量的 may be theirs.
    return own if understood.of_writer is OfWriter.SURELY else None
