from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.measurements.draft import Kind, Quantity
from backend.measurements.errors import ComponentUnknown, UnitUnfit, UnitUnknown
from backend.measurements.kinds import spec
from backend.measurements.units import code_of, from_canonical, is_unit, to_canonical

EVERY_UNIT = [
    (kind, name, unit)
    for kind in Kind
    for name, part in spec(kind).components.items()
    for unit in part.units
]


@pytest.mark.parametrize(
    ("kind", "component", "value", "unit", "expected"),
    [
        (Kind.GLUCOSE, "glucose", 180.182, "mg/dL", 10.0),
        (Kind.GLUCOSE, "glucose", 126, "MG/DL", 6.99292937141),
        (Kind.GLUCOSE, "glucose", 5.6, "mmol<180.1558800000541>/L", 5.6),
        (Kind.GLUCOSE, "glucose", 0.0056, "mol/L", 5.6),
        (Kind.GLUCOSE, "glucose", 30, "kg/L", 166498.318367),
        (Kind.WEIGHT, "weight", 140, "斤", 70.0),
        (Kind.WEIGHT, "weight", 154, "lb", 69.85322498),
        (Kind.WEIGHT, "weight", 154, "lbs.", 69.85322498),
        (Kind.WEIGHT, "weight", 11, "st", 69.85322498),
        (Kind.WEIGHT, "weight", 3250, "g", 3.25),
        (Kind.WEIGHT, "weight", 70.5, "公斤", 70.5),
        (Kind.WEIGHT, "weight", 70.5, "千克", 70.5),
        (Kind.WEIGHT, "weight", 70.5, "㎏", 70.5),
        (Kind.TEMPERATURE, "temperature", 98.6, "℉", 37.0),
        (Kind.TEMPERATURE, "temperature", 98.6, "°F", 37.0),
        (Kind.TEMPERATURE, "temperature", 36.6, "℃", 36.6),
        (Kind.TEMPERATURE, "temperature", 36.6, "度", 36.6),
        (Kind.HEIGHT, "height", 1.75, "m", 175.0),
        (Kind.HEIGHT, "height", 175, "厘米", 175.0),
        (Kind.HEIGHT, "height", 70, "in", 177.8),
        (Kind.HEIGHT, "height", 6, "ft", 182.88),
        (Kind.WAIST, "waist", 2.7, "尺", 90.0),
        (Kind.BLOOD_PRESSURE, "systolic", 16, "kPa", 120.0098498025),
        (Kind.BLOOD_PRESSURE, "systolic", 120, "毫米汞柱", 120.0),
        (Kind.BLOOD_PRESSURE, "systolic", 120, " ｍｍ Ｈｇ ", 120.0),
        (Kind.BLOOD_PRESSURE, "pulse", 70, "次/分", 70.0),
        (Kind.HEART_RATE, "rate", 70, "bpm", 70.0),
        (Kind.HEART_RATE, "rate", 70, "count/min", 70.0),
        (Kind.SPO2, "spo2", 0.97, "1", 97.0),
        (Kind.SPO2, "spo2", 97, "％", 97.0),
        (Kind.SLEEP, "duration", 7.5, "h", 450.0),
        (Kind.SLEEP, "duration", 7.5, "小时", 450.0),
        (Kind.SLEEP, "deep", 90, "分", 90.0),
        (Kind.SLEEP, "deep", 5400, "s", 90.0),
        (Kind.MOOD, "score", 4, "分", 4.0),
        (Kind.STEPS, "count", 8421, "步", 8421.0),
        (Kind.STEPS, "count", 8421, "count", 8421.0),
        (Kind.EXERCISE, "distance", 3.1, "mi", 4988.9664),
        (Kind.EXERCISE, "energy", 418.4, "kJ", 100.0),
        (Kind.BMI, "bmi", 22.5, "kg/m²", 22.5),
    ],
)
def test_units_as_people_and_devices_write_them(
    kind: Kind, component: str, value: float, unit: str, expected: float
) -> None:
    assert to_canonical(kind, component, Quantity(value, unit)) == pytest.approx(
        expected, rel=1e-11
    )


def test_conversion_leaves_no_binary_noise() -> None:
    assert to_canonical(Kind.TEMPERATURE, "temperature", Quantity(98.6, "℉")) == 37.0
    assert from_canonical(Kind.TEMPERATURE, "temperature", 37.0, "℉") == 98.6
    assert to_canonical(Kind.HEIGHT, "height", Quantity(1.1, "m")) == 110.0
    kilopascal = to_canonical(Kind.BLOOD_PRESSURE, "systolic", Quantity(16, "kPa"))
    assert from_canonical(Kind.BLOOD_PRESSURE, "systolic", kilopascal, "kPa") == 16.0


@given(value=st.floats(0, 1e6))
def test_a_value_in_the_canonical_unit_is_kept_to_the_bit(value: float) -> None:
    assert to_canonical(Kind.WEIGHT, "weight", Quantity(value, "kg")) == value


@given(case=st.sampled_from(EVERY_UNIT), value=st.floats(0.001, 1e6))
def test_every_unit_gives_back_what_was_entered(case: tuple[Kind, str, str], value: float) -> None:
    kind, name, unit = case
    canonical = to_canonical(kind, name, Quantity(value, unit))
    back = from_canonical(kind, name, canonical, unit)
    # Offsets of temperature scales cost absolute, not relative, precision.
    assert back == pytest.approx(value, rel=1e-8, abs=1e-7)


@given(
    case=st.sampled_from(EVERY_UNIT),
    smaller=st.floats(0.001, 1e5),
    factor=st.floats(1.001, 100),
)
def test_conversion_keeps_the_order(
    case: tuple[Kind, str, str], smaller: float, factor: float
) -> None:
    kind, name, unit = case
    low = to_canonical(kind, name, Quantity(smaller, unit))
    assert low < to_canonical(kind, name, Quantity(smaller * factor, unit))


def test_an_unknown_unit_is_refused_with_what_would_be_taken() -> None:
    with pytest.raises(UnitUnknown) as refused:
        to_canonical(Kind.WEIGHT, "weight", Quantity(70, "bananas"))
    assert refused.value.data == {
        "unit": "bananas",
        "component": "weight",
        "accepted": ["kg", "jin", "[lb_av]", "[stone_av]", "g", "[oz_av]"],
    }


@pytest.mark.parametrize(
    ("kind", "component", "unit"),
    [
        (Kind.GLUCOSE, "glucose", "kg"),
        (Kind.BLOOD_PRESSURE, "systolic", "mmol/L"),
        (Kind.TEMPERATURE, "temperature", "cm"),
        (Kind.SPO2, "spo2", "mmHg"),
    ],
)
def test_a_unit_of_something_else_is_unfit(kind: Kind, component: str, unit: str) -> None:
    with pytest.raises(UnitUnfit):
        to_canonical(kind, component, Quantity(1, unit))
    with pytest.raises(UnitUnfit):
        from_canonical(kind, component, 1, unit)


def test_a_component_of_another_kind_is_unknown() -> None:
    with pytest.raises(ComponentUnknown):
        to_canonical(Kind.WEIGHT, "systolic", Quantity(1, "kg"))


def test_a_long_unit_is_quoted_in_part_only() -> None:
    with pytest.raises(UnitUnknown) as refused:
        to_canonical(Kind.WEIGHT, "weight", Quantity(1, "x" * 100_000))
    assert len(refused.value.data["unit"]) == 40


def test_written_units_have_one_code() -> None:
    assert code_of(Kind.BLOOD_PRESSURE, "systolic", "毫米汞柱") == "mm[Hg]"
    assert is_unit("毫米汞柱")
    assert not is_unit("收缩压")
