"""Entries as lines: problems, allergies, drugs and their changes, reports, symptoms. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from backend.archive.entry import Entry
from backend.archive.sections import (
    AllergyBody,
    Body,
    ConditionBody,
    MedicationBody,
    PartialDate,
    ReportBody,
)
from backend.archive.sections.allergy import AllergyStatus, Criticality
from backend.archive.sections.condition import ClinicalStatus, Verification
from backend.archive.sections.medication import Dosage, MedicationStatus
from backend.core.clock import SHANGHAI
from backend.measurements.alert import Alert
from backend.measurements.draft import Kind
from backend.measurements.reading import Reading
from backend.summary.model import Line, Some, Window
from backend.summary.rules import rules, say

_GONE = {ClinicalStatus.RESOLVED, ClinicalStatus.INACTIVE, ClinicalStatus.REMISSION}
_NOT_HIS = {Verification.REFUTED, Verification.ENTERED_IN_ERROR}
_TAKEN = {MedicationStatus.ACTIVE, MedicationStatus.UNKNOWN, MedicationStatus.ON_HOLD}
_RISK = {Criticality.HIGH: 0, None: 1, Criticality.UNABLE_TO_ASSESS: 1, Criticality.LOW: 2}
_RISK_WORDS: dict[Criticality | None, str] = {
    Criticality.HIGH: "high_risk",
    Criticality.LOW: "low_risk",
}

B = TypeVar("B", bound=Body)


def problems(entries: Iterable[Entry], language: str) -> Some[Line]:
    """Running conditions, those with a date first, the oldest on top."""
    running = [
        (each, body)
        for each, body in _of(entries, ConditionBody)
        if body.clinical_status not in _GONE
        and body.abatement is None
        and body.verification not in _NOT_HIS
    ]
    running.sort(key=lambda pair: (pair[1].onset is None, pair[0].at, pair[0].id))
    rows = [
        Line(text=body.name.label, detail=_from(body.onset, language), source=each.id)
        for each, body in running
    ]
    return Some.of(rows, rules().most["problems"])


def allergies(entries: Iterable[Entry], language: str) -> Some[Line]:
    """The most critical first."""
    known = [
        (each, body)
        for each, body in _of(entries, AllergyBody)
        if body.clinical_status in (None, AllergyStatus.ACTIVE)
        and body.verification not in _NOT_HIS
    ]
    known.sort(key=lambda pair: (_RISK[pair[1].criticality], pair[0].at, pair[0].id))
    rows = [
        Line(
            text=body.substance.label,
            detail=_reaction(body, language),
            marked=body.criticality is Criticality.HIGH,
            source=each.id,
        )
        for each, body in known
    ]
    return Some.of(rows, rules().most["allergies"])


def medications(entries: Iterable[Entry], window: Window, language: str) -> Some[Line]:
    """What is taken now, what was added since the last visit first and marked."""
    taken = [
        (each, body) for each, body in _of(entries, MedicationBody) if _runs(body, window.until)
    ]
    taken.sort(key=lambda pair: (not _is_new(pair[1], window), -pair[0].at.timestamp()))
    rows = [
        Line(
            text=" ".join(filter(None, (body.name.label, body.strength))),
            detail=_taking(body, window, language),
            marked=_is_new(body, window),
            source=each.id,
        )
        for each, body in taken
    ]
    return Some.of(rows, rules().most["medications"])


def medication_changes(entries: Iterable[Entry], window: Window, language: str) -> Some[Line]:
    """What was stopped since the last visit; what was added is marked among the drugs."""
    stopped = [
        (body.until, each, body)
        for each, body in _of(entries, MedicationBody)
        if body.until is not None and window.since <= body.until.start() <= window.until
    ]
    stopped.sort(key=lambda row: (row[0].start(), row[1].id), reverse=True)
    rows = [
        Line(text=say("stopped", language, what=body.name.label, at=until.day), source=each.id)
        for until, each, body in stopped
    ]
    return Some.of(rows, rules().most["changes"])


def reports(entries: Iterable[Entry], language: str) -> Some[Line]:
    """The newest first: what, when, where, and its conclusion."""
    found = sorted(_of(entries, ReportBody), key=lambda pair: pair[0].at, reverse=True)
    rows = [
        Line(
            text=_joined(language, body.name.label, _day(each.at), body.facility or ""),
            detail=body.conclusion or "",
            source=each.id,
        )
        for each, body in found
    ]
    return Some.of(rows, rules().most["reports"])


def alerts(found: Sequence[Alert], language: str) -> Some[Line]:
    """The gravest first, then the newest."""
    ordered = sorted(found, key=lambda each: (-each.level, -each.at.timestamp(), each.id))
    rows = [
        Line(
            text=each.reason.get(language),
            detail=_joined(language, _day(each.at), say("times", language, n=each.times)),
            source=each.id,
        )
        for each in ordered
    ]
    return Some.of(rows, rules().most["alerts"])


def symptoms(readings: Iterable[Reading], window: Window) -> Some[Line]:
    """What was written down since the last visit, the newest first."""
    noted = [
        each
        for each in readings
        if each.kind is Kind.SYMPTOM and each.note and each.at >= window.since
    ]
    noted.sort(key=lambda each: (each.at, each.id), reverse=True)
    rows = [Line(text=each.note or "", detail=_day(each.at), source=each.id) for each in noted]
    return Some.of(rows, rules().most["symptoms"])


def _of(entries: Iterable[Entry], kind: type[B]) -> list[tuple[Entry, B]]:
    return [(each, each.body) for each in entries if isinstance(each.body, kind)]


def _runs(body: MedicationBody, now: datetime) -> bool:
    ended = body.until is not None and body.until.start() <= now
    return body.status in _TAKEN and not ended


def _is_new(body: MedicationBody, window: Window) -> bool:
    return body.when is not None and body.when.start() >= window.since


def _taking(body: MedicationBody, window: Window, language: str) -> str:
    doses = "；".join(filter(None, (dose(each, language) for each in body.dosages)))
    hold = say("on_hold", language) if body.status is MedicationStatus.ON_HOLD else ""
    new = say("new", language) if _is_new(body, window) else ""
    return _joined(language, new, hold, doses, _from(body.when, language))


def dose(dosage: Dosage, language: str) -> str:
    """The instruction's own words and the amount: 每日早晨 1 片（5 mg）."""
    amount = dosage.dose.label if dosage.dose else ""
    if dosage.dose and dosage.dose_high:
        amount = f"{amount}–{dosage.dose_high.label}"
    words = dosage.text or dosage.patient_instruction or ""
    said = _aside(words, amount, language) if words and amount else words or amount
    if dosage.as_needed_for and not words:
        said = f"{said} {say('as_needed', language, why=dosage.as_needed_for.label)}".strip()
    return said


def _reaction(body: AllergyBody, language: str) -> str:
    shown = dict.fromkeys(c.label for each in body.reactions for c in each.manifestations)
    risk = _RISK_WORDS.get(body.criticality)
    said = ("、" if not language.startswith("en") else ", ").join(shown)
    return _joined(language, say(risk, language) if risk else "", said)


def _aside(words: str, remark: str, language: str) -> str:
    return f"{words} ({remark})" if language.startswith("en") else f"{words}（{remark}）"


def _joined(language: str, *parts: str) -> str:
    return (", " if language.startswith("en") else "，").join(part for part in parts if part)


def _from(date: PartialDate | None, language: str) -> str:
    return "" if date is None else say("from", language, at=date.day)


def _day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).date().isoformat()
