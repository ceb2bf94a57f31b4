"""The demo's persons as plans: what goes into their records, in plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from backend.access.categories import ALL_ACTIONS, Action, Category
from backend.access.relations import Kinship, RelationKind
from backend.archive.sections import Body
from backend.core.clock import SHANGHAI
from backend.demo.chance import Chance
from backend.demo.photo import PlannedPaper
from backend.demo.series import Series
from backend.identity.viewer import Role
from backend.measurements.draft import Draft
from backend.measurements.thresholds import Override


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """An account that signs in by ``name``; ``see`` says what is worth a look."""

    name: str
    display_name: str
    roles: frozenset[Role]
    see: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What ``login`` may do with a resident's record."""

    login: str
    kind: RelationKind
    categories: frozenset[Category]
    kinship: Kinship | None = None
    actions: frozenset[Action] = ALL_ACTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEntry:
    by: str
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDraft:
    by: str
    draft: Draft

    @property
    def day(self) -> date:
        return self.draft.at.date()

    @property
    def done_at(self) -> datetime:
        return self.draft.end or self.draft.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """``by`` acknowledges the alerts that are open on ``day``."""

    by: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedResident:
    """``login`` registers the record: its own, or as guardian of a child."""

    key: str
    login: str
    profile: dict[str, Any]
    guardian: Kinship | None = None
    grants: tuple[Grant, ...] = ()
    entries: tuple[PlannedEntry, ...] = ()
    limits: tuple[tuple[str, Override], ...] = ()
    noticed: tuple[Noticed, ...] = ()
    series: tuple[Series, ...] = ()
    moments: tuple[PlannedDraft, ...] = ()
    papers: tuple[PlannedPaper, ...] = ()
    gaps: tuple[range, ...] = ()
    first_day: date
    in_panel: bool = False

    def readings(
        self, anchor: date, seed: int, *, since: date | None, now: datetime
    ) -> list[PlannedDraft]:
        """Every reading from the day ``since`` (else the first) up to ``now``, by time."""
        today = now.astimezone(SHANGHAI).date()
        start = since or self.first_day
        days = [start + timedelta(days=n) for n in range((today - start).days + 1)]
        planned = [*self._habits(days, anchor, seed), *self.moments]
        due = [each for each in planned if start <= each.day and each.done_at <= now]
        return sorted(due, key=lambda each: each.draft.at)

    def _habits(self, days: Sequence[date], anchor: date, seed: int) -> Iterator[PlannedDraft]:
        for series in self.series:
            chance = Chance(seed, f"{self.key}/{series.name}")
            for draft in series.drafts(days, anchor, chance, self.gaps):
                yield PlannedDraft(by=series.by or self.login, draft=draft)


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Everything that the demo shows. ``anchor``: the Shanghai day of the first start."""

    anchor: date
    seed: int
    logins: tuple[Login, ...]
    residents: tuple[PlannedResident, ...]
