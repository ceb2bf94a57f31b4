"""A number that is far from one's own last one is asked about, by kind, age and time between."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from backend.core.clock import SHANGHAI
from backend.measurements.change_words import table
from backend.measurements.draft import Draft, Kind, Quantity
from backend.measurements.errors import NeedsConfirmation
from backend.measurements.kinds import spec
from backend.measurements.normalise import Normal, normalise
from backend.measurements.own_values import (
    LOOKED_AT,
    Last,
    component_of,
    nearest,
    question,
    slow_kinds,
)

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=SHANGHAI)
FATHER = date(1952, 3, 8)


def normal(
    value: float, *, kind: Kind = Kind.WEIGHT, unit: str = "kg", at: datetime = NOW
) -> Normal:
    values = {component_of(kind).name: Quantity(value, unit)}
    draft = Draft(kind=kind, at=at, values=values)
    return normalise(draft, now=NOW + timedelta(days=9000), birth_date=None, confirmed=True)


def last(value: float, days: float, *, doubted: bool = False) -> Last:
    return Last(ObjectId(), NOW - timedelta(days=days), value, doubted)


def asked(
    value: float,
    earlier: float,
    days: float,
    *,
    kind: Kind = Kind.WEIGHT,
    unit: str = "kg",
    born: date | None = FATHER,
) -> NeedsConfirmation | None:
    return question(normal(value, kind=kind, unit=unit), [last(earlier, days)], born)


def test_the_question_tells_the_last_value_and_its_day_in_plain_words() -> None:
    error = asked(135, 74, 7)
    assert error is not None
    assert error.message("zh") == "比 11月15日的 74 公斤多 61 公斤，是这个数吗？"
    assert error.message("en") == "61 kg more than the 74 kg of 15 November. Is that right?"
    (reason,) = error.data["reasons"]
    assert reason == {
        "rule": "own_values",
        "component": "weight",
        "value": 135,
        "at": "2026-11-22T08:00:00+08:00",
        "last": 74,
        "last_at": "2026-11-15T08:00:00+08:00",
        "low": pytest.approx(68.82),
        "high": pytest.approx(79.18),
        "unit": "kg",
        "side": "high",
        "suggested_unit": None,
    }
    assert {name: error.data[name] for name in reason} == reason


@pytest.mark.parametrize(
    ("value", "unit", "kind", "earlier", "days", "words"),
    [
        (296, "斤", Kind.WEIGHT, 74, 7, "比 11月15日的 148 斤多 148 斤，是这个数吗？"),
        (
            148,
            "kg",
            Kind.WEIGHT,
            74,
            7,
            "比 11月15日的 74 公斤多 74 公斤，是这个数吗？会不会是 148 斤？",
        ),
        (
            60.5,
            "kg",
            Kind.WEIGHT,
            74,
            0.25,
            "比 11月22日 02:00 的 74 公斤少 13.5 公斤，是这个数吗？",
        ),
        (40, "kg", Kind.WEIGHT, 74, 360, "比 2025年11月27日的 74 公斤少 34 公斤，是这个数吗？"),
        (1.57, "m", Kind.HEIGHT, 175, 30, "比 10月23日的 1.75 米少 0.18 米，是这个数吗？"),
        (69, "cm", Kind.WAIST, 96, 30, "比 10月23日的 96 厘米少 27 厘米，是这个数吗？"),
        (34, "kg/m2", Kind.BMI, 25.5, 30, "比 10月23日的 25.5 kg/m²多 8.5 kg/m²，是这个数吗？"),
    ],
)
def test_it_speaks_in_the_unit_that_was_sent(
    value: float, unit: str, kind: Kind, earlier: float, days: float, words: str
) -> None:
    error = asked(value, earlier, days, kind=kind, unit=unit)
    assert error is not None
    assert error.message("zh") == words


def test_another_year_and_the_same_day_are_said_in_english_too() -> None:
    long_ago, today = asked(40, 74, 360), asked(60.5, 74, 0.25)
    assert long_ago is not None
    assert long_ago.message("en") == "34 kg less than the 74 kg of 27 November 2025. Is that right?"
    assert today is not None
    assert today.message("en") == "13.5 kg less than the 74 kg of 22 November 02:00. Is that right?"


def test_what_is_kept_of_a_question_tells_nothing_of_the_record() -> None:
    error = asked(135, 74, 7)
    assert error is not None
    kept = error.without_values()
    assert kept.data == {"rule": "own_values"}
    assert kept.message("zh") == "和以前的记录差得多，是这个数吗？"
    assert kept.message("en") == "This is far from the earlier records. Is that right?"


@pytest.mark.parametrize(
    ("value", "days", "quiet"),
    [
        (79, 7, True),
        (79.5, 7, False),
        (79.5, 8, True),  # a month allows more
        (82, 31, False),
        (82, 90, True),
        (90, 183, False),
        (90, 365, True),
        (105, 366, False),
        (105, 1000, True),
        (135, 1097, True),  # longer ago than anything is said of
        (68.5, 7, False),
        (69, 7, True),
    ],
)
def test_the_longer_ago_the_more_is_ordinary(value: float, days: float, quiet: bool) -> None:
    assert (asked(value, 74, days) is None) is quiet


@pytest.mark.parametrize(
    ("born", "earlier", "days", "value", "quiet"),
    [
        ("2026-08-22", 3.3, 91, 6.8, True),  # a baby doubles in three months
        ("2026-08-22", 3.3, 91, 12.0, False),
        ("2026-11-15", 3.4, 5, 3.05, True),  # and loses a tenth in the first days
        ("2024-11-22", 9.5, 365, 12.4, True),
        ("2021-11-01", 18.0, 7, 25.0, False),
        ("2012-11-01", 45.0, 300, 58.0, True),  # growing up
        ("1980-11-01", 74.0, 7, 87.0, False),
    ],
)
def test_children_grow(born: str, earlier: float, days: float, value: float, quiet: bool) -> None:
    answer = asked(value, earlier, days, born=date.fromisoformat(born))
    assert (answer is None) is quiet


def test_a_child_grows_taller_and_an_adult_does_not() -> None:
    boy = date(2012, 11, 1)
    assert asked(170, 160, 365, kind=Kind.HEIGHT, unit="cm", born=boy) is None
    assert asked(155, 160, 365, kind=Kind.HEIGHT, unit="cm", born=boy) is not None
    assert asked(170, 160, 365, kind=Kind.HEIGHT, unit="cm", born=FATHER) is not None
    assert asked(155, 160, 1500, kind=Kind.HEIGHT, unit="cm", born=FATHER) is None  # the old shrink


def test_a_childs_bmi_is_not_compared() -> None:
    assert asked(28, 16, 7, kind=Kind.BMI, unit="kg/m2", born=date(2018, 1, 1)) is None


def test_an_unknown_age_is_judged_as_an_adults() -> None:
    assert asked(135, 74, 7, born=None) is not None
    assert asked(76, 74, 7, born=None) is None


def test_one_entered_late_is_compared_with_what_came_after() -> None:
    after = [last(74, -7)]
    assert question(normal(135), after, FATHER) is not None
    boy = date(2012, 11, 1)
    taller = [Last(ObjectId(), NOW + timedelta(days=300), 170, False)]
    earlier = normal(160, kind=Kind.HEIGHT, unit="cm")
    assert question(earlier, taller, boy) is None  # he has grown since
    assert question(normal(180, kind=Kind.HEIGHT, unit="cm"), taller, boy) is not None


def test_the_nearest_that_nobody_doubts_counts() -> None:
    mine, hers, older = last(74, 2), last(58, 1, doubted=True), last(80, 40)
    assert nearest([older, hers, mine], NOW) == mine
    assert nearest([hers], NOW) == hers
    assert nearest([], NOW) is None
    all_of_late = [last(58 + each / 10, each, doubted=True) for each in range(1, LOOKED_AT + 1)]
    assert nearest([*all_of_late, last(74, 9)], NOW) == all_of_late[0]


def test_who_has_no_history_is_not_asked() -> None:
    assert question(normal(135), [], FATHER) is None


def test_what_truly_jumps_is_not_among_them() -> None:
    assert slow_kinds() == {Kind.WEIGHT, Kind.HEIGHT, Kind.WAIST, Kind.BMI}


def test_the_table_grows_wider_with_time_and_names_known_kinds_only() -> None:
    assert set(table()) == {"source", "words", *slow_kinds()}
    for kind in slow_kinds():
        ages = [band["from_age"] for band in table()[kind]["bands"]]
        assert ages == sorted(set(ages))
        for band in table()[kind]["bands"]:
            days = [row["days"] for row in band["rows"]]
            assert days == sorted(set(days))
            for side in ("up", "down"):
                for part in (0, 1):
                    most = [row[side][part] for row in band["rows"]]
                    assert most == sorted(most), (kind, band["from_age"], side)


def test_every_unit_that_may_be_sent_has_words() -> None:
    for kind in slow_kinds():
        for unit in component_of(kind).units:
            assert set(table()["words"]["units"][unit]) == {"zh", "en"}


KINDS = st.sampled_from(sorted(slow_kinds()))
AGES = st.one_of(st.none(), st.floats(0.1, 95))
DAYS = st.floats(0.01, 4000)
STEP = st.floats(0, 3)


def born_for(age: float | None) -> date | None:
    return None if age is None else (NOW - timedelta(days=age * 365.2425)).date()


def usual(kind: Kind, share: float) -> float:
    """A value that the kind's limits allow at every age."""
    low, high = component_of(kind).limits[-1].unlikely
    return low + share * (high - low)


@given(kind=KINDS, age=AGES, days=DAYS, share=st.floats(0, 1))
def test_the_same_again_is_never_asked(
    kind: Kind, age: float | None, days: float, share: float
) -> None:
    value = usual(kind, share)
    unit = component_of(kind).unit
    assert asked(value, value, days, kind=kind, unit=unit, born=born_for(age)) is None


@given(kind=KINDS, age=AGES, days=DAYS, share=st.floats(0, 1), far=STEP, more=st.floats(0, 3))
def test_what_is_farther_off_is_asked_where_the_nearer_is(
    kind: Kind, age: float | None, days: float, share: float, far: float, more: float
) -> None:
    value, unit, born = usual(kind, share), component_of(kind).unit, born_for(age)
    nearer, farther = value * (1 + far), value * (1 + far + more)
    limit = component_of(kind).limits[-1].impossible[1]
    if farther > limit:
        return
    if asked(nearer, value, days, kind=kind, unit=unit, born=born) is not None:
        assert asked(farther, value, days, kind=kind, unit=unit, born=born) is not None


@given(kind=KINDS, age=st.floats(22, 95), days=DAYS, longer=DAYS, far=STEP, share=st.floats(0, 1))
def test_what_is_ordinary_soon_is_ordinary_later(
    kind: Kind, age: float, days: float, longer: float, far: float, share: float
) -> None:
    value, unit, born = usual(kind, share), component_of(kind).unit, born_for(age)
    other = value * (1 + far)
    if other > component_of(kind).limits[-1].impossible[1]:
        return
    if asked(other, value, days, kind=kind, unit=unit, born=born) is None:
        assert asked(other, value, days + longer, kind=kind, unit=unit, born=born) is None


@given(days=DAYS, far=STEP, last_kg=st.floats(30, 200))
def test_the_unit_makes_no_difference(days: float, far: float, last_kg: float) -> None:
    kg = last_kg * (1 + far)
    if kg > component_of(Kind.WEIGHT).limits[-1].impossible[1]:
        return
    in_kg, in_jin = asked(kg, last_kg, days), asked(2 * kg, last_kg, days, unit="斤")
    assert (in_kg is None) == (in_jin is None)
    if in_kg and in_jin:
        for name in ("low", "last", "high", "value"):
            assert in_jin.data[name] == pytest.approx(2 * in_kg.data[name])


def test_slow_kinds_have_one_number() -> None:
    assert all(len(spec(kind).components) == 1 for kind in slow_kinds())
