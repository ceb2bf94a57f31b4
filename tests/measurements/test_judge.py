from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.measurements.draft import Kind, Meal
from backend.measurements.judge import Finding, Judgement, Rule, judge, judge_all, with_red_flag
from backend.measurements.judge.texts import words
from backend.measurements.thresholds import (
    UNKNOWN_PERSON,
    Direction,
    Level,
    Override,
    Person,
    Place,
    Sex,
)

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=timezone(timedelta(hours=8)))
FATHER = Person(
    birth_date=date(1952, 3, 1), sex="male", conditions=frozenset({"diabetes", "hypertension"})
)
DAUGHTER = Person(birth_date=date(1994, 6, 1), sex="female", pregnant=True)
MOTHER = Person(birth_date=date(1955, 1, 1), sex="female", conditions=frozenset({"copd"}))
SPO2_RANGE = Override(
    kind=Kind.SPO2,
    component="spo2",
    low=88,
    high=92,
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
    set_by="王医生",
)


def pressure(systolic: float, diastolic: float, person: Person = FATHER) -> Judgement:
    values = {"systolic": systolic, "diastolic": diastolic}
    judgement = judge(Kind.BLOOD_PRESSURE, values, at=NOW, person=person)
    assert judgement is not None
    return judgement


def single(
    kind: Kind, value: float, person: Person = FATHER, meal: Meal | None = None
) -> Judgement:
    component = {Kind.HEART_RATE: "rate", Kind.SLEEP: "duration"}.get(kind, kind.value)
    judgement = judge(kind, {component: value}, meal=meal, at=NOW, person=person)
    assert judgement is not None
    return judgement


def found(judgement: Judgement) -> Finding:
    assert judgement.finding is not None
    return judgement.finding


class TestLevels:
    @pytest.mark.parametrize(
        ("systolic", "diastolic", "level"),
        [
            (134, 84, None),
            (135, 70, Level.NOTICE),
            (120, 85, Level.NOTICE),
            (159, 99, Level.NOTICE),
            (160, 70, Level.HIGH),
            (120, 100, Level.HIGH),
            (179, 109, Level.HIGH),
            (180, 70, Level.URGENT),
            (120, 110, Level.URGENT),
            (240, 140, Level.URGENT),
            (89, 60, Level.NOTICE),
            (90, 60, None),
        ],
    )
    def test_blood_pressure_at_home(
        self, systolic: float, diastolic: float, level: Level | None
    ) -> None:
        judgement = pressure(systolic, diastolic)
        assert judgement.level is level
        assert judgement.in_target is (level is None)

    @pytest.mark.parametrize(
        ("value", "meal", "person", "level"),
        [
            (2.9, None, FATHER, Level.URGENT),
            (3.0, None, FATHER, Level.HIGH),
            (3.9, None, FATHER, Level.HIGH),
            (4.0, Meal.BEDTIME, FATHER, None),
            (4.3, Meal.FASTING, FATHER, Level.NOTICE),
            (4.4, Meal.FASTING, FATHER, None),
            (7.0, Meal.FASTING, FATHER, None),
            (7.1, Meal.FASTING, FATHER, Level.NOTICE),
            (9.9, Meal.AFTER_MEAL, FATHER, None),
            (10.0, Meal.AFTER_MEAL, FATHER, Level.NOTICE),
            (13.9, None, FATHER, Level.NOTICE),
            (14.0, None, FATHER, Level.HIGH),
            (16.6, None, FATHER, Level.HIGH),
            (16.7, None, FATHER, Level.URGENT),
            (6.0, Meal.FASTING, UNKNOWN_PERSON, None),
            (6.1, Meal.FASTING, UNKNOWN_PERSON, Level.NOTICE),
            (7.0, Meal.FASTING, UNKNOWN_PERSON, Level.HIGH),
            (11.0, None, UNKNOWN_PERSON, None),
            (11.1, None, UNKNOWN_PERSON, Level.HIGH),
            (5.1, Meal.FASTING, DAUGHTER, Level.NOTICE),
        ],
    )
    def test_glucose_by_meal_and_diagnosis(
        self, value: float, meal: Meal | None, person: Person, level: Level | None
    ) -> None:
        assert single(Kind.GLUCOSE, value, person, meal).level is level

    @pytest.mark.parametrize(
        ("kind", "value", "level"),
        [
            (Kind.SPO2, 94, None),
            (Kind.SPO2, 93, Level.HIGH),
            (Kind.SPO2, 90, Level.HIGH),
            (Kind.SPO2, 89, Level.URGENT),
            (Kind.TEMPERATURE, 37.2, None),
            (Kind.TEMPERATURE, 37.3, Level.NOTICE),
            (Kind.TEMPERATURE, 39.0, Level.HIGH),
            (Kind.TEMPERATURE, 35.0, Level.HIGH),
            (Kind.HEART_RATE, 40, Level.URGENT),
            (Kind.HEART_RATE, 50, Level.NOTICE),
            (Kind.HEART_RATE, 72, None),
            (Kind.HEART_RATE, 101, Level.NOTICE),
            (Kind.HEART_RATE, 111, Level.HIGH),
            (Kind.HEART_RATE, 131, Level.URGENT),
            (Kind.BMI, 18.4, Level.NOTICE),
            (Kind.BMI, 28.0, Level.NOTICE),
            (Kind.WAIST, 90, Level.NOTICE),
        ],
    )
    def test_the_other_kinds(self, kind: Kind, value: float, level: Level | None) -> None:
        assert single(kind, value).level is level

    @pytest.mark.parametrize(
        ("kind", "value"), [(Kind.BMI, 25.0), (Kind.WAIST, 87), (Kind.SLEEP, 300)]
    )
    def test_outside_the_target_may_still_be_nothing_to_tell(
        self, kind: Kind, value: float
    ) -> None:
        judgement = single(kind, value)
        assert judgement.in_target is False
        assert judgement.finding is None
        assert judgement.reason is judgement.what_to_do is judgement.source is None

    def test_pregnancy_makes_140_over_90_urgent(self) -> None:
        assert pressure(140, 80, DAUGHTER).level is Level.URGENT
        assert pressure(120, 90, DAUGHTER).level is Level.URGENT
        assert pressure(139, 89, DAUGHTER).level is Level.NOTICE

    def test_the_clinic_is_judged_by_the_clinics_limits(self) -> None:
        values = {"systolic": 138.0, "diastolic": 88.0}
        judged = judge(Kind.BLOOD_PRESSURE, values, at=NOW, person=FATHER, place=Place.CLINIC)
        assert judged is not None
        assert judged.in_target is True

    def test_a_meters_mg_per_dl_is_judged_at_the_guidelines_precision(self) -> None:
        assert single(Kind.GLUCOSE, 54 / 18.016).level is Level.HIGH
        assert single(Kind.GLUCOSE, 126 / 18.016, UNKNOWN_PERSON, Meal.FASTING).level is Level.HIGH

    def test_the_doctors_range_is_the_target_and_its_source_is_named(self) -> None:
        def at(value: float) -> Judgement:
            values = {"spo2": value}
            judged = judge(Kind.SPO2, values, at=NOW, person=MOTHER, overrides=[SPO2_RANGE])
            assert judged is not None
            return judged

        assert [at(value).in_target for value in (87, 88, 92, 93)] == [False, True, True, False]
        below, above = at(87), at(93)
        assert (below.level, below.direction) == (Level.URGENT, Direction.LOW)
        assert (above.level, above.direction) == (Level.NOTICE, Direction.HIGH)
        assert below.source is not None
        assert below.source.zh == "王医生设定，2026-12-31 前"
        assert below.reason is not None
        assert below.reason.zh == "血氧 87%，低于 88，需要当天就医"


class TestWhatCannotBeJudged:
    @pytest.mark.parametrize(
        ("kind", "values"),
        [
            (Kind.MOOD, {"score": 1.0}),
            (Kind.STEPS, {"count": 20.0}),
            (Kind.SYMPTOM, {}),
            (Kind.BLOOD_PRESSURE, {"mean": 120.0}),
            (Kind.BLOOD_PRESSURE, {}),
        ],
    )
    def test_gives_no_judgement(self, kind: Kind, values: dict[str, float]) -> None:
        assert judge(kind, values, at=NOW, person=FATHER) is None

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
    def test_what_is_no_number_is_refused_not_called_well(self, value: float) -> None:
        with pytest.raises(ValueError, match="finite"):
            judge(Kind.GLUCOSE, {"glucose": value}, at=NOW, person=FATHER)

    def test_half_a_blood_pressure_is_judged_by_its_half(self) -> None:
        judged = judge(Kind.BLOOD_PRESSURE, {"systolic": 182.0}, at=NOW, person=FATHER)
        assert judged is not None
        assert found(judged).reason.zh == "血压 182，高压达到或超过 180，需要当天就医"


class TestWords:
    def test_both_sides_over_are_said_as_a_pair(self) -> None:
        finding = found(pressure(182, 112))
        assert finding.reason.zh == "血压 182/112，达到或超过 180/110，需要当天就医"
        assert finding.reason.en == (
            "Blood pressure 182/112, at or above 180/110: see a doctor today"
        )
        assert "5 分钟" in finding.what_to_do.zh
        assert "120" in finding.what_to_do.zh
        assert finding.source.zh == "国家基层高血压防治管理指南"

    def test_one_side_over_is_named(self) -> None:
        assert found(pressure(182, 96)).reason.zh == "血压 182/96，高压达到或超过 180，需要当天就医"
        finding = found(pressure(128, 87))
        assert finding.component == "diastolic"
        assert finding.reason.zh == "血压 128/87，低压达到或超过 85，请留意"

    def test_high_is_told_before_low_when_both_are_as_bad(self) -> None:
        finding = found(pressure(88, 86))
        assert finding.direction is Direction.HIGH
        assert finding.reason.zh == "血压 88/86，低压达到或超过 85，请留意"

    def test_numbers_are_those_of_the_meter_and_the_meal_is_named(self) -> None:
        finding = found(single(Kind.GLUCOSE, 7.800000001, FATHER, Meal.FASTING))
        assert finding.reason.zh == "空腹血糖 7.8 mmol/L，超过 7.0，请留意"
        assert finding.limit.id == "glucose-diabetes-fasting-7.0"

    def test_no_reason_contradicts_its_own_numbers(self) -> None:
        for hundredths in range(2000):
            judgement = single(Kind.GLUCOSE, hundredths / 100, FATHER, Meal.FASTING)
            if judgement.finding is not None:
                value = float(judgement.finding.facts["values"])
                assert judgement.finding.limit.crossed_by(value)

    def test_a_pregnant_womans_pressure_sends_her_to_the_maternity_department(self) -> None:
        assert "产科" in found(pressure(145, 92, DAUGHTER)).what_to_do.zh
        assert "产科" not in found(pressure(185, 92, MOTHER)).what_to_do.zh

    def test_a_limit_with_a_half_is_said_with_its_half(self) -> None:
        girl = Person(birth_date=date(2015, 11, 1), sex="female")
        assert (
            found(pressure(118, 60, girl)).reason.zh == "血压 118/60，高压达到或超过 116.5，请留意"
        )

    def test_every_kind_that_exists_has_a_name_and_every_meal(self) -> None:
        names = words()["names"]
        assert {kind.value for kind in Kind} <= names.keys()
        assert {f"glucose_{meal}" for meal in Meal} <= names.keys()

    def test_every_advice_is_short_sourced_and_in_both_languages(self) -> None:
        for advice in words()["advice"]:
            assert advice["source"]
            assert 5 < len(advice["zh"]) <= 75, advice["zh"]
            assert advice["en"].isascii()

    def test_every_advice_is_reached_by_somebody_or_something(self) -> None:
        shadowed = []
        seen: list[dict[str, object]] = []
        for advice in words()["advice"]:
            selectors = {k: v for k, v in advice.items() if k not in ("zh", "en", "source")}
            if any(earlier.items() <= selectors.items() for earlier in seen):
                shadowed.append(selectors)
            seen.append(selectors)
        assert shadowed == []

    def test_every_urgent_advice_says_when_to_call_120(self) -> None:
        for kind in (Kind.BLOOD_PRESSURE, Kind.GLUCOSE, Kind.SPO2, Kind.HEART_RATE):
            for value in (1, 400):
                component = {Kind.BLOOD_PRESSURE: "systolic", Kind.HEART_RATE: "rate"}
                judged = judge(
                    kind, {component.get(kind, kind.value): value}, at=NOW, person=FATHER
                )
                assert judged is not None
                if judged.level is Level.URGENT:
                    assert "120" in found(judged).what_to_do.zh
                    assert "120" in found(judged).what_to_do.en


class TestRedFlag:
    def test_urgent_becomes_an_emergency_that_says_120(self) -> None:
        judged = with_red_flag(pressure(182, 112), person=FATHER, at=NOW)
        finding = found(judged)
        assert finding.level is Level.EMERGENCY
        assert finding.reason.zh == (
            "血压 182/112，达到或超过 180/110，又有危险症状，请立即拨打 120"
        )
        assert finding.what_to_do.zh.startswith("请立即拨打 120")

    def test_a_low_sugar_with_symptoms_is_urgent_and_a_very_low_one_an_emergency(self) -> None:
        low, very_low = (
            with_red_flag(single(Kind.GLUCOSE, value), person=FATHER, at=NOW)
            for value in (3.5, 2.5)
        )
        assert low.level is Level.URGENT
        assert very_low.level is Level.EMERGENCY
        assert "马上吃糖" in found(very_low).what_to_do.zh

    def test_a_notice_and_a_good_reading_stay_what_they_are(self) -> None:
        for judgement in (pressure(120, 70), pressure(138, 70)):
            assert with_red_flag(judgement, person=FATHER, at=NOW) is judgement


class TestPulseOfOtherMeters:
    def test_a_cuffs_pulse_is_judged_as_heart_rate_beside_the_pressure(self) -> None:
        values = {"systolic": 120.0, "diastolic": 70.0, "pulse": 133.0}
        both = judge_all(Kind.BLOOD_PRESSURE, values, at=NOW, person=FATHER)
        assert [(j.kind, j.level, j.in_target) for j in both] == [
            (Kind.BLOOD_PRESSURE, None, True),
            (Kind.HEART_RATE, Level.URGENT, False),
        ]

    def test_an_oximeters_pulse_is_not_said_as_its_oxygen(self) -> None:
        values = {"pulse": 70.0, "spo2": 91.0}
        oxygen, pulse = judge_all(Kind.SPO2, values, at=NOW, person=FATHER)
        assert found(oxygen).reason.zh == "血氧 91%，低于 94，请尽快联系医生"
        assert pulse.in_target is True

    def test_an_exercise_pulse_makes_no_finding(self) -> None:
        assert judge(Kind.HEART_RATE, {"rate": 150.0}, at=NOW, person=FATHER, resting=False) is None

    def test_the_pulse_names_are_components_of_the_kinds(self) -> None:
        path = Path(__file__).parents[2] / "backend/measurements/data/kinds.toml"
        kinds = tomllib.loads(path.read_text("utf-8"))["kinds"]
        table = tomllib.loads(path.with_name("thresholds.toml").read_text("utf-8"))
        for other in table["also_judged"]:
            assert other["component"] in kinds[other["kind"]]["components"]
            assert other["as_component"] in kinds[other["as_kind"]]["components"]


sexes: st.SearchStrategy[Sex | None] = st.sampled_from([None, "male", "female"])
persons = st.builds(
    Person,
    birth_date=st.one_of(st.none(), st.dates(date(1926, 1, 1), date(2026, 11, 1))),
    sex=sexes,
    conditions=st.frozensets(st.sampled_from(["diabetes", "gestational_diabetes", "copd"])),
    pregnant=st.booleans(),
)
ends = st.one_of(st.none(), st.floats(0, 300))
JUDGED = [
    (Kind.BLOOD_PRESSURE, "systolic"),
    (Kind.BLOOD_PRESSURE, "diastolic"),
    (Kind.GLUCOSE, "glucose"),
    (Kind.SPO2, "spo2"),
    (Kind.TEMPERATURE, "temperature"),
    (Kind.HEART_RATE, "rate"),
    (Kind.BMI, "bmi"),
    (Kind.WAIST, "waist"),
]


@st.composite
def circumstances(draw: st.DrawFn) -> tuple[Kind, str, Person, list[Override], Meal | None]:
    kind, component = draw(st.sampled_from(JUDGED))
    overrides = []
    for low, high in draw(st.lists(st.tuples(ends, ends), max_size=2)):
        if (low is not None or high is not None) and (low is None or high is None or low <= high):
            overrides.append(
                Override(
                    kind=kind,
                    component=component,
                    low=low,
                    high=high,
                    valid_from=date(2026, 1, draw(st.integers(1, 28))),
                    set_by="王医生",
                )
            )
    return kind, component, draw(persons), overrides, draw(st.sampled_from([None, *Meal]))


class TestProperties:
    @given(circumstances(), st.floats(0, 400), st.floats(0, 400))
    def test_a_worse_value_never_gets_a_lower_level(
        self,
        given_: tuple[Kind, str, Person, list[Override], Meal | None],
        one: float,
        other: float,
    ) -> None:
        kind, component, person, overrides, meal = given_

        def at(value: float) -> Judgement | None:
            return judge(
                kind, {component: value}, meal=meal, at=NOW, person=person, overrides=overrides
            )

        less, more = (at(value) for value in sorted((one, other)))
        if less is not None and less.direction is Direction.HIGH:
            assert more is not None
            assert (more.level or 0) >= (less.level or 0)
        if more is not None and more.direction is Direction.LOW:
            assert less is not None
            assert (less.level or 0) >= (more.level or 0)

    @given(circumstances(), st.floats(0, 400))
    def test_nothing_is_said_of_what_is_inside_its_target(
        self, given_: tuple[Kind, str, Person, list[Override], Meal | None], value: float
    ) -> None:
        kind, component, person, overrides, meal = given_
        judged = judge(
            kind, {component: value}, meal=meal, at=NOW, person=person, overrides=overrides
        )
        if judged is not None and judged.in_target:
            assert judged.finding is None

    @given(circumstances(), st.floats(0, 400))
    def test_the_order_of_overrides_does_not_matter(
        self, given_: tuple[Kind, str, Person, list[Override], Meal | None], value: float
    ) -> None:
        kind, component, person, overrides, meal = given_
        one, other = (
            judge(kind, {component: value}, meal=meal, at=NOW, person=person, overrides=order)
            for order in (overrides, overrides[::-1])
        )
        assert one == other

    @given(st.floats(60, 260), st.floats(30, 160), persons)
    def test_both_together_are_as_bad_as_the_worse_of_them(
        self, systolic: float, diastolic: float, person: Person
    ) -> None:
        def level(**values: float) -> int:
            judged = judge(Kind.BLOOD_PRESSURE, values, at=NOW, person=person)
            return (judged.level or 0) if judged else 0

        assert level(systolic=systolic, diastolic=diastolic) == max(
            level(systolic=systolic), level(diastolic=diastolic)
        )

    @given(st.floats(0, 400), st.sampled_from([UTC, timezone(timedelta(hours=8))]))
    def test_judging_twice_says_the_same(self, value: float, zone: timezone) -> None:
        at = NOW.astimezone(zone)
        values = {"glucose": value}
        first, second = (judge(Kind.GLUCOSE, values, at=at, person=FATHER) for _ in range(2))
        assert first == second
        assert first is not None
        assert first.rule is Rule.SINGLE
