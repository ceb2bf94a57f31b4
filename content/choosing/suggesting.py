"""What suits a resident today, and why, for a viewer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bson import ObjectId

from backend.core.container import Core
from backend.core.paging import PageSizeInvalid
from backend.identity.viewer import Viewer
from content.choosing.choose import choose
from content.choosing.gathering import Gathering
from content.choosing.reasons import reason_text
from content.choosing.scoring import ReasonKind, rules
from content.library import Library
from content.piece import Piece
from content.reading.looking import Looking


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``reason`` in the viewer's language, as far as the viewer may know."""

    piece: Piece
    kind: ReasonKind
    reason: str


class Suggesting:
    """Reads only; what was shown is told by the phone."""

    def __init__(
        self, core: Core, library: Library, gathering: Gathering, looking: Looking
    ) -> None:
        self._core = core
        self._library = library
        self._gathering = gathering
        self._looking = looking

    async def today(
        self, viewer: Viewer, resident_id: ObjectId, count: int, language: str
    ) -> list[Suggestion]:
        """Raises ``AccessDenied``, ``ConsentMissing``, ``PageSizeInvalid``."""
        if not rules()["list"]["least"] <= count <= rules()["list"]["most"]:
            raise PageSizeInvalid(limit=rules()["list"]["most"])
        granted, relation = await self._gathering.ask(viewer, resident_id)
        facts, past = await asyncio.gather(
            self._gathering.facts(viewer, resident_id, granted), self._looking.past(resident_id)
        )
        chosen = choose(
            self._library.pieces,
            facts,
            past,
            resident_id=resident_id,
            now=self._core.clock.now(),
            count=count,
        )
        return [
            Suggestion(
                each.piece, each.reason.kind, reason_text(each.reason, facts, relation, language)
            )
            for each in chosen
        ]
