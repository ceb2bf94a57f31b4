"""How often pieces were shown, opened, read and passed: everybody together, for operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pymongo import UpdateOne

from backend.identity.operators import require_operator
from backend.identity.viewer import Viewer
from content.documents import PieceFigures
from content.errors import FigureSpanInvalid
from content.limits import limits


class Step(StrEnum):
    SHOWN = "shown"
    OPENED = "opened"
    CLICKED = "clicked"  # opened from what was shown
    READ = "read"
    PASSED = "passed"
    HELPFUL = "helpful"
    NOT_FOR_ME = "not_for_me"


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceSums:
    """Numbers below the least that is told are None, and so is what follows from them."""

    slug: str
    shown: int | None
    opened: int | None
    clicked: int | None
    read: int | None
    passed: int | None
    helpful: int | None
    not_for_me: int | None

    @property
    def click_through(self) -> float | None:
        """From 0 to 1: of those shown, how many were opened from there."""
        if not self.shown or self.clicked is None:
            return None
        return round(min(self.clicked / self.shown, 1.0), 3)


class Figures:
    """Counted outside of the records' transactions: a busy piece must not make readers wait, and
    a crash between the two costs a count, not a record."""

    async def add(self, day: str, slugs: Iterable[str], *steps: Step) -> None:
        counts = {f"counts.{step}": 1 for step in steps}
        updates = [
            UpdateOne({"piece": slug, "day": day}, {"$inc": counts}, upsert=True) for slug in slugs
        ]
        if updates and counts:
            await PieceFigures.get_pymongo_collection().bulk_write(updates, ordered=False)

    async def of(self, viewer: Viewer, since: date, until: date) -> list[PieceSums]:
        """Both days included, the most shown first.

        Raises ``OperatorRequired``, ``FigureSpanInvalid``.
        """
        require_operator(viewer)
        longest = limits()["figures"]["longest_days"]
        if not 0 <= (until - since).days < longest:
            raise FigureSpanInvalid(limit=longest)
        query = {"day": {"$gte": since.isoformat(), "$lte": until.isoformat()}}
        sums: dict[str, Counter[str]] = {}
        async for raw in PieceFigures.get_pymongo_collection().find(query):
            sums.setdefault(raw["piece"], Counter()).update(raw["counts"])
        ordered = sorted(sums.items(), key=lambda each: (-each[1][Step.SHOWN], each[0]))
        return [_told(slug, counts) for slug, counts in ordered]


def _told(slug: str, counts: Counter[str]) -> PieceSums:
    least = limits()["figures"]["least"]
    told = {step.value: counts[step] if counts[step] >= least else None for step in Step}
    return PieceSums(slug=slug, **told)
