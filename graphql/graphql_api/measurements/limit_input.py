"""A person's own limit, as a doctor sends it: by itself, or with an answer."""

from __future__ import annotations

from datetime import date

import strawberry

from backend.measurements.draft import Kind, Meal
from backend.measurements.thresholds import Override
from backend.measurements.write_errors import LimitInvalid


@strawberry.input(
    name="TicketLimitInput",
    description="A range for this person, in the component's canonical unit.",
)
class LimitInput:
    kind: Kind
    component: str
    valid_from: date
    set_by: str
    low: float | None = None
    high: float | None = None
    meal: Meal | None = None
    valid_until: date | None = None
    note: str | None = None

    def to_domain(self) -> Override:
        """Raises ``LIMIT_INVALID``."""
        try:
            return Override(
                kind=self.kind,
                component=self.component,
                valid_from=self.valid_from,
                valid_until=self.valid_until,
                set_by=self.set_by,
                low=self.low,
                high=self.high,
                meal=self.meal,
                note=self.note,
            )
        except ValueError as error:
            raise LimitInvalid from error
