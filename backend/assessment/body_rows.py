"""Body and blood pressure: BMI, waist, clinic grade, home average, smoking."""

from __future__ import annotations

from backend.archive.sections.lifestyle import LifestyleBody
from backend.archive.sections.tables import LOINC
from backend.assessment.facts import Facts, missing, pressure_evidence, too_old
from backend.assessment.model import Evidence, Outcome, RowState
from backend.assessment.table import Class, input_rule, say, source_of, table, text_of
from backend.core.clock import SHANGHAI
from backend.measurements.draft import Kind
from backend.measurements.reading import Reading
from backend.measurements.thresholds import (
    DisplayClass,
    Place,
    classify_bmi,
    classify_bp,
    classify_waist,
    rounded,
    shown,
)

_SNOMED = "http://snomed.info/sct"


def bmi(facts: Facts) -> Outcome:
    """From the newest weight and height; adults who are not pregnant (WS/T 428-2013)."""
    not_for = facts.not_plain_adult()
    if not_for:
        return not_for
    weight = facts.measured("weight", Kind.WEIGHT, "weight")
    height = facts.measured("height", Kind.HEIGHT, "height")
    if isinstance(weight, Outcome):
        return weight
    if isinstance(height, Outcome):
        return height
    value = rounded(Kind.BMI, index(weight.value, height.value))
    found = classify_bmi(value, person=facts.person, at=facts.now)
    return Outcome(
        state=RowState.KNOWN,
        value=shown(Kind.BMI, value),
        number=value,
        category=_class(found),
        inputs=(weight.evidence, height.evidence),
    )


def index(weight: float, height: float) -> float:
    """kg/m2 from kg and cm."""
    return weight / (height / 100) ** 2


def waist(facts: Facts) -> Outcome:
    """The newest waist; classes by sex, adults who are not pregnant (WS/T 428-2013)."""
    not_for = facts.not_plain_adult()
    if not_for:
        return not_for
    if facts.sex is None:
        return missing(say("sex"))
    found = facts.measured("waist", Kind.WAIST, "waist")
    if isinstance(found, Outcome):
        return found
    return Outcome(
        state=RowState.KNOWN,
        value=shown(Kind.WAIST, found.value),
        number=found.value,
        category=_class(classify_waist(found.value, person=facts.person, at=facts.now)),
        inputs=(found.evidence, facts.profile("sex", facts.sex)),
    )


def clinic_pressure(facts: Facts) -> Outcome:
    """Mean of the newest day measured by doctor or institution, and its grade."""
    key = "bp_clinic"
    not_for = facts.not_adult()
    found = facts.pressures(clinic=True)
    if not_for or not found:
        return not_for or missing(input_rule(key).name)
    if not facts.counts(key, found[0].at):
        return too_old(key, pressure_evidence(found[0], key))
    day = found[0].at.astimezone(SHANGHAI).date()
    same = [each for each in found if each.at.astimezone(SHANGHAI).date() == day]
    return _pressure(facts, key, same, Place.CLINIC)


def home_pressure(facts: Facts) -> Outcome:
    """Mean of the home readings of the last days; None of them alone is a class."""
    key = "bp_home"
    rule = input_rule(key)
    not_for = facts.not_adult()
    found = facts.pressures(clinic=False)
    if not_for or not found:
        return not_for or missing(rule.name)
    fresh = [each for each in found if facts.counts(key, each.at)]
    if not fresh:
        return too_old(key, pressure_evidence(found[0], key))
    if len({each.at.astimezone(SHANGHAI).date() for each in fresh}) < rule.least_days:
        note = say("days_few", days=rule.days, least=rule.least_days)
        inputs = tuple(pressure_evidence(each, key) for each in fresh)
        return Outcome(state=RowState.MISSING, note=note, inputs=inputs)
    return _pressure(facts, key, fresh, Place.HOME)


def mean_pressure(readings: list[Reading]) -> tuple[float, float]:
    """Systolic and diastolic, mmHg, each rounded half-up."""
    means = (
        sum(each.values[part] for each in readings) / len(readings)
        for part in ("systolic", "diastolic")
    )
    systolic, diastolic = (rounded(Kind.BLOOD_PRESSURE, each) for each in means)
    return systolic, diastolic


def smoking(facts: Facts) -> Outcome:
    """What the newest entry on smoking says; words that fit no class stay words."""
    found = facts.smoking()
    name = input_rule("smoking").name
    if found is None:
        return missing(name)
    entry, body = found
    said = body.finding.label if body.finding else body.amount.label if body.amount else ""
    told = max(entry.at, entry.updated_at)
    evidence = Evidence(kind="Entry", id=entry.id, name=name, value=said, at=told)
    category = smoking_class(body)
    if not facts.counts("smoking", told):
        return too_old("smoking", evidence)
    note = None if category else say("unread")
    return Outcome(
        state=RowState.KNOWN,
        value=said or None,
        category=category,
        inputs=(evidence,),
        note=note,
    )


def smoking_class(body: LifestyleBody) -> Class | None:
    """Never, former or current, by code, by an end that is given, or by words alone."""
    by_key = {raw["id"]: raw for raw in table()["smoking"]}
    finding = body.finding
    codes = {c.code for c in finding.codings if c.system in (_SNOMED, LOINC)} if finding else set()
    words = finding.label.strip().casefold() if finding else ""
    key = next(
        (k for k, raw in by_key.items() if codes & set(raw["codes"]) or words in raw["words"]),
        None,
    )
    if body.ended is not None and key != "never":
        key = "former"
    if key is None:
        return None
    return Class(key, text_of(by_key[key]), source_of("loinc_smoking"))


def _pressure(facts: Facts, key: str, readings: list[Reading], place: Place) -> Outcome:
    systolic, diastolic = mean_pressure(readings)
    found = classify_bp(systolic, diastolic, person=facts.person, at=facts.now, place=place)
    return Outcome(
        state=RowState.KNOWN,
        value=f"{systolic:.0f}/{diastolic:.0f}",
        category=_class(found),
        inputs=tuple(pressure_evidence(each, key) for each in readings),
    )


def _class(found: DisplayClass | None) -> Class | None:
    return Class(found.id, found.name, found.source) if found else None
