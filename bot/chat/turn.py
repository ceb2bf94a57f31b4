"""One message's work: who writes, in which chat, about whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from backend.access.consent.errors import ConsentMissing
from backend.access.consent.purpose import Purpose
from backend.access.relations import Relation, RelationKind
from backend.identity.viewer import Viewer
from bot.chat.phrases import here, say, time_of
from bot.chat.reply import Button, Reply
from bot.chat.rooms import Rooms
from bot.chat.talk import Talk

FAMILY = frozenset({RelationKind.SELF, RelationKind.GUARDIAN, RelationKind.CAREGIVER})


class ChooseFirst(Exception):
    """Several people, none chosen; the dialogue offers them."""


@dataclass(frozen=True, slots=True)
class Turn:
    rooms: Rooms
    viewer: Viewer
    talk: Talk
    leaves: Purpose | None = None
    """What a resident must have agreed to before anything of theirs goes out by this channel."""

    @property
    def now(self) -> datetime:
        """On Shanghai's wall clock."""
        return here(self.rooms.core.clock.now())

    def say(self, key: str, **values: object) -> str:
        return say(self.viewer.language, key, **values)

    def reply(self, key: str, *buttons: Button, **values: object) -> Reply:
        return Reply(text=self.say(key, **values), buttons=buttons)

    def time(self, at: datetime) -> str:
        return time_of(self.viewer.language, at, self.now)

    async def family(self) -> list[Relation]:
        """One relation a person, the viewer's own record first."""
        relations = await self.rooms.access.relations(self.viewer)
        mine = [each for each in relations if each.kind in FAMILY]
        mine = [each for each in mine if await self.may_leave(each.resident_id)]
        mine.sort(key=lambda each: (each.kind is not RelationKind.SELF, each.resident_id))
        return list({each.resident_id: each for each in reversed(mine)}.values())[::-1]

    async def resident(self) -> ObjectId:
        """Whose record it is about. Raises ``ChooseFirst``."""
        family = await self.family()
        known = [each.resident_id for each in family]
        if self.talk.resident_id in known:
            return ObjectId(self.talk.resident_id)
        if family and (len(family) == 1 or family[0].kind is RelationKind.SELF):
            self.talk.about(known[0])
            return known[0]
        raise ChooseFirst

    async def who(self, resident_id: ObjectId) -> str:
        """The name, masked where the viewer may not see it whole.

        Raises ``AccessDenied`` and ``ConsentMissing``.
        """
        await self.require_leave(resident_id)
        found = await self.rooms.residents.get(self.viewer, resident_id)
        return found.profile.name or str(resident_id)

    async def require_leave(self, resident_id: ObjectId) -> None:
        """Raises ``ConsentMissing`` where the resident did not agree to this channel."""
        if self.leaves is not None:
            await self.rooms.consents.require(resident_id, self.leaves)

    async def may_leave(self, resident_id: ObjectId) -> bool:
        try:
            await self.require_leave(resident_id)
        except ConsentMissing:
            return False
        return True

    async def place(self, rest: str) -> tuple[ObjectId, ObjectId]:
        """``<resident>:<thing>`` of a button.

        Raises ``ConsentMissing``, and ``ValueError`` where it is none.
        """
        first, _, second = rest.partition(":")
        if not (ObjectId.is_valid(first) and ObjectId.is_valid(second)):
            raise ValueError(rest)
        await self.require_leave(ObjectId(first))
        return ObjectId(first), ObjectId(second)
