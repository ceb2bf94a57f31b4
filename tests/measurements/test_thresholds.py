from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.measurements.draft import Kind, Meal
from backend.measurements.thresholds import (
    UNKNOWN_PERSON,
    Bound,
    Level,
    Limits,
    Override,
    Person,
    Place,
    Sex,
    Text,
    age_in_months,
    classify,
    classify_bmi,
    classify_bp,
    classify_waist,
    condition_keys,
    decimals,
    limits_for,
    rounded,
    shown,
)
from backend.measurements.thresholds.merge import who_is
from backend.measurements.thresholds.person import Circumstances
from backend.measurements.thresholds.rows import guideline, rows, table

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=timezone(timedelta(hours=8)))
FATHER = Person(
    birth_date=date(1952, 3, 1), sex="male", conditions=frozenset({"diabetes", "hypertension"})
)
DAUGHTER = Person(birth_date=date(1994, 6, 1), sex="female", pregnant=True)
CHILD = Person(birth_date=date(2021, 9, 1), sex="male")

SEXES: tuple[Sex | None, ...] = (None, "male", "female")
ages = st.one_of(st.none(), st.dates(date(1926, 1, 1), date(2026, 11, 1)))
sexes: st.SearchStrategy[Sex | None] = st.sampled_from(SEXES)
conditions = st.frozensets(
    st.sampled_from(["diabetes", "gestational_diabetes", "hypertension", "copd", "heart_failure"])
)
persons = st.builds(
    Person, birth_date=ages, sex=sexes, conditions=conditions, pregnant=st.booleans()
)


def at_level(limits: Limits, component: str, level: Level) -> list[tuple[str, float]]:
    return sorted(
        (limit.op.value, limit.value)
        for limit in limits.limits
        if limit.component == component and limit.level is level
    )


def every_case() -> Iterator[tuple[Kind, Person, Circumstances]]:
    births = [None, *(date(2026 - age, 5, 1) for age in (0, 1, 4, 10, 15, 17, 30, 70, 85))]
    keys = [
        frozenset[str](),
        frozenset({"diabetes"}),
        frozenset({"gestational_diabetes"}),
        frozenset({"diabetes", "gestational_diabetes", "copd"}),
    ]
    for kind, birth, sex, own, pregnant, place in itertools.product(
        Kind, births, SEXES, keys, (False, True), Place
    ):
        person = Person(birth_date=birth, sex=sex, conditions=own, pregnant=pregnant)
        for meal in (None, *Meal) if kind is Kind.GLUCOSE else (None,):
            yield kind, person, Circumstances(meal=meal, place=place)


class TestData:
    def test_every_row_has_a_known_source_a_unique_id_and_one_way_to_be_read(self) -> None:
        ids = [row.id for row in rows()]
        assert len(ids) == len(set(ids))
        for row in rows():
            assert row.source.zh
            assert row.source.en
            assert len({op.direction for op, _ in row.bounds}) == len(row.bounds) >= 1
            assert row.instead_of is None or row.instead_of in ids
            if row.level is not None:
                assert len(row.bounds) == 1

    def test_rows_know_only_the_keys_that_are_read(self) -> None:
        known = {
            *("id", "kind", "component", "level", "gte", "gt", "lte", "lt", "per_year", "source"),
            *("fixed", "unverified", "instead_of", "age_from", "age_to", "sex", "pregnant"),
            *("conditions_any", "conditions_none", "meal", "place", "at_rest"),
        }
        for raw in (*table()["target"], *table()["limit"]):
            assert raw.keys() <= known, raw["id"]

    def test_every_source_is_used(self) -> None:
        used = {raw["source"] for name in ("target", "limit", "scheme") for raw in table()[name]}
        assert used == set(table()["sources"])

    def test_every_condition_a_row_asks_for_can_come_from_codes(self) -> None:
        asked = {
            key
            for row in rows()
            for key in row.selector.conditions_any | row.selector.conditions_none
        }
        assert asked <= {condition["key"] for condition in table()["condition"]}

    def test_components_and_decimals_are_those_of_the_kinds(self) -> None:
        path = Path(__file__).parents[2] / "backend/measurements/data/kinds.toml"
        kinds = tomllib.loads(path.read_text("utf-8"))["kinds"]
        for row in rows():
            component = kinds[row.kind.value]["components"][row.component]
            assert component["decimals"] == decimals(row.kind)

    @pytest.mark.parametrize("include_unverified", [False, True])
    def test_nobody_has_two_targets_for_one_component(self, include_unverified: bool) -> None:
        for kind, person, how in every_case():
            _, targets = guideline(kind, who_is(person, NOW), how, include_unverified)
            components = [target.component for target in targets]
            assert len(components) == len(set(components)), (kind, person, how)

    def test_a_target_as_written_never_reaches_over_a_limit(self) -> None:
        for kind, person, how in every_case():
            limits, targets = guideline(kind, who_is(person, NOW), how, False)
            for target in targets:
                ends = [
                    bound.value if bound.inclusive else bound.value + step
                    for bound, step in ((target.lower, 0.01), (target.upper, -0.01))
                    if bound is not None
                ]
                own = [limit for limit in limits if limit.component == target.component]
                assert not [limit for limit in own for end in ends if limit.crossed_by(end)]


class TestWhoseLimits:
    def test_blood_pressure_at_home_has_notice_high_and_urgent(self) -> None:
        limits = limits_for(Kind.BLOOD_PRESSURE, FATHER, NOW)
        assert at_level(limits, "systolic", Level.NOTICE) == [("gte", 135), ("lt", 90)]
        assert at_level(limits, "diastolic", Level.NOTICE) == [("gte", 85)]
        assert at_level(limits, "systolic", Level.HIGH) == [("gte", 160)]
        assert at_level(limits, "diastolic", Level.HIGH) == [("gte", 100)]
        assert at_level(limits, "systolic", Level.URGENT) == [("gte", 180)]
        assert at_level(limits, "diastolic", Level.URGENT) == [("gte", 110)]

    def test_no_number_alone_is_an_emergency(self) -> None:
        assert all(row.level is not Level.EMERGENCY for row in rows())

    def test_the_clinic_starts_at_140_over_90(self) -> None:
        limits = limits_for(Kind.BLOOD_PRESSURE, FATHER, NOW, place=Place.CLINIC)
        assert at_level(limits, "systolic", Level.NOTICE) == [("gte", 140), ("lt", 90)]
        assert at_level(limits, "diastolic", Level.NOTICE) == [("gte", 90)]

    def test_the_unverified_target_over_80_years_stands_only_when_asked_for(self) -> None:
        old = Person(birth_date=date(1940, 1, 1))
        kind, place = Kind.BLOOD_PRESSURE, Place.CLINIC
        usual = limits_for(kind, old, NOW, place=place).target("systolic")
        asked = limits_for(kind, old, NOW, place=place, include_unverified=True).target("systolic")
        assert usual is not None
        assert asked is not None
        assert usual.upper is not None
        assert asked.upper is not None
        assert (usual.upper.value, usual.unverified) == (140, False)
        assert (asked.upper.value, asked.unverified) == (150, True)

    def test_raised_blood_pressure_in_pregnancy_is_urgent_from_140_over_90(self) -> None:
        limits = limits_for(Kind.BLOOD_PRESSURE, DAUGHTER, NOW)
        assert ("gte", 140) in at_level(limits, "systolic", Level.URGENT)
        assert ("gte", 90) in at_level(limits, "diastolic", Level.URGENT)

    def test_a_child_of_five_has_its_own_blood_pressure(self) -> None:
        limits = limits_for(Kind.BLOOD_PRESSURE, CHILD, NOW)
        assert at_level(limits, "systolic", Level.NOTICE) == [("gte", 110)]
        assert at_level(limits, "diastolic", Level.NOTICE) == [("gte", 70)]

    def test_a_girl_has_another_formula_and_a_toddler_none(self) -> None:
        girl = Person(birth_date=date(2015, 11, 21), sex="female")
        limits = limits_for(Kind.BLOOD_PRESSURE, girl, NOW)
        assert at_level(limits, "systolic", Level.NOTICE) == [("gte", 116.5)]
        toddler = Person(birth_date=date(2024, 11, 21), sex="female")
        assert limits_for(Kind.BLOOD_PRESSURE, toddler, NOW).targets == ()

    @pytest.mark.parametrize(
        ("person", "meal", "low", "high"),
        [
            (FATHER, Meal.FASTING, (4.4, True), (7.0, True)),
            (FATHER, Meal.AFTER_MEAL, (3.9, False), (10.0, False)),
            (FATHER, None, (3.9, False), (10.0, False)),
            (UNKNOWN_PERSON, Meal.FASTING, (3.9, False), (6.1, False)),
            (UNKNOWN_PERSON, Meal.AFTER_MEAL, (3.9, False), (7.8, False)),
            (DAUGHTER, Meal.FASTING, (3.9, False), (5.1, False)),
        ],
    )
    def test_glucose_targets_by_meal_and_person(
        self,
        person: Person,
        meal: Meal | None,
        low: tuple[float, bool],
        high: tuple[float, bool],
    ) -> None:
        target = limits_for(Kind.GLUCOSE, person, NOW, meal=meal).target("glucose")
        assert target is not None
        assert target.lower is not None
        assert target.upper is not None
        assert (target.lower.value, target.lower.inclusive) == low
        assert (target.upper.value, target.upper.inclusive) == high

    def test_gestational_diabetes_tightens_the_target_during_pregnancy_only(self) -> None:
        keys = frozenset({"gestational_diabetes"})
        pregnant = Person(sex="female", conditions=keys, pregnant=True)
        after = Person(sex="female", conditions=keys)
        upper = [
            target.upper.value
            for person in (pregnant, after)
            if (
                target := limits_for(Kind.GLUCOSE, person, NOW, meal=Meal.FASTING).target("glucose")
            )
            and target.upper
        ]
        assert upper == [5.3, 6.1]

    def test_a_pulse_during_exercise_has_no_limits(self) -> None:
        assert limits_for(Kind.HEART_RATE, FATHER, NOW)
        assert not limits_for(Kind.HEART_RATE, FATHER, NOW, resting=False)

    def test_waist_needs_the_sex(self) -> None:
        assert limits_for(Kind.WAIST, FATHER, NOW)
        assert not limits_for(Kind.WAIST, UNKNOWN_PERSON, NOW)

    def test_fever_below_three_months_is_urgent(self) -> None:
        newborn = Person(birth_date=date(2026, 9, 1))
        limits = limits_for(Kind.TEMPERATURE, newborn, NOW)
        assert at_level(limits, "temperature", Level.URGENT) == [("gte", 38.0)]
        older = Person(birth_date=date(2026, 8, 21))
        limits = limits_for(Kind.TEMPERATURE, older, NOW)
        assert at_level(limits, "temperature", Level.URGENT) == []

    @pytest.mark.parametrize("kind", [Kind.MOOD, Kind.SYMPTOM, Kind.STEPS, Kind.EXERCISE])
    def test_kinds_without_a_published_limit_have_none(self, kind: Kind) -> None:
        assert not limits_for(kind, FATHER, NOW)


def copd_range(**changes: object) -> Override:
    values: dict[str, object] = {
        "kind": Kind.SPO2,
        "component": "spo2",
        "low": 88,
        "high": 92,
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2026, 12, 31),
        "set_by": "王医生",
    }
    return Override(**{**values, **changes})  # type: ignore[arg-type]


class TestOverride:
    def test_copd_alone_does_not_lower_the_oxygen_limits(self) -> None:
        copd = Person(conditions=frozenset({"copd"}))
        limits = limits_for(Kind.SPO2, copd, NOW)
        assert limits == limits_for(Kind.SPO2, UNKNOWN_PERSON, NOW)

    def test_the_doctors_range_replaces_the_target_and_moves_the_limits_to_its_ends(self) -> None:
        limits = limits_for(Kind.SPO2, UNKNOWN_PERSON, NOW, [copd_range()])
        assert at_level(limits, "spo2", Level.URGENT) == [("lt", 88)]
        assert at_level(limits, "spo2", Level.HIGH) == [("lt", 88)]
        assert at_level(limits, "spo2", Level.NOTICE) == [("gt", 92), ("lt", 88)]
        target = limits.target("spo2")
        assert target is not None
        source = Text("王医生设定，2026-12-31 前", "Set by 王医生, until 2026-12-31")
        assert target.lower == Bound(88, True, source)
        assert target.upper == Bound(92, True, source)
        assert target.source == source

    @pytest.mark.parametrize(
        ("on", "holds"),
        [
            (date(2025, 12, 31), False),
            (date(2026, 1, 1), True),
            (date(2026, 12, 31), True),
            (date(2027, 1, 1), False),
        ],
    )
    def test_it_holds_from_its_first_day_to_its_last(self, on: date, holds: bool) -> None:
        at = datetime(on.year, on.month, on.day, 23, 30, tzinfo=NOW.tzinfo)
        limits = limits_for(Kind.SPO2, UNKNOWN_PERSON, at, [copd_range()])
        assert (limits != limits_for(Kind.SPO2, UNKNOWN_PERSON, at)) is holds

    def test_days_are_those_of_the_readings_own_offset(self) -> None:
        at = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
        here = at.astimezone(NOW.tzinfo)
        assert limits_for(Kind.SPO2, UNKNOWN_PERSON, at, [copd_range()]).target("spo2") is not None
        assert limits_for(Kind.SPO2, UNKNOWN_PERSON, here, [copd_range()]) == limits_for(
            Kind.SPO2, UNKNOWN_PERSON, here
        )

    def test_the_latest_wins_whatever_the_order_and_the_meals_own_wins_over_both(self) -> None:
        def glucose(high: float, since: date, meal: Meal | None = None) -> Override:
            return Override(
                kind=Kind.GLUCOSE,
                component="glucose",
                high=high,
                valid_from=since,
                meal=meal,
                set_by="李医生",
            )

        given_ = [
            glucose(9.0, date(2026, 3, 1)),
            glucose(8.0, date(2026, 6, 1)),
            glucose(6.5, date(2026, 1, 1), Meal.FASTING),
        ]
        for order in itertools.permutations(given_):
            highs = []
            for meal in (Meal.FASTING, Meal.AFTER_MEAL):
                target = limits_for(Kind.GLUCOSE, FATHER, NOW, order, meal=meal).target("glucose")
                assert target is not None
                assert target.upper is not None
                highs.append(target.upper.value)
            assert highs == [6.5, 8.0]

    def test_a_stricter_range_leaves_the_guidelines_limits_and_adds_a_notice(self) -> None:
        override = Override(
            kind=Kind.BLOOD_PRESSURE,
            component="systolic",
            high=125,
            valid_from=date(2026, 1, 1),
            set_by="王医生",
        )
        limits = limits_for(Kind.BLOOD_PRESSURE, FATHER, NOW, [override])
        assert at_level(limits, "systolic", Level.NOTICE) == [
            ("gt", 125),
            ("gte", 135),
            ("lt", 90),
        ]
        assert at_level(limits, "systolic", Level.HIGH) == [("gte", 160)]
        diastolic = limits.target("diastolic")
        assert diastolic is not None
        assert diastolic.source is not None
        assert diastolic.source.zh == "中国高血压防治指南 2024"

    def test_no_doctors_range_hides_an_urgent_pressure_or_sugar(self) -> None:
        wide = Override(
            kind=Kind.BLOOD_PRESSURE,
            component="systolic",
            high=200,
            valid_from=date(2026, 1, 1),
            set_by="王医生",
        )
        limits = limits_for(Kind.BLOOD_PRESSURE, FATHER, NOW, [wide])
        assert at_level(limits, "systolic", Level.URGENT) == [("gte", 180)]
        target = limits.target("systolic")
        assert target is not None
        assert not target.contains(180)
        assert target.contains(179)

    def test_a_range_that_lies_wholly_beyond_a_limit_leaves_no_target(self) -> None:
        only_high = copd_range(low=None, high=92)
        assert limits_for(Kind.SPO2, UNKNOWN_PERSON, NOW, [only_high]).target("spo2") is None

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"low": None, "high": None}, "needs a low or a high"),
            ({"low": float("nan")}, "finite"),
            ({"high": float("inf")}, "finite"),
            ({"low": 93}, "above its high"),
            ({"valid_until": date(2025, 1, 1)}, "ends before it begins"),
        ],
    )
    def test_an_override_that_means_nothing_cannot_be_made(
        self, changes: dict[str, object], message: str
    ) -> None:
        with pytest.raises(ValueError, match=message):
            copd_range(**changes)

    @given(
        person=persons,
        low=st.one_of(st.none(), st.floats(0, 250)),
        high=st.one_of(st.none(), st.floats(0, 250)),
        value=st.floats(0, 300),
        kind=st.sampled_from([Kind.BLOOD_PRESSURE, Kind.GLUCOSE, Kind.SPO2, Kind.TEMPERATURE]),
        meal=st.sampled_from([None, *Meal]),
    )
    def test_nothing_inside_a_target_crosses_a_limit(
        self,
        person: Person,
        low: float | None,
        high: float | None,
        value: float,
        kind: Kind,
        meal: Meal | None,
    ) -> None:
        component = {Kind.BLOOD_PRESSURE: "systolic"}.get(kind, kind.value)
        overrides = []
        if (low is not None or high is not None) and (low is None or high is None or low <= high):
            overrides.append(
                Override(
                    kind=kind,
                    component=component,
                    low=low,
                    high=high,
                    valid_from=date(2026, 1, 1),
                    set_by="王医生",
                )
            )
        limits = limits_for(kind, person, NOW, overrides, meal=meal)
        for target in limits.targets:
            if target.contains(value):
                crossed = [
                    limit
                    for limit in limits.limits
                    if limit.component == target.component and limit.crossed_by(value)
                ]
                assert crossed == []


class TestAge:
    @pytest.mark.parametrize(
        ("born", "on", "months"),
        [
            (date(2020, 2, 29), date(2021, 2, 28), 12),
            (date(2020, 2, 29), date(2024, 2, 28), 47),
            (date(2026, 8, 31), date(2026, 11, 30), 3),
            (date(2026, 8, 22), date(2026, 11, 21), 2),
            (date(2026, 12, 1), date(2026, 11, 21), 0),
        ],
    )
    def test_counts_completed_months(self, born: date, on: date, months: int) -> None:
        assert age_in_months(born, on) == months


ICD = "http://hl7.org/fhir/sid/icd-10"
SCT = "http://snomed.info/sct"


class TestConditionKeys:
    @pytest.mark.parametrize(
        ("system", "code", "keys"),
        [
            (ICD, "I10", {"hypertension"}),
            (ICD, "I10.x05", {"hypertension"}),
            (ICD, "i15.9", {"hypertension"}),
            (ICD, "I16", set()),
            (ICD, "I11.0", {"hypertension", "heart_failure"}),
            (ICD, "I110", {"hypertension", "heart_failure"}),
            (ICD, "E11.900", {"diabetes"}),
            (ICD, "E15", set()),
            (ICD, "J44.1", {"copd"}),
            (ICD, "I50.9", {"heart_failure"}),
            (ICD, "O24.4", {"gestational_diabetes"}),
            (ICD, "O24.1", {"diabetes"}),
            ("urn:oid:2.16.840.1.113883.6.90", "E11.9", {"diabetes"}),
            (SCT, "38341003", {"hypertension"}),
            (SCT, "44054006", {"diabetes"}),
            (SCT, "13645005", {"copd"}),
            (SCT, "15777000", set()),
            ("http://loinc.org", "I10", set()),
            (ICD, "", set()),
            (ICD, "I1", set()),
        ],
    )
    def test_codes_map_to_the_keys_that_limits_ask_for(
        self, system: str, code: str, keys: set[str]
    ) -> None:
        assert condition_keys([(system, code)]) == keys

    def test_all_codes_count_together(self) -> None:
        assert condition_keys([(ICD, "I10"), (SCT, "44054006"), (ICD, "I10")]) == {
            "hypertension",
            "diabetes",
        }


class TestPrecision:
    @pytest.mark.parametrize(
        ("kind", "value", "text"),
        [
            (Kind.GLUCOSE, 7.800000001, "7.8"),
            (Kind.GLUCOSE, 7, "7.0"),
            (Kind.GLUCOSE, 2.997, "3.0"),
            (Kind.TEMPERATURE, 36.95, "37.0"),
            (Kind.BLOOD_PRESSURE, 134.5, "135"),
            (Kind.BLOOD_PRESSURE, 182.0, "182"),
            (Kind.BLOOD_PRESSURE, 100000.0, "100000"),
        ],
    )
    def test_numbers_are_shown_as_people_write_them(
        self, kind: Kind, value: float, text: str
    ) -> None:
        assert shown(kind, value) == text
        assert rounded(kind, value) == float(text)

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
    def test_what_is_no_number_is_refused(self, value: float) -> None:
        with pytest.raises(ValueError, match="finite"):
            rounded(Kind.GLUCOSE, value)


class TestClasses:
    @pytest.mark.parametrize(
        ("systolic", "diastolic", "expected"),
        [
            (119, 79, "normal"),
            (120, 79, "high_normal"),
            (119, 80, "high_normal"),
            (139, 89, "high_normal"),
            (140, 60, "grade_1"),
            (130, 100, "grade_2"),
            (160, 90, "grade_2"),
            (180, 70, "grade_3"),
            (120, 110, "grade_3"),
        ],
    )
    def test_clinic_blood_pressure_takes_the_worse_of_the_two(
        self, systolic: float, diastolic: float, expected: str
    ) -> None:
        found = classify_bp(systolic, diastolic, person=FATHER, at=NOW)
        assert found is not None
        assert found.id == expected
        assert found.source.zh == "中国高血压防治指南 2024"

    @pytest.mark.parametrize(("values", "raised"), [((134, 84), False), ((135, 60), True)])
    def test_a_home_average_is_raised_or_not(
        self, values: tuple[float, float], raised: bool
    ) -> None:
        found = classify_bp(*values, person=FATHER, at=NOW, place=Place.HOME)
        assert found is not None
        assert (found.id == "raised") is raised

    @pytest.mark.parametrize(
        ("bmi", "expected"),
        [
            (18.4, "thin"),
            (18.5, "normal"),
            (23.94, "normal"),
            (23.95, "overweight"),
            (24.0, "overweight"),
            (27.9, "overweight"),
            (28.0, "obese"),
        ],
    )
    def test_weight_classes(self, bmi: float, expected: str) -> None:
        found = classify_bmi(bmi, person=FATHER, at=NOW)
        assert found is not None
        assert found.id == expected

    def test_waist_classes_differ_by_sex(self) -> None:
        woman = Person(birth_date=date(1955, 1, 1), sex="female")
        man, her = (classify_waist(86, person=who, at=NOW) for who in (FATHER, woman))
        assert man is not None
        assert her is not None
        assert (man.id, her.id) == ("pre_obese", "central_obesity")

    def test_nobody_is_classed_by_a_scheme_that_is_not_theirs(self) -> None:
        assert classify_bp(120, 80, person=CHILD, at=NOW) is None
        assert classify_bmi(16, person=CHILD, at=NOW) is None
        assert classify_bmi(27, person=DAUGHTER, at=NOW) is None
        assert classify_waist(90, person=UNKNOWN_PERSON, at=NOW) is None

    def test_half_a_blood_pressure_is_not_classed(self) -> None:
        found = classify(
            Kind.BLOOD_PRESSURE, {"systolic": 150}, person=FATHER, at=NOW, place=Place.CLINIC
        )
        assert found is None
