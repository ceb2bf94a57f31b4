"""A habit of measuring: what, when in the day, on which days, how often it is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from backend.core.clock import SHANGHAI
from backend.demo.chance import Chance
from backend.demo.curve import Curve
from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source

SYSTEM = "demo"
"""The ``source.system`` of every reading that the demo makes."""
_SLEEP_STAGES = ("deep", "light", "rem", "awake")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """``name`` is part of the readings' source ids. ``by`` is the login that records it, the
    resident's own where None. ``first`` and ``last`` are days counted from the anchor."""

    name: str
    kind: Kind
    at: str
    values: dict[str, Curve]
    spread: int = 20
    every: int = 1
    skip: float = 0.0
    lapse: float = 0.0
    first: int = -365
    last: int | None = None
    meal: Meal | None = None
    device: str | None = None
    by: str | None = None
    notes: tuple[str, ...] = ()
    worn: bool = False
    """Measures by itself: goes on while the person does not measure."""

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Series:
        values = {name: Curve.of(each) for name, each in raw.get("values", {}).items()}
        meal = Meal(raw["meal"]) if "meal" in raw else None
        notes = tuple(raw.get("notes", ()))
        return cls(
            **{**raw, "kind": Kind(raw["kind"]), "values": values, "meal": meal, "notes": notes}
        )

    def drafts(
        self, days: Sequence[date], anchor: date, chance: Chance, gaps: Sequence[range]
    ) -> Iterator[Draft]:
        """The readings of these days, by time."""
        for day in days:
            offset = (day - anchor).days
            draw = chance.on(day)
            skipped = draw.random() < self.skip
            away = not self.worn and any(offset in gap for gap in gaps)
            if not skipped and not away and self._has(offset, day):
                yield self._draft(day, offset, chance, draw)

    def _has(self, offset: int, day: date) -> bool:
        begun = offset >= self.first and (self.last is None or offset <= self.last)
        return begun and day.toordinal() % self.every == 0

    def _draft(self, day: date, offset: int, chance: Chance, draw: Random) -> Draft:
        hour, minute = map(int, self.at.split(":"))
        at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
        at += timedelta(minutes=round(draw.gauss(0, self.spread / 2)), seconds=draw.randrange(60))
        lapsed, shared = draw.random() < self.lapse, draw.gauss(0, 1)
        values = {
            name: Quantity(
                curve.value(day, offset, chance=chance, draw=draw, shared=shared, lapsed=lapsed),
                curve.unit,
            )
            for name, curve in self.values.items()
        }
        end = None
        if self.kind is Kind.SLEEP:
            end = at + timedelta(minutes=_in_bed(values))
        return Draft(
            kind=self.kind,
            at=at,
            end=end,
            values=values,
            meal=self.meal,
            note=draw.choice(self.notes) if self.notes else None,
            source=Source(system=SYSTEM, id=f"{self.name}:{day}", device=self.device),
        )


def _in_bed(values: dict[str, Quantity]) -> float:
    """Minutes from lying down to getting up; the time asleep becomes the sum of its stages."""
    asleep = sum(values[stage].value for stage in _SLEEP_STAGES if stage != "awake")
    values["duration"] = Quantity(asleep, "min")
    return asleep + values["awake"].value
