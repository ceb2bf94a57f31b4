"""What the assistant reads: one resident's archive as plain, frozen records.

Instants are aware. ``Reading`` values are in the kind's canonical unit with
the recorded value and unit beside them; ``Entry`` is everything that is words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Area(StrEnum):
    """The part of the archive an entry belongs to."""

    CONDITION = "condition"
    ALLERGY = "allergy"
    MEDICATION = "medication"
    IMMUNIZATION = "immunization"
    PROCEDURE = "procedure"
    FAMILY = "family"
    ENCOUNTER = "encounter"
    REPORT = "report"
    DOCUMENT = "document"
    LIFESTYLE = "lifestyle"
    PLAN = "plan"
    APPOINTMENT = "appointment"
    PREGNANCY = "pregnancy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The archive's patient. ``sex`` is FHIR's ``male``, ``female`` or None."""

    ref: str
    names: tuple[str, ...] = ()
    sex: str | None = None
    born: date | None = None

    def age(self, on: date) -> int | None:
        """Whole years on that day, or None where the birth date is unknown."""
        if self.born is None:
            return None
        before_birthday = (on.month, on.day) < (self.born.month, self.born.day)
        return on.year - self.born.year - before_birthday


class Measured(NamedTuple):
    """A number in its kind's canonical ``unit``, and as it was recorded."""

    value: Decimal
    unit: str
    recorded: Decimal
    recorded_unit: str

    @property
    def converted(self) -> bool:
        return self.value != self.recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One measurement or lab result; two devices' copies of it are one ``Reading``.

    ``refs`` are the FHIR references it rests on (two where systolic and
    diastolic were sent apart). ``values`` maps component to number and is
    empty where the result is words (``words``). ``said`` is what the resource
    itself says, for excerpts. ``at_home`` is True for a meter's reading, False
    for a laboratory's, None where the resource does not say.
    """

    kind: str
    refs: tuple[str, ...]
    at: datetime
    day_only: bool = False
    values: Mapping[str, Measured] = field(default_factory=dict)
    words: str | None = None
    meal: str | None = None
    said: str = ""
    name: str = ""
    reference: str | None = None
    at_home: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLimit:
    """A range that was set for this person: it stands before what a guideline says of everybody.

    ``low`` and ``high`` are inside, in the kind's canonical unit; ``meal`` None holds at any
    meal; the dates are inclusive. ``by`` is who set it, as told ("王医生").
    """

    kind: str
    part: str
    ref: str
    low: Decimal | None = None
    high: Decimal | None = None
    meal: str | None = None
    since: date | None = None
    until: date | None = None
    by: str = ""

    def holds(self, meal: str | None, on: date) -> bool:
        begun = self.since is None or self.since <= on
        return begun and (self.until is None or on <= self.until) and self.meal in (None, meal)

    def side(self, value: Decimal) -> str:
        """``above``, ``below`` or ``within``."""
        if self.high is not None and value > self.high:
            return "above"
        return "below" if self.low is not None and value < self.low else "within"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One statement of the archive that is not a number series.

    ``name`` is what it is about in the record's own words, ``names`` all its
    displays and codes; ``text`` its conclusion, note or content; ``details``
    short labelled facts (``dose``, ``relation``, ``reaction`` …).
    """

    area: Area
    ref: str
    name: str
    names: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    start_text: str | None = None
    active: bool = True
    status: str = ""
    text: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    results: tuple[str, ...] = ()
