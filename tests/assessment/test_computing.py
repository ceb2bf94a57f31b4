"""Known answers and properties of what the assessment computes."""

from __future__ import annotations

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from backend.archive.sections import Coding
from backend.archive.sections.lifestyle import Aspect, LifestyleBody
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.values import coded, named
from backend.assessment.assessing import assess
from backend.assessment.body_rows import index, smoking_class
from backend.assessment.facts import Facts
from backend.assessment.kidney import egfr
from backend.assessment.risk import History, is_clinical, is_diabetes, level
from backend.assessment.table import class_of, input_rule, rows, table
from backend.measurements.thresholds import Person, Place, Sex, classify_bmi, classify_bp
from tests.factories import at

NOW = at("2026-11-22")
MG_DL = 88.4
ICD10 = "http://hl7.org/fhir/sid/icd-10"


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "expected"),
    [
        # At κ both powers are 1: 142 × 0.9938^50, and × 1.012.
        (0.9, 50, "male", 104),
        (0.7, 50, "female", 105),
        # kidney.org's calculator: 1.2 mg/dL, 55 years, man: 71.
        (1.2, 55, "male", 71),
        # Worked from the equation as Inker et al. published it.
        (1.0, 60, "male", 86),
        (1.0, 60, "female", 64),
        (0.5, 30, "female", 129),
        (2.0, 70, "male", 35),
    ],
)
def test_egfr_has_the_published_answers(
    creatinine: float, age: int, sex: Sex, expected: int
) -> None:
    assert round(egfr(creatinine * MG_DL, age=age, sex=sex)) == expected


@given(
    st.floats(20, 1500),
    st.floats(1.001, 2),
    st.integers(18, 100),
    st.sampled_from(["male", "female"]),
)
def test_more_creatinine_or_age_is_never_a_better_kidney(
    creatinine: float, times: float, age: int, sex: Sex
) -> None:
    here = egfr(creatinine, age=age, sex=sex)
    assert 0 < egfr(creatinine * times, age=age, sex=sex) < here
    assert egfr(creatinine, age=age + 1, sex=sex) < here


@pytest.mark.parametrize(("creatinine", "age"), [(0, 40), (-1, 40), (80, 17)])
def test_egfr_refuses_what_the_equation_was_not_made_for(creatinine: float, age: int) -> None:
    with pytest.raises(ValueError, match=r"adults|above 0"):
        egfr(creatinine, age=age, sex="male")


@pytest.mark.parametrize(
    ("weight", "expected"),
    [
        (53.3, "thin"),
        (53.5, "normal"),
        (69.2, "normal"),
        (69.4, "overweight"),
        (80.7, "overweight"),
        (81.0, "obese"),
    ],
)
def test_bmi_has_the_cut_offs_of_the_standard(weight: float, expected: str) -> None:
    found = classify_bmi(index(weight, 170), person=Person(), at=NOW)
    assert found is not None
    assert found.id == expected


@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [
        (119, 79, "normal"),
        (120, 79, "high_normal"),
        (139, 89, "high_normal"),
        (140, 89, "grade_1"),
        (139, 100, "grade_2"),
        (180, 70, "grade_3"),
        (130, 110, "grade_3"),
    ],
)
def test_the_clinic_grade_is_the_higher_of_both_values(
    systolic: float, diastolic: float, expected: str
) -> None:
    found = classify_bp(systolic, diastolic, person=Person(), at=NOW, place=Place.CLINIC)
    assert found is not None
    assert found.id == expected


@pytest.mark.parametrize(
    ("value", "stage"),
    [
        (90, "G1"),
        (89, "G2"),
        (60, "G2"),
        (59, "G3a"),
        (45, "G3a"),
        (44, "G3b"),
        (29, "G4"),
        (14, "G5"),
    ],
)
def test_kidney_stages_begin_at_their_limits(value: float, stage: str) -> None:
    assert class_of("kidney", value).key == stage


def test_the_risk_table_is_the_guidelines_and_is_empty_below_its_first_column() -> None:
    pressures = [(1, 132, 80), (2, 145, 80), (3, 165, 80), (4, 185, 80)]

    def line(factors: int, history: History) -> list[str | None]:
        found = [level(rank, s, d, factors, history) for rank, s, d in pressures]
        return [each.key if each else None for each in found]

    assert line(0, History()) == [None, "low", "moderate", "high"]
    assert line(2, History()) == ["low", "moderate", "moderate_high", "very_high"]
    many = ["moderate_high", "high", "high", "very_high"]
    assert line(3, History()) == line(0, History(diabetes=True)) == many
    assert line(0, History(egfr=59)) == many
    clinical = ["high_very_high", "very_high", "very_high", "very_high"]
    assert line(0, History(clinical=True)) == line(0, History(egfr=29)) == clinical
    assert level(0, 118, 70, 5, History(clinical=True)) is None
    assert level(1, 125, 82, 5, History(clinical=True)) is None


def test_diabetes_is_clinical_only_where_its_code_names_a_complication() -> None:
    def codes(code: str) -> list[Coding]:
        return [Coding(system=ICD10, code=code)]

    assert is_clinical(codes("I21.9"))
    assert is_clinical(codes("E11.2"))
    assert not is_clinical(codes("E11.9"))
    assert not is_clinical(codes("I10"))
    assert is_diabetes(codes("E11.9"))
    assert not is_diabetes(codes("O24.4"))


def test_smoking_is_classed_by_code_by_an_end_or_by_words_alone() -> None:
    def key(body: LifestyleBody) -> str | None:
        found = smoking_class(body)
        return found.key if found else None

    def said(words: str, **more: PartialDate) -> LifestyleBody:
        return LifestyleBody(aspect=Aspect.SMOKING, finding=named(words), **more)

    assert key(said("从不吸烟")) == "never"
    assert key(said("吸烟")) == "current"
    assert key(said("吸烟", ended=PartialDate("2015"))) == "former"
    assert key(said("被动吸烟")) is None
    snomed = coded("http://snomed.info/sct", "8517006", text="ex-smoker")
    assert key(LifestyleBody(aspect=Aspect.SMOKING, finding=snomed)) == "former"


def test_every_row_names_its_source_and_an_empty_record_shows_no_value() -> None:
    adult = Facts(resident_id=ObjectId(), now=NOW, birth_date=at("1960-01-01").date(), sex="female")
    found = assess(adult)
    assert [each.key for each in rows()] == sorted(found, key=[r.key for r in rows()].index)
    assert {each.value for each in found.values()} == {None}
    assert {each.state for each in found.values()} == {"missing", "not_applicable"}
    child = Facts(resident_id=ObjectId(), now=NOW, birth_date=at("2015-01-01").date())
    assert {key for key, each in assess(child).items() if each.state == "missing"} == {"smoking"}
    for rule in rows():
        assert rule.source.zh
        assert rule.change.en
    for key, raw in table()["input"].items():
        assert raw["source"]
        assert input_rule(key).days > 0
