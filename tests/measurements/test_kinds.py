from __future__ import annotations

import pytest

from backend.measurements.draft import Kind, Meal
from backend.measurements.kinds import all_specs, spec
from backend.measurements.units import component_spec, find

ALL_COMPONENTS = [(kind, name) for kind in Kind for name in spec(kind).components]


def test_every_kind_is_described_in_both_languages() -> None:
    assert list(all_specs()) == list(Kind)
    assert all(all_specs()[kind].zh and all_specs()[kind].en for kind in Kind)


@pytest.mark.parametrize(("kind", "name"), ALL_COMPONENTS)
def test_a_component_is_complete_and_its_limits_are_nested(kind: Kind, name: str) -> None:
    part = component_spec(kind, name)
    assert part.zh
    assert part.en
    assert part.units[0] == part.unit
    assert [find(part, unit).code for unit in part.units] == list(part.units)
    assert part.limits[0].from_age == 0
    assert [band.from_age for band in part.limits] == sorted({b.from_age for b in part.limits})
    for band in part.limits:
        assert band.source
        (floor, ceiling), (low, high) = band.impossible, band.unlikely
        assert floor <= low < high <= ceiling


@pytest.mark.parametrize("kind", Kind)
def test_relations_name_components_that_exist(kind: Kind) -> None:
    described = spec(kind)
    for relation in described.relations:
        assert {relation.greater, *relation.parts} <= set(described.components)


@pytest.mark.parametrize(
    ("kind", "component", "code"),
    [
        (Kind.BLOOD_PRESSURE, "systolic", "8480-6"),
        (Kind.BLOOD_PRESSURE, "diastolic", "8462-4"),
        (Kind.HEART_RATE, "rate", "8867-4"),
        (Kind.WEIGHT, "weight", "29463-7"),
        (Kind.HEIGHT, "height", "8302-2"),
        (Kind.BMI, "bmi", "39156-5"),
        (Kind.WAIST, "waist", "8280-0"),
        (Kind.SPO2, "spo2", "59408-5"),
        (Kind.TEMPERATURE, "temperature", "8310-5"),
        (Kind.SLEEP, "duration", "93832-4"),
        (Kind.STEPS, "count", "55423-8"),
    ],
)
def test_codes_are_those_of_the_clinical_reference(kind: Kind, component: str, code: str) -> None:
    assert component_spec(kind, component).loinc == code


def test_blood_pressure_is_a_panel() -> None:
    assert spec(Kind.BLOOD_PRESSURE).panel_loinc == "85354-9"


def test_glucose_has_its_own_code_when_fasting() -> None:
    glucose = component_spec(Kind.GLUCOSE, "glucose")
    assert glucose.loinc_for(Meal.FASTING) == "14770-2"
    assert glucose.loinc_for(Meal.AFTER_MEAL) == "14743-9"
    assert glucose.loinc_for(None) == "14743-9"


def test_only_glucose_goes_by_meals_and_only_symptoms_need_words() -> None:
    assert [kind for kind in Kind if spec(kind).meal] == [Kind.GLUCOSE]
    assert [kind for kind in Kind if spec(kind).note_required] == [Kind.SYMPTOM]
