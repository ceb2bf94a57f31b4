"""The guideline's risk table (心血管风险水平分层). Pure.

Second-hand: the table was taken from a copy, so what it says is shown as an estimate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.archive.sections.tables import ICD10_SYSTEMS
from backend.archive.sections.values import Coding
from backend.assessment.table import Class, source_of, table, text_of
from backend.measurements.thresholds import Text

FACTORS = ("age", "smoking", "glucose", "lipids", "obesity")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Illnesses the table asks about."""

    clinical: bool = False
    diabetes: bool = False
    egfr: float | None = None


def level(
    grade: int, systolic: float, diastolic: float, factors: int, history: History
) -> Class | None:
    """The level for a clinic grade (0 normal, 1 high-normal, 2 to 4 grades 1 to 3).

    None where the table has no level: not raised, or 130/85 not reached.
    """
    rule = table()["risk"]
    start = rule["high_normal_from"]
    if grade == 0 or not (systolic >= start["systolic"] or diastolic >= start["diastolic"]):
        return None
    key = rule["table"][_line(factors, history)][grade - 1]
    return Class(key, text_of(rule["names"][key]), source_of(rule["source"])) if key else None


def factor_name(key: str) -> Text:
    return text_of(table()["risk"]["factors"][key])


def is_clinical(codes: Iterable[Coding]) -> bool:
    """Heart, brain or vessel disease of the table, or diabetes with complications (ICD-10)."""
    rule = table()["risk"]
    return any(
        _within(code, rule["clinical_icd10"])
        or (_within(code, rule["diabetes_icd10"]) and _complicated(code))
        for code in _icd10(codes)
    )


def is_diabetes(codes: Iterable[Coding]) -> bool:
    return any(_within(code, table()["risk"]["diabetes_icd10"]) for code in _icd10(codes))


def _line(factors: int, history: History) -> str:
    rule = table()["risk"]
    kidney = history.egfr
    if history.clinical or (kidney is not None and kidney < rule["egfr_clinical"]):
        return "clinical"
    organ = kidney is not None and kidney < rule["egfr_organ"]
    if organ or history.diabetes or factors >= rule["many_factors"]:
        return "many"
    return "few" if factors else "none"


def _icd10(codes: Iterable[Coding]) -> list[str]:
    return [each.code.upper() for each in codes if each.system in ICD10_SYSTEMS and each.code]


def _within(code: str, ranges: list[str]) -> bool:
    pairs = (each.split("-") for each in ranges)
    return any(first <= code[: len(first)] <= last for first, last in pairs)


def _complicated(code: str) -> bool:
    # "E11" alone says nothing of complications, "E11.9" says there are none.
    return len(code) > 3 and not code[3:].startswith(table()["risk"]["uncomplicated_diabetes"])
