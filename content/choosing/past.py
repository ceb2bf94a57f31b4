"""What somebody did with pieces before. Plain values, by slug."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Feedback(StrEnum):
    HELPFUL = "helpful"
    NOT_FOR_ME = "not_for_me"


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One piece's past; ``shown`` counts days."""

    shown: int = 0
    opened_at: datetime | None = None
    read_at: datetime | None = None
    feedback: Feedback | None = None
    feedback_at: datetime | None = None


Past = Mapping[str, Met]
