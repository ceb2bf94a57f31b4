"""The assessment as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bson import ObjectId

from backend.access.categories import Category
from backend.assessment.table import Class, RowRule
from backend.measurements.thresholds import Text

EvidenceKind = Literal["Entry", "Reading", "Resident"]


class RowState(StrEnum):
    """``NOT_APPLICABLE``: no published rule for such a person."""

    KNOWN = "known"
    MISSING = "missing"
    TOO_OLD = "too_old"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An input as it was used. ``at`` is None for facts of the profile."""

    kind: EvidenceKind
    id: ObjectId
    name: Text
    value: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one row. ``note`` says why there is no value, or what a value leaves out."""

    state: RowState
    value: str | None = None
    number: float | None = None
    category: Class | None = None
    inputs: tuple[Evidence, ...] = ()
    note: Text | None = None
    estimate: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    rule: RowRule
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """``withheld``: categories the viewer may not see; rows that need one are left out, and
    named in ``left_out``."""

    resident_id: ObjectId
    at: datetime
    rows: tuple[Row, ...]
    withheld: tuple[Category, ...]
    left_out: tuple[RowRule, ...]
