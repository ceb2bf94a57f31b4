"""What a reading, or a run of readings, comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.measurements.draft import Kind, Meal
from backend.measurements.thresholds import Direction, Level, Limit, Text


class Rule(StrEnum):
    """What was looked at: one reading, one of the trends, or whether a reading is one's own."""

    SINGLE = "single"
    IN_A_ROW = "in_a_row"
    WEEKLY_MEAN = "weekly_mean"
    WEIGHT_GAIN = "weight_gain"
    UNLIKE_OWN = "unlike_own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What there is to tell: never without its reason, its advice and its source.

    ``crossed`` holds the limits of the worst level crossed, one a component
    and all of one direction; the first is the one that names the source.
    ``facts`` are the texts the reason is made of: values, count, days.
    """

    level: Level
    crossed: tuple[Limit, ...]
    facts: Mapping[str, str]
    reason: Text
    what_to_do: Text

    @property
    def limit(self) -> Limit:
        return self.crossed[0]

    @property
    def direction(self) -> Direction:
        return self.limit.direction

    @property
    def component(self) -> str:
        return self.limit.component

    @property
    def source(self) -> Text:
        return self.limit.source


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """``finding`` is None when all is well or nothing needs saying.

    ``in_target`` is None where nobody has set a target for what was measured;
    it is never true together with a finding.
    """

    kind: Kind
    meal: Meal | None
    rule: Rule
    in_target: bool | None
    finding: Finding | None

    @property
    def level(self) -> Level | None:
        return self.finding.level if self.finding else None

    @property
    def direction(self) -> Direction | None:
        return self.finding.direction if self.finding else None

    @property
    def reason(self) -> Text | None:
        return self.finding.reason if self.finding else None

    @property
    def what_to_do(self) -> Text | None:
        return self.finding.what_to_do if self.finding else None

    @property
    def source(self) -> Text | None:
        return self.finding.source if self.finding else None
