"""The risk row: which factors are known, and the level that they reach at least."""

from __future__ import annotations

from collections.abc import Mapping

from backend.assessment import risk
from backend.assessment.body_rows import mean_pressure
from backend.assessment.facts import Facts
from backend.assessment.model import Evidence, Outcome, RowState
from backend.assessment.table import Class, listed, say, table
from backend.measurements.thresholds import Place, Text, classify_bp

LIPIDS = {"total_cholesterol": "high", "ldl": "high", "hdl": "low"}
"""Those that the guideline counts, and the class that counts."""


def cardiovascular_risk(facts: Facts, known: Mapping[str, Outcome]) -> Outcome:
    """The level by clinic grade and what else is ``known``, an estimate and a lower bound."""
    not_for = facts.not_plain_adult()
    pressure = known["blood_pressure_clinic"]
    if not_for:
        return not_for
    if pressure.state is not RowState.KNOWN:
        return Outcome(state=pressure.state, note=pressure.note, inputs=pressure.inputs)
    factors = _factors(facts, known)
    clinical, diabetes = facts.clinical(), facts.diabetes()
    history = risk.History(
        clinical=clinical is not None,
        diabetes=diabetes is not None,
        egfr=known["kidney"].number,
    )
    count = sum(1 for each in factors.values() if each)
    found = _level(facts, pressure, count, history)
    if found is None:
        return Outcome(state=RowState.NOT_APPLICABLE, note=say("no_class"), inputs=pressure.inputs)
    return Outcome(
        state=RowState.KNOWN,
        value=None,
        category=found,
        inputs=_inputs(facts, known, factors, (clinical, diabetes)),
        note=_note(factors, history),
        estimate=True,
    )


def _level(facts: Facts, pressure: Outcome, count: int, history: risk.History) -> Class | None:
    used = {each.id for each in pressure.inputs}
    readings = [each for each in facts.pressures(clinic=True) if each.id in used]
    systolic, diastolic = mean_pressure(readings)
    grade = classify_bp(systolic, diastolic, person=facts.person, at=facts.now, place=Place.CLINIC)
    return risk.level(grade.rank, systolic, diastolic, count, history) if grade else None


def _factors(facts: Facts, known: Mapping[str, Outcome]) -> dict[str, bool | None]:
    """Each factor: there, not there, or None where it is not known."""
    return {
        "age": _old(facts),
        "smoking": _is(known["smoking"], "current"),
        "glucose": _impaired(known["glucose"]),
        "lipids": _any(*(_is(known[key], low_high) for key, low_high in LIPIDS.items())),
        "obesity": _any(_is(known["bmi"], "obese"), _is(known["waist"], "central_obesity")),
    }


def _old(facts: Facts) -> bool | None:
    if facts.sex is None or facts.age is None:
        return None
    limit: int = table()["risk"][f"age_{facts.sex}"]
    return facts.age > limit


def _impaired(glucose: Outcome) -> bool | None:
    if glucose.number is None:
        return None
    low, high = table()["risk"]["impaired_glucose"]
    return bool(low <= glucose.number < high)


def _is(outcome: Outcome, key: str) -> bool | None:
    return outcome.category.key == key if outcome.category else None


def _any(*each: bool | None) -> bool | None:
    if any(each):
        return True
    return None if None in each else False


def _inputs(
    facts: Facts,
    known: Mapping[str, Outcome],
    factors: Mapping[str, bool | None],
    illnesses: tuple[Evidence | None, ...],
) -> tuple[Evidence, ...]:
    used = ["blood_pressure_clinic", "smoking", "glucose", *LIPIDS, "bmi", "waist", "kidney"]
    found = [each for key in used for each in known[key].inputs if known[key].category]
    if factors["age"] is not None:
        found.append(facts.born())
    return tuple(dict.fromkeys([*found, *(each for each in illnesses if each)]))


def _note(factors: Mapping[str, bool | None], history: risk.History) -> Text:
    counted = [risk.factor_name(key) for key, there in factors.items() if there]
    counted += [risk.factor_name("diabetes")] if history.diabetes else []
    counted += [risk.factor_name("clinical")] if history.clinical else []
    organ = table()["risk"]["egfr_organ"]
    unknown = [risk.factor_name(key) for key, there in factors.items() if there is None]
    if history.egfr is None:
        unknown.append(risk.factor_name("kidney"))
    elif history.egfr < organ:
        counted.append(risk.factor_name("kidney"))
    return say("at_least", counted=listed(counted), unknown=listed(unknown))
