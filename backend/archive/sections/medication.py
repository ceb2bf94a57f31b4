"""Medications (用药): what is taken or prescribed, how much, by which route and how often."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field, model_validator

from backend.access.categories import Category
from backend.archive.sections.base import Body, Section, at_most_one, in_order
from backend.archive.sections.errors import EntryInvalid
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.phrases import chinese, since, with_remarks, word
from backend.archive.sections.values import Amount, Code, Concept, Number, Telling, Text, TimeOfDay


class MedicationStatus(StrEnum):
    """FHIR medication-statement-status and medicationrequest-status together."""

    ACTIVE = "active"
    COMPLETED = "completed"
    STOPPED = "stopped"
    ON_HOLD = "on-hold"
    CANCELLED = "cancelled"
    NOT_TAKEN = "not-taken"
    INTENDED = "intended"
    DRAFT = "draft"
    UNKNOWN = "unknown"
    ENTERED_IN_ERROR = "entered-in-error"


class Basis(StrEnum):
    """Whether somebody says that it is taken, or prescribed it."""

    STATEMENT = "statement"
    REQUEST = "request"


class PeriodUnit(StrEnum):
    """UCUM units of time, as FHIR Timing has them."""

    SECOND = "s"
    MINUTE = "min"
    HOUR = "h"
    DAY = "d"
    WEEK = "wk"
    MONTH = "mo"
    YEAR = "a"


class Weekday(StrEnum):
    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


class Schedule(Telling):
    """``frequency`` times per ``period`` ``period_unit``; ``times_of_day`` as ``08:00:00``;
    ``when`` holds FHIR event codes (AC 餐前, PC 餐后, HS 睡前)."""

    frequency: int | None = Field(default=None, ge=1)
    frequency_max: int | None = Field(default=None, ge=1)
    period: Number | None = None
    period_max: Number | None = None
    period_unit: PeriodUnit | None = None
    times_of_day: tuple[TimeOfDay, ...] = ()
    days_of_week: tuple[Weekday, ...] = ()
    when: tuple[Code, ...] = ()
    count: int | None = Field(default=None, ge=1)
    code: Concept | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None


class Dosage(Telling):
    """One instruction: dose, route, schedule."""

    text: Text | None = None
    patient_instruction: Text | None = None
    dose: Amount | None = None
    dose_high: Amount | None = None
    route: Concept | None = None
    site: Concept | None = None
    method: Concept | None = None
    schedule: Schedule | None = None
    as_needed: bool | None = None
    as_needed_for: Concept | None = None

    @model_validator(mode="after")
    def _exclusive(self) -> Dosage:
        at_most_one(as_needed=self.as_needed, as_needed_for=self.as_needed_for)
        return self


_BOTH = {
    MedicationStatus.ACTIVE,
    MedicationStatus.COMPLETED,
    MedicationStatus.STOPPED,
    MedicationStatus.ON_HOLD,
    MedicationStatus.UNKNOWN,
    MedicationStatus.ENTERED_IN_ERROR,
}
_STATUSES = {
    Basis.STATEMENT: _BOTH | {MedicationStatus.NOT_TAKEN, MedicationStatus.INTENDED},
    Basis.REQUEST: _BOTH | {MedicationStatus.CANCELLED, MedicationStatus.DRAFT},
}


class MedicationBody(Body):
    """A medication. ``strength`` as printed on the box (5 mg/片)."""

    section: ClassVar[Section] = Section.MEDICATION
    usual_category: ClassVar[Category] = Category.MEDICATIONS
    past_fields: ClassVar[tuple[str, ...]] = ("recorded",)

    basis: Basis = Basis.STATEMENT
    name: Concept
    status: MedicationStatus = MedicationStatus.ACTIVE
    strength: Text | None = None
    dosages: tuple[Dosage, ...] = ()
    start: PartialDate | None = None
    end: PartialDate | None = None
    recorded: PartialDate | None = None
    reasons: tuple[Concept, ...] = ()
    prescriber: Text | None = None
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _checked(self) -> MedicationBody:
        if self.status not in _STATUSES[self.basis]:
            raise EntryInvalid(fields="status")
        in_order(self.start, self.end)
        return self

    @property
    def concept(self) -> Concept:
        return self.name

    @property
    def when(self) -> PartialDate | None:
        return self._begins or self.recorded

    @property
    def until(self) -> PartialDate | None:
        schedules = (dosage.schedule for dosage in self.dosages if dosage.schedule)
        return self.end or next((s.end for s in schedules if s.end), None)

    @property
    def _begins(self) -> PartialDate | None:
        """Its own start, else that of the first instruction which has one."""
        schedules = (dosage.schedule for dosage in self.dosages if dosage.schedule)
        return self.start or next((s.start for s in schedules if s.start), None)

    def title(self, language: str) -> str:
        dose = _dose(self.dosages[0], language) if self.dosages else ""
        parts = [self.name.label, self.strength or "", dose]
        return with_remarks(
            " ".join(part for part in parts if part),
            language,
            since(self._begins, language),
            word("medication_status", self.status, language),
        )


_PER = {"d": "日", "h": "小时", "wk": "周", "mo": "月", "a": "年", "min": "分钟", "s": "秒"}


def _dose(dosage: Dosage, language: str) -> str:
    """``5 mg 每日 1 次``; the instruction's own text where it is not structured."""
    amount = dosage.dose.label if dosage.dose else ""
    often = _often(dosage.schedule, language) if dosage.schedule else ""
    if not amount and not often:
        return dosage.text or ""
    return f"{amount} {often}".strip()


def _often(schedule: Schedule, language: str) -> str:
    times, period, unit = schedule.frequency, schedule.period, schedule.period_unit
    if times is None or period is None or unit is None:
        return ""
    number = "" if period == 1 else f" {period:f} "
    if chinese(language):
        return f"每{number}{_PER[unit]} {times} 次"
    return f"{times} per{number or ' '}{unit}"
