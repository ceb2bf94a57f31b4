"""What goals of plans say of a week: pure.

A result counts as missed only where it is of the time since the plan began: what led to a plan is
no news.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from backend.archive.entry import Entry
from backend.archive.people import pregnant_at
from backend.archive.sections import ObservationBody, PregnancyBody, QuestionnaireBody
from backend.archive.sections.partial_date import PartialDate, Precision
from backend.archive.sections.questionnaire import Item
from backend.care.plans.fitting import Known, has_code
from backend.care.plans.goal import FormGoal, GainGoal, Goal, LabGoal, Level, LossGoal
from backend.care.plans.judging import Sign, State
from backend.care.plans.lab import LabTarget, value_of
from backend.care.plans.plan import local_day
from backend.measurements.thresholds import Person, classify_bmi

_GESTATION = timedelta(days=280)
_WEEK = timedelta(days=7)
_CM_A_METRE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What goals of a resident are judged by. ``entries`` newest first; ``weights`` in kg, the
    mean of a day; ``height`` in cm; ``targets`` of the doctor by the goal's key."""

    entries: Sequence[Entry] = ()
    known: Sequence[Known] = ()
    born: date | None = None
    weights: Mapping[date, float] = field(default_factory=dict)
    height: float | None = None
    targets: Mapping[str, LabTarget] = field(default_factory=dict)


def sign(goal: Goal, found: Found, started: date, monday: date) -> Sign:
    """Of the week from ``monday``."""
    if isinstance(goal, LabGoal):
        return _by_lab(goal, found, started, monday)
    if isinstance(goal, FormGoal):
        return _by_form(goal, found, started, monday)
    if isinstance(goal, LossGoal):
        return Sign(goal.key, _by_loss(goal, found, started, monday))
    return Sign(goal.key, _by_gain(goal, found, monday))


def _by_lab(goal: LabGoal, found: Found, started: date, monday: date) -> Sign:
    own = found.targets.get(goal.key)
    for entry in _in_force(found.entries, goal.lasts_days, monday):
        if not isinstance(entry.body, ObservationBody):
            continue
        value = value_of(entry.body, goal.loinc, goal.units)
        if value is None:
            continue
        state = _state(value, level_of(goal, found.known), own)
        # What the doctor knew when the target was set is no news either.
        old = local_day(entry.at) < started or (own is not None and entry.created_at < own.set_at)
        if state is State.MISSED and old:
            state = State.UNKNOWN
        return Sign(goal.key, state, entry.created_at)
    return Sign(goal.key, State.UNKNOWN)


def _state(value: float, level: Level, own: LabTarget | None) -> State:
    """By the doctor's target where there is one."""
    if own is not None:
        return State.REACHED if own.holds(value) else State.MISSED
    if value < level.reached_below:
        return State.REACHED
    return State.NEAR if value < level.missed_from else State.MISSED


def level_of(goal: LabGoal, known: Sequence[Known]) -> Level:
    """The first one that fits these diagnoses."""
    return next(
        each
        for each in goal.level
        if not each.icd10 or any(has_code(one, (), each.icd10) for one in known)
    )


def _by_form(goal: FormGoal, found: Found, started: date, monday: date) -> Sign:
    for entry in _in_force(found.entries, goal.lasts_days, monday):
        body = entry.body
        if not isinstance(body, QuestionnaireBody) or body.questionnaire is None:
            continue
        if body.questionnaire.split("|")[0] != goal.url or local_day(entry.at) < started:
            continue
        values = [each for item in body.items for each in _answers(item, goal.items)]
        if values:
            state = State.MISSED if max(values) >= goal.missed_from else State.REACHED
            return Sign(goal.key, state, entry.created_at)
    return Sign(goal.key, State.UNKNOWN)


def _answers(item: Item, wanted: Collection[str]) -> list[int]:
    """Values of coded answers, which the engine writes as ``breath-2``."""
    if item.link_id not in wanted:
        return []
    codes = [
        each.result.coding.code or ""
        for each in item.answers
        if each.result is not None and each.result.coding is not None
    ]
    numbers = [each.rpartition("-")[2] for each in codes]
    return [int(each) for each in numbers if each.isdecimal()]


def _by_loss(goal: LossGoal, found: Found, started: date, monday: date) -> State:
    around = timedelta(days=goal.around_days)
    before = _mean(found.weights, started - around, started + around)
    now = _mean(found.weights, monday, monday + timedelta(days=6))
    if now is None:
        return State.UNKNOWN
    if goal.bmi and _bmi_class(found, now, monday) in goal.bmi:
        return State.REACHED
    if before is None or monday <= started:
        return State.UNKNOWN
    change = (now - before) / before * 100
    if change >= goal.gained_percent:
        return State.MISSED
    return State.REACHED if -change >= goal.lost_percent else State.NEAR


def _by_gain(goal: GainGoal, found: Found, monday: date) -> State:
    body = _pregnancy(found.entries, monday)
    lmp = None if body is None else _lmp(body)
    earlier = monday - _WEEK * goal.over_weeks
    if body is None or lmp is None or (body.babies or 1) > 1:
        return State.UNKNOWN
    if earlier < lmp + _WEEK * goal.from_week:
        return State.UNKNOWN
    now = _mean(found.weights, monday, monday + timedelta(days=6))
    then = _mean(found.weights, earlier, earlier + timedelta(days=6))
    row = _row(goal, found, lmp)
    if now is None or then is None or row is None:
        return State.UNKNOWN
    a_week = (now - then) / goal.over_weeks
    low, high = row
    return State.REACHED if low <= a_week <= high else State.MISSED


def _row(goal: GainGoal, found: Found, lmp: date) -> tuple[float, float] | None:
    """By the weight before the pregnancy, or early in it."""
    until = lmp + _WEEK * goal.before_week
    days = [day for day in found.weights if day < until]
    if not days:
        return None
    before = [day for day in days if day <= lmp]
    weight = found.weights[max(before) if before else min(days)]
    named = _bmi_class(found, weight, lmp)
    return next(((each.low, each.high) for each in goal.gain if each.bmi == named), None)


def _bmi_class(found: Found, weight: float, day: date) -> str | None:
    if not found.height or found.born is None:
        return None
    # Of the woman as she was before: classes of BMI do not hold in a pregnancy.
    person = Person(birth_date=found.born)
    at = datetime.combine(day, time(12), UTC)
    bmi = weight / (found.height / _CM_A_METRE) ** 2
    named = classify_bmi(bmi, person=person, at=at)
    return None if named is None else named.id


def _pregnancy(entries: Sequence[Entry], monday: date) -> PregnancyBody | None:
    at = datetime.combine(monday, time(12), UTC)
    bodies = (each.body for each in entries)
    return next((b for b in bodies if isinstance(b, PregnancyBody) and pregnant_at(b, at)), None)


def _lmp(body: PregnancyBody) -> date | None:
    """Only a date that names its day: a month would shift the weeks."""
    if body.lmp is not None and _names_day(body.lmp):
        return local_day(body.lmp.start())
    if body.due is not None and _names_day(body.due):
        return local_day(body.due.start()) - _GESTATION
    return None


def _names_day(at: PartialDate) -> bool:
    return at.precision in (Precision.DAY, Precision.INSTANT)


def _in_force(entries: Sequence[Entry], days: int, monday: date) -> list[Entry]:
    """Newest first, of the time before the week's end."""
    end = monday + timedelta(days=6)
    return [each for each in entries if end - timedelta(days=days) <= local_day(each.at) <= end]


def _mean(weights: Mapping[date, float], first: date, last: date) -> float | None:
    found = [each for day, each in weights.items() if first <= day <= last]
    return sum(found) / len(found) if found else None
