"""What measurements must know of a person, asked of whoever keeps the archive."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from bson import ObjectId

from backend.measurements.thresholds import Person


class People(Protocol):
    """Implemented by the archive, handed in by the composition root."""

    async def birth_date(self, resident_id: ObjectId) -> date | None: ...

    async def person(self, resident_id: ObjectId) -> Person:
        """Birth date, sex, condition keys and pregnancy, as thresholds need them."""
        ...
