"""What plans ask to be learnt now, for a library that this room does not know."""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId

from backend.access.service import NOTHING, Access
from backend.care.plans.looking import Looking
from backend.care.plans.programme import Words
from backend.core.container import Core
from backend.identity.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Lessons:
    """Pieces by slug, topics, and which plan asks."""

    pieces: tuple[str, ...]
    topics: tuple[str, ...]
    title: Words


class Learning:
    def __init__(self, core: Core, access: Access, looking: Looking) -> None:
        self._core = core
        self._access = access
        self._looking = looking

    async def now(self, viewer: Viewer, resident_id: ObjectId) -> Lessons | None:
        """Of the plans that the viewer may see; None where none asks for anything."""
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        plans = await self._looking.running(resident_id, allowed)
        now = self._core.clock.now()
        pieces: list[str] = []
        topics: list[str] = []
        asking = []
        for plan in reversed(plans):
            week = plan.week_of(now)
            due = [each for each in plan.content.lesson if each.week <= week]
            # What was due weeks ago and read is left out by who was shown what.
            pieces += [slug for each in due for slug in each.pieces]
            topics += [topic for each in due[-1:] for topic in each.topics]
            if due:
                asking.append(plan.content.title)
        if not asking:
            return None
        title = Words(
            zh="、".join(each.zh for each in asking), en=", ".join(each.en for each in asking)
        )
        return Lessons(tuple(dict.fromkeys(pieces)), tuple(dict.fromkeys(topics)), title)
