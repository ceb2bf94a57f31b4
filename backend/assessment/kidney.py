"""Estimated glomerular filtration rate (估算肾小球滤过率), CKD-EPI 2021, creatinine."""

from __future__ import annotations

from backend.assessment.table import table
from backend.measurements.thresholds import Sex


def egfr(creatinine: float, *, age: int, sex: Sex) -> float:
    """mL/min/1.73 m2 from serum creatinine in umol/L and completed years, unrounded.

    Inker LA et al., N Engl J Med 2021;385:1737. Raises ValueError for a creatinine that is
    not above 0, and for an age below the adults' for whom the equation was made.
    """
    if creatinine <= 0:
        raise ValueError("a creatinine is above 0")
    if age < table()["adult"]["years"]:
        raise ValueError("the equation is for adults")
    rule = table()["ckd_epi"]
    own = rule[sex]
    ratio = creatinine / rule["umol_per_mg_dl"] / own["kappa"]
    course = min(ratio, 1.0) ** own["alpha"] * max(ratio, 1.0) ** rule["above"]
    return float(rule["scale"] * course * rule["age_base"] ** age * own["factor"])
