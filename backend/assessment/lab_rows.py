"""Laboratory: glucose, HbA1c, lipids, kidney function."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from backend.assessment.facts import Facts, missing
from backend.assessment.kidney import egfr
from backend.assessment.model import Outcome, RowState
from backend.assessment.table import class_of, rows, say, table


def glucose(facts: Facts) -> Outcome:
    """Fasting glucose: with diabetes against the target, else against diagnostic limits."""
    not_for = facts.not_plain_adult()
    diabetes = facts.diabetes()
    scheme = "glucose_diabetes" if diabetes else "glucose"
    return not_for or _lab(facts, "glucose", scheme)


def hba1c(facts: Facts) -> Outcome:
    """Against the target of people with diabetes; nothing is sourced for others."""
    not_for = facts.not_plain_adult()
    if not_for:
        return not_for
    if facts.diabetes() is None:
        return Outcome(state=RowState.NOT_APPLICABLE, note=say("diabetic_only"))
    return _lab(facts, "hba1c", "hba1c_diabetes")


def lipid(facts: Facts, key: str) -> Outcome:
    """One lipid against the limit for people at low risk."""
    return facts.not_plain_adult() or _lab(facts, key, key)


def kidney(facts: Facts) -> Outcome:
    """eGFR by CKD-EPI 2021 of the newest creatinine, at the age of that day."""
    not_for = facts.not_plain_adult()
    if not_for:
        return not_for
    if facts.sex is None:
        return missing(say("sex"))
    creatinine = facts.lab("creatinine")
    if isinstance(creatinine, Outcome):
        return creatinine
    age = facts.age_on(creatinine.at)
    if age is None or age < table()["adult"]["years"]:
        return Outcome(state=RowState.NOT_APPLICABLE, note=say("adults"))
    value = half_up(egfr(creatinine.value, age=age, sex=facts.sex), 0)
    inputs = (creatinine.evidence, facts.born(), facts.profile("sex", facts.sex))
    return Outcome(
        state=RowState.KNOWN,
        value=f"{value:.0f}",
        number=value,
        category=class_of("kidney", value),
        inputs=inputs,
    )


def half_up(value: float, decimals: int) -> float:
    """As people round; a result is judged as it is shown."""
    step = Decimal(1).scaleb(-decimals)
    return float(Decimal(repr(value)).quantize(step, ROUND_HALF_UP))


def _lab(facts: Facts, key: str, scheme: str) -> Outcome:
    found = facts.lab(key)
    if isinstance(found, Outcome):
        return found
    decimals = next(each.decimals for each in rows() if each.key == key)
    value = half_up(found.value, decimals)
    diabetes = facts.diabetes() if scheme.endswith("_diabetes") else None
    return Outcome(
        state=RowState.KNOWN,
        value=f"{value:.{decimals}f}",
        number=value,
        category=class_of(scheme, value),
        inputs=(found.evidence, *((diabetes,) if diabetes else ())),
    )
