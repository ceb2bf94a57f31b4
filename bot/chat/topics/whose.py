"""Whose reading it is: whom a name or a word for a relative means, or a question."""

from __future__ import annotations

from bson import ObjectId

from backend.access.relations import RelationKind
from bot.assistant.stored.circle import Circle
from bot.assistant.understanding.text import read
from bot.chat.turn import Turn
from bot.chat.understanding import Understood


async def meant(turn: Turn, understood: Understood, text: str) -> ObjectId | None:
    """Whose record the words are for; None where that has to be asked.

    Raises ``ChooseFirst``.
    """
    family = await turn.family()
    if len(family) == 1 and family[0].kind is not RelationKind.SELF:
        return family[0].resident_id
    known = {each.resident_id for each in family}
    circle = Circle(turn.rooms.access, turn.rooms.residents, turn.rooms.core.clock)
    nobody = ObjectId()  # stands for whoever is not named
    named = await circle.meant(turn.viewer, nobody, read(text))
    if named.resident_id in known:
        return named.resident_id
    if named.resident_id is None or understood.relative is not None:
        return None
    return await turn.resident()
