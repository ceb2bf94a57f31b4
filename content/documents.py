"""What content stores. Which piece somebody met tells of their health: its name is sealed."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId
from pydantic import Field

from backend.core.documents import ASC, DESC, ResidentOwned, Stored, index, unique


class PieceRecord(ResidentOwned):
    """One piece and one resident. ``piece`` is a keyed hash of its slug, ``name`` seals it.

    Days are ISO, in Shanghai; ``dwell`` is in seconds, ``scroll`` from 0 to 1.
    """

    piece: str
    name: bytes
    shown: int = 0
    shown_on: str | None = None
    opened: int = 0
    opened_on: str | None = None
    opened_at: datetime | None = None
    read_at: datetime | None = None
    dwell: int | None = None
    scroll: float | None = None
    attempts: int = 0
    attempts_on: str | None = None
    passed_at: datetime | None = None
    feedback: str | None = None
    feedback_at: datetime | None = None
    by: PydanticObjectId
    """The account that did so last."""
    at: datetime
    updated_at: datetime

    class Settings:
        name = "content_records"
        indexes: ClassVar = [
            unique("one_record_per_piece", ("resident_id", ASC), ("piece", ASC)),
            index("records_by_time", ("resident_id", ASC), ("at", DESC), ("_id", DESC)),
        ]


class PieceFigures(Stored):
    """A piece's day, of everybody together; says nothing of anybody."""

    piece: str
    day: str
    counts: dict[str, int] = Field(default_factory=dict)

    class Settings:
        name = "content_figures"
        indexes: ClassVar = [unique("one_line_per_piece_and_day", ("piece", ASC), ("day", ASC))]


DOCUMENTS = (PieceRecord, PieceFigures)
