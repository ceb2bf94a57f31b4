"""What the rows are made of, picked from profile, readings and entries. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bson import ObjectId

from backend.archive.entry import Entry
from backend.archive.people import condition_runs, pregnant_at
from backend.archive.sections import ConditionBody, ObservationBody, PregnancyBody
from backend.archive.sections.condition import Verification
from backend.archive.sections.lifestyle import Aspect, LifestyleBody
from backend.archive.sections.observation import ObservationStatus
from backend.archive.sections.tables import LOINC
from backend.assessment import risk
from backend.assessment.model import Evidence, Outcome, RowState
from backend.assessment.table import input_rule, say, table
from backend.core.clock import SHANGHAI
from backend.measurements.draft import Kind
from backend.measurements.reading import Reading
from backend.measurements.thresholds import Person, Sex, Text, age_in_months

_FINAL = {ObservationStatus.FINAL, ObservationStatus.AMENDED, ObservationStatus.CORRECTED}
CLINIC = frozenset({"doctor", "institution"})
"""Relations of the recorder whose pressures are clinic pressures (诊室血压)."""

_NOT_HIS = {Verification.REFUTED, Verification.ENTERED_IN_ERROR}


@dataclass(frozen=True, slots=True)
class Number:
    """An input's value in the row's unit."""

    value: float
    at: datetime
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the viewer may see of a person. ``readings`` and ``entries`` newest first."""

    resident_id: ObjectId
    now: datetime
    birth_date: date | None = None
    sex: Sex | None = None
    readings: Sequence[Reading] = field(default=())
    entries: Sequence[Entry] = field(default=())

    @property
    def age(self) -> int | None:
        return self.age_on(self.now)

    def age_on(self, at: datetime) -> int | None:
        """Completed years by the calendar of Shanghai."""
        if self.birth_date is None:
            return None
        return age_in_months(self.birth_date, at.astimezone(SHANGHAI).date()) // 12

    @property
    def pregnant(self) -> bool:
        return any(
            isinstance(each.body, PregnancyBody) and pregnant_at(each.body, self.now)
            for each in self.entries
        )

    @property
    def person(self) -> Person:
        return Person(birth_date=self.birth_date, sex=self.sex, pregnant=self.pregnant)

    def not_adult(self) -> Outcome | None:
        """The row's outcome where the person is a child, or it is not known."""
        if self.age is None:
            return missing(say("birth_date"))
        if self.age < table()["adult"]["years"]:
            return Outcome(state=RowState.NOT_APPLICABLE, note=say("adults"))
        return None

    def not_plain_adult(self) -> Outcome | None:
        """The same, and where a pregnancy goes on."""
        if self.pregnant:
            return Outcome(state=RowState.NOT_APPLICABLE, note=say("pregnant"))
        return self.not_adult()

    def profile(self, name: str, value: str) -> Evidence:
        return Evidence(kind="Resident", id=self.resident_id, name=say(name), value=value)

    def born(self) -> Evidence:
        return self.profile("birth_date", str(self.birth_date))

    def conditions(self, *, running: bool) -> list[tuple[Entry, ConditionBody]]:
        """Diagnoses that were not refuted; only those that go on where ``running``."""
        return [
            (each, each.body)
            for each in self.entries
            if isinstance(each.body, ConditionBody)
            and (condition_runs(each.body) if running else each.body.verification not in _NOT_HIS)
        ]

    def diabetes(self) -> Evidence | None:
        found = self.conditions(running=True)
        return next((_said(e, b) for e, b in found if risk.is_diabetes(b.codes)), None)

    def clinical(self) -> Evidence | None:
        found = self.conditions(running=False)
        return next((_said(e, b) for e, b in found if risk.is_clinical(b.codes)), None)

    def smoking(self) -> tuple[Entry, LifestyleBody] | None:
        """The newest entry on smoking."""
        for each in self.entries:
            if isinstance(each.body, LifestyleBody) and each.body.aspect is Aspect.SMOKING:
                return each, each.body
        return None

    def measured(self, key: str, kind: Kind, component: str) -> Number | Outcome:
        """The newest reading of a kind, or why there is none that counts."""
        for each in self.readings:
            if each.kind is kind and component in each.values:
                value = each.values[component]
                return self._fresh(key, Number(value, each.at, _read(each, key, f"{value:g}")))
        return missing(input_rule(key).name)

    def lab(self, key: str) -> Number | Outcome:
        """The newest dated laboratory result with a plain number in a unit that is known."""
        for each in self.entries:
            if isinstance(each.body, ObservationBody) and each.body.when is not None:
                number = _lab(key, each, each.body)
                if number is not None:
                    return self._fresh(key, number)
        return missing(input_rule(key).name)

    def pressures(self, *, clinic: bool) -> list[Reading]:
        """Blood pressures by who took them, newest first: doctor and institution are clinic."""
        return [
            each
            for each in self.readings
            if each.kind is Kind.BLOOD_PRESSURE
            and (each.recorded_by.relation in CLINIC) is clinic
            and {"systolic", "diastolic"} <= each.values.keys()
        ]

    def _fresh(self, key: str, number: Number) -> Number | Outcome:
        return number if self.counts(key, number.at) else too_old(key, number.evidence)

    def counts(self, key: str, at: datetime) -> bool:
        """Whether an input of that day is not too old."""
        return at >= self.now - input_rule(key).lasts


def missing(what: Text) -> Outcome:
    return Outcome(state=RowState.MISSING, note=say("missing", what=what))


def too_old(key: str, *evidence: Evidence) -> Outcome:
    rule = input_rule(key)
    note = say("too_old", what=rule.name, days=rule.days)
    return Outcome(state=RowState.TOO_OLD, note=note, inputs=evidence)


def pressure_evidence(reading: Reading, key: str) -> Evidence:
    values = reading.values
    return _read(reading, key, f"{values['systolic']:g}/{values['diastolic']:g}")


def _read(reading: Reading, key: str, value: str) -> Evidence:
    name = input_rule(key).name
    return Evidence(kind="Reading", id=reading.id, name=name, value=value, at=reading.at)


def _said(entry: Entry, body: ConditionBody) -> Evidence:
    label = body.name.label
    return Evidence(kind="Entry", id=entry.id, name=Text(label, label), value=label, at=entry.at)


def _lab(key: str, entry: Entry, body: ObservationBody) -> Number | None:
    rule = input_rule(key)
    amount = body.result.amount if body.result else None
    if body.status not in _FINAL or amount is None or amount.value is None or amount.comparator:
        return None
    if not any(c.system == LOINC and c.code in rule.loinc for c in body.name.codings):
        return None
    unit = (amount.code or amount.unit or "").replace("µ", "u").replace("μ", "u").lower()
    factor = rule.units.get(unit)
    if factor is None or amount.value <= 0:
        return None
    evidence = Evidence(kind="Entry", id=entry.id, name=rule.name, value=amount.label, at=entry.at)
    return Number(float(amount.value) * factor, entry.at, evidence)
