from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from backend.measurements.draft import Kind, Quantity
from backend.measurements.errors import (
    NeedsConfirmation,
    PlausibilityImpossible,
    TimeBeforeBirth,
    TimeEndBeforeStart,
    TimeInFuture,
    TimeOffsetInvalid,
    TimeTooOld,
    TimeWithoutOffset,
    ValueInfinite,
    ValueNegative,
    ValueNotANumber,
)
from backend.measurements.plausibility import age_at, check_number, check_times, check_values
from backend.measurements.units import to_canonical

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def check(
    kind: Kind,
    entered: dict[str, tuple[float, str]],
    age: float | None = 60,
    confirmed: bool = False,
) -> None:
    sent = {name: Quantity(*pair) for name, pair in entered.items()}
    values = {name: to_canonical(kind, name, quantity) for name, quantity in sent.items()}
    check_values(kind, values, sent, age=age, confirmed=confirmed)


def test_milligrams_sent_as_millimoles_are_impossible_and_the_unit_is_suggested() -> None:
    with pytest.raises(PlausibilityImpossible) as refused:
        check(Kind.GLUCOSE, {"glucose": (140, "mmol/L")})
    assert refused.value.data == {
        "rule": "limits",
        "component": "glucose",
        "low": 0.3,
        "high": 100.0,
        "unit": "mmol/L",
        "side": "high",
        "suggested_unit": "mg/dL",
    }


@pytest.mark.parametrize(
    ("kind", "component", "value", "unit", "suggested"),
    [
        (Kind.TEMPERATURE, "temperature", 98.6, "Cel", "[degF]"),
        (Kind.HEIGHT, "height", 1.75, "cm", "m"),
        (Kind.SPO2, "spo2", 0.97, "%", "1"),
        (Kind.GLUCOSE, "glucose", 30, "kg/L", "mmol/L"),
        (Kind.WEIGHT, "weight", 9e9, "kg", None),
    ],
)
def test_a_wrong_unit_is_recognised_where_another_would_fit(
    kind: Kind, component: str, value: float, unit: str, suggested: str | None
) -> None:
    with pytest.raises(PlausibilityImpossible) as refused:
        check(kind, {component: (value, unit)})
    assert refused.value.data["suggested_unit"] == suggested


def test_kilopascals_sent_as_millimetres_are_recognised() -> None:
    with pytest.raises(PlausibilityImpossible) as refused:
        check(Kind.BLOOD_PRESSURE, {"systolic": (18, "mmHg"), "diastolic": (11, "mmHg")})
    assert refused.value.data["suggested_unit"] == "kPa"


def test_confirming_does_not_make_the_impossible_possible() -> None:
    with pytest.raises(PlausibilityImpossible):
        check(Kind.GLUCOSE, {"glucose": (140, "mmol/L")}, confirmed=True)


@pytest.mark.parametrize(("systolic", "diastolic"), [(80, 120), (90, 90)])
def test_systolic_must_lie_above_diastolic(systolic: float, diastolic: float) -> None:
    with pytest.raises(PlausibilityImpossible) as refused:
        check(
            Kind.BLOOD_PRESSURE,
            {"systolic": (systolic, "mmHg"), "diastolic": (diastolic, "mmHg")},
            confirmed=True,
        )
    assert refused.value.data["rule"] == "systolic_above_diastolic"
    assert refused.value.message("zh") == "systolic 应高于 diastolic，请检查是否填反"
    assert "swapped" in refused.value.message("en")


def test_the_unlikely_asks_to_confirm_and_then_passes() -> None:
    reading = {"glucose": (40.0, "mmol/L")}
    with pytest.raises(NeedsConfirmation) as asked:
        check(Kind.GLUCOSE, reading)
    assert (asked.value.data["low"], asked.value.data["high"]) == (1.1, 33.3)
    assert asked.value.data["suggested_unit"] == "mg/dL"
    assert "33.3" in asked.value.message("zh")
    check(Kind.GLUCOSE, reading, confirmed=True)


def test_all_unlikely_components_are_asked_about_at_once() -> None:
    with pytest.raises(NeedsConfirmation) as asked:
        check(Kind.BLOOD_PRESSURE, {"systolic": (260, "mmHg"), "diastolic": (170, "mmHg")})
    named = [reason["component"] for reason in asked.value.data["reasons"]]
    assert named == ["systolic", "diastolic"]


def test_a_mean_pressure_below_the_diastolic_asks_to_confirm() -> None:
    reading = {"systolic": (120.0, "mmHg"), "diastolic": (80.0, "mmHg"), "mean": (70.0, "mmHg")}
    with pytest.raises(NeedsConfirmation) as asked:
        check(Kind.BLOOD_PRESSURE, reading)
    assert asked.value.data["rule"] == "mean_not_below_diastolic"


def test_sleep_stages_longer_than_the_sleep_ask_to_confirm() -> None:
    parts = {"deep": (200.0, "min"), "light": (200.0, "min")}
    check(Kind.SLEEP, {"duration": (396.0, "min"), **parts})
    with pytest.raises(NeedsConfirmation) as asked:
        check(Kind.SLEEP, {"duration": (390.0, "min"), **parts})
    assert asked.value.data["rule"] == "stages_within_duration"


def test_twelve_kilograms_fit_a_toddler_are_unlikely_for_an_adult() -> None:
    check(Kind.WEIGHT, {"weight": (12, "kg")}, age=2.5)
    with pytest.raises(NeedsConfirmation):
        check(Kind.WEIGHT, {"weight": (12, "kg")}, age=40)


def test_sixty_kilograms_fit_an_adult_and_no_baby() -> None:
    check(Kind.WEIGHT, {"weight": (60, "kg")}, age=40)
    with pytest.raises(PlausibilityImpossible) as refused:
        check(Kind.WEIGHT, {"weight": (60, "kg")}, age=0.5)
    assert refused.value.data["high"] == 35.0


def test_at_unknown_age_only_what_no_age_allows_is_impossible() -> None:
    with pytest.raises(NeedsConfirmation):
        check(Kind.WEIGHT, {"weight": (3.2, "kg")}, age=None)
    check(Kind.WEIGHT, {"weight": (3.2, "kg")}, age=None, confirmed=True)
    with pytest.raises(PlausibilityImpossible):
        check(Kind.WEIGHT, {"weight": (651, "kg")}, age=None)


def test_the_limits_themselves_are_allowed() -> None:
    check(Kind.SPO2, {"spo2": (100, "%")})
    with pytest.raises(PlausibilityImpossible):
        check(Kind.SPO2, {"spo2": (100.1, "%")}, confirmed=True)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (math.nan, ValueNotANumber),
        (True, ValueNotANumber),
        ("120", ValueNotANumber),
        (None, ValueNotANumber),
        (math.inf, ValueInfinite),
        (-math.inf, ValueInfinite),
        (10**400, ValueInfinite),
        (-1, ValueNegative),
        (-0.001, ValueNegative),
    ],
)
def test_what_is_no_usable_number_has_its_own_code(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        check_number("systolic", value)


@pytest.mark.parametrize(
    ("at", "error"),
    [
        (NOW.replace(tzinfo=None), TimeWithoutOffset),
        (NOW + timedelta(minutes=11), TimeInFuture),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))), TimeInFuture),
        (datetime(1899, 12, 31, tzinfo=UTC), TimeTooOld),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), TimeTooOld),
        (NOW.replace(tzinfo=timezone(timedelta(hours=15))), TimeOffsetInvalid),
        (NOW.replace(tzinfo=timezone(timedelta(hours=8, seconds=43))), TimeOffsetInvalid),
    ],
)
def test_an_impossible_time_has_its_own_code(at: datetime, error: type[Exception]) -> None:
    with pytest.raises(error):
        check_times(at, None, now=NOW, birth_date=None)
    with pytest.raises((error, TimeEndBeforeStart)):
        check_times(NOW, at, now=NOW, birth_date=None)


def test_a_clock_may_run_ten_minutes_ahead() -> None:
    check_times(NOW + timedelta(minutes=10), None, now=NOW, birth_date=None)


def test_nothing_is_measured_before_birth() -> None:
    born = date(1952, 3, 4)
    check_times(datetime(1952, 3, 4, tzinfo=UTC), None, now=NOW, birth_date=born)
    with pytest.raises(TimeBeforeBirth):
        check_times(datetime(1952, 3, 3, 23, 59, tzinfo=UTC), None, now=NOW, birth_date=born)


def test_the_day_of_birth_counts_in_the_readings_own_zone() -> None:
    shanghai = timezone(timedelta(hours=8))
    at = datetime(1952, 3, 4, 1, 0, tzinfo=shanghai)
    check_times(at, None, now=NOW, birth_date=date(1952, 3, 4))


def test_the_end_may_not_lie_before_the_start() -> None:
    check_times(NOW, NOW, now=NOW, birth_date=None)
    with pytest.raises(TimeEndBeforeStart):
        check_times(NOW, NOW - timedelta(seconds=1), now=NOW, birth_date=None)


def test_age_in_years() -> None:
    assert age_at(NOW, None) is None
    assert age_at(NOW, date(2026, 11, 21)) == 0
    assert age_at(NOW, date(1956, 11, 21)) == pytest.approx(70, abs=0.01)
