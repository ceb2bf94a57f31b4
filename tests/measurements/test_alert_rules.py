from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.measurements.alert_rules import (
    Action,
    Decision,
    Judged,
    OpenAlert,
    Point,
    has_lapsed,
    judge_trends,
    should_alert,
)
from backend.measurements.draft import Kind, Meal
from backend.measurements.judge import Rule, judge
from backend.measurements.thresholds import Direction, Level, Override, Person

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=CHINA)
FATHER = Person(
    birth_date=date(1952, 3, 1), sex="male", conditions=frozenset({"diabetes", "hypertension"})
)
HEART = Person(birth_date=date(1952, 3, 1), conditions=frozenset({"heart_failure"}))


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def reading(systolic: float, at: datetime = NOW, name: str | None = None) -> Judged:
    values = {"systolic": systolic, "diastolic": 70.0}
    judgement = judge(Kind.BLOOD_PRESSURE, values, at=at, person=FATHER)
    assert judgement is not None
    return Judged(reading=name or f"{at.isoformat()} {systolic}", at=at, judgement=judgement)


def opened(level: Level = Level.HIGH, /, **changes: object) -> OpenAlert:
    alert = OpenAlert(
        id="a1",
        kind=Kind.BLOOD_PRESSURE,
        rule=Rule.SINGLE,
        direction=Direction.HIGH,
        level=level,
        first_at=NOW - hours(1),
        last_at=NOW - hours(1),
        spoke_at=NOW - hours(1),
        readings=frozenset({"r0"}),
    )
    return replace(alert, **changes)  # type: ignore[arg-type]


def decide(
    judged: Judged,
    alerts: Sequence[OpenAlert] = (),
    *,
    snoozed_until: datetime | None = None,
    now: datetime = NOW,
) -> Decision:
    return should_alert(judged, alerts, snoozed_until=snoozed_until, now=now)


class TestNewAlerts:
    def test_a_reading_in_target_makes_none(self) -> None:
        assert decide(reading(128)) == Decision(action=Action.NONE)

    def test_the_first_reading_over_a_limit_makes_one_and_speaks(self) -> None:
        assert decide(reading(165)) == Decision(
            action=Action.NEW,
            level=Level.HIGH,
            count=1,
            first_at=NOW,
            last_at=NOW,
            latest=True,
            speak=True,
        )

    @pytest.mark.parametrize(("age", "action"), [(72, Action.NEW), (72.01, Action.NONE)])
    def test_an_imported_old_reading_makes_none(self, age: float, action: Action) -> None:
        assert decide(reading(190, NOW - hours(age))).action is action

    @pytest.mark.parametrize(
        "changes",
        [
            {"direction": Direction.LOW},
            {"kind": Kind.GLUCOSE},
            {"rule": Rule.WEEKLY_MEAN},
            {"first_at": NOW - hours(200), "last_at": NOW - hours(168.1)},
        ],
    )
    def test_another_trouble_or_another_time_is_a_new_alert(
        self, changes: dict[str, object]
    ) -> None:
        assert decide(reading(165), [opened(**changes)]).action is Action.NEW


class TestRepeatedReadings:
    def test_one_more_of_the_same_joins_silently(self) -> None:
        assert decide(reading(166), [opened()]) == Decision(
            action=Action.UPDATE,
            alert_id="a1",
            level=Level.HIGH,
            count=2,
            first_at=NOW - hours(1),
            last_at=NOW,
            latest=True,
        )

    def test_a_milder_one_joins_and_leaves_level_and_reason(self) -> None:
        decision = decide(reading(140), [opened()])
        assert (decision.action, decision.level, decision.count) == (Action.UPDATE, Level.HIGH, 2)
        assert (decision.latest, decision.speak, decision.raised) == (False, False, False)

    def test_a_worse_one_raises_the_alert_and_speaks(self) -> None:
        decision = decide(reading(185), [opened()])
        assert (decision.action, decision.alert_id) == (Action.UPDATE, "a1")
        assert decision.level is Level.URGENT
        assert decision.raised
        assert decision.speak
        assert decision.latest

    def test_the_same_reading_delivered_again_does_nothing(self) -> None:
        assert decide(reading(185, name="r0"), [opened()]) == Decision(action=Action.NONE)

    @pytest.mark.parametrize(
        ("level", "systolic", "quiet"),
        [(Level.URGENT, 185, 4), (Level.HIGH, 165, 24), (Level.NOTICE, 140, 168)],
    )
    def test_it_speaks_again_after_its_quiet_time(
        self, level: Level, systolic: float, quiet: float
    ) -> None:
        for since, speaks in ((quiet - 0.1, False), (quiet, True)):
            alert = opened(level, spoke_at=NOW - hours(since))
            assert decide(reading(systolic), [alert]).speak is speaks

    def test_a_milder_reading_after_an_urgent_one_waits_its_own_longer_quiet_time(self) -> None:
        for since, speaks in ((5, False), (24, True)):
            alert = opened(Level.URGENT, spoke_at=NOW - hours(since))
            decision = decide(reading(165), [alert])
            assert decision.speak is speaks
            assert decision.latest is speaks
            assert decision.level is Level.URGENT

    def test_of_two_alerts_near_the_worse_one_takes_the_reading(self) -> None:
        worse = opened(Level.URGENT, id="a2", readings=frozenset({"r9"}))
        for order in ([opened(), worse], [worse, opened()]):
            assert decide(reading(165), order).alert_id == "a2"

    @pytest.mark.parametrize(("age", "lapsed"), [(168, False), (168.1, True)])
    def test_an_alert_that_nothing_can_join_any_more_has_lapsed(
        self, age: float, lapsed: bool
    ) -> None:
        alert = opened(first_at=NOW - hours(age), last_at=NOW - hours(age))
        assert has_lapsed(alert, now=NOW) is lapsed


class TestAcknowledged:
    def test_it_stays_acknowledged_for_more_of_the_same(self) -> None:
        alert = opened(acknowledged_at=NOW - hours(0.5))
        decision = decide(reading(165), [alert])
        assert (decision.action, decision.reopen, decision.speak) == (Action.UPDATE, False, False)

    def test_it_reopens_when_it_gets_worse(self) -> None:
        decision = decide(reading(185), [opened(acknowledged_at=NOW - hours(0.5))])
        assert (decision.reopen, decision.raised, decision.speak) == (True, True, True)

    def test_it_reopens_after_the_quiet_time_since_the_acknowledgement(self) -> None:
        for since, reopens in ((23, False), (24, True)):
            alert = opened(spoke_at=NOW - hours(40), acknowledged_at=NOW - hours(since))
            decision = decide(reading(165), [alert])
            assert (decision.reopen, decision.speak) == (reopens, reopens)


class TestSnoozed:
    later = NOW + hours(3)

    @pytest.mark.parametrize(("systolic", "speaks"), [(140, False), (165, False), (185, True)])
    def test_a_new_alert_is_kept_but_only_an_urgent_one_speaks(
        self, systolic: float, speaks: bool
    ) -> None:
        decision = decide(reading(systolic), snoozed_until=self.later)
        assert (decision.action, decision.speak) == (Action.NEW, speaks)

    def test_a_rise_to_high_stays_silent_and_a_rise_to_urgent_speaks(self) -> None:
        notice = opened(Level.NOTICE)
        for systolic, speaks in ((165, False), (185, True)):
            decision = decide(reading(systolic), [notice], snoozed_until=self.later)
            assert (decision.raised, decision.speak) == (True, speaks)

    def test_an_urgent_alert_that_was_snoozed_is_left_in_peace(self) -> None:
        alert = opened(Level.URGENT, spoke_at=NOW - hours(10))
        assert not decide(reading(185), [alert], snoozed_until=self.later).speak

    def test_a_snooze_that_is_over_is_none(self) -> None:
        assert decide(reading(140), snoozed_until=NOW).speak


def folded(readings: Sequence[Judged]) -> list[OpenAlert]:
    """The alerts after all of ``readings`` came in, in that order."""
    alerts: dict[str, OpenAlert] = {}
    for judged in readings:
        decision = decide(judged, list(alerts.values()))
        if decision.action is Action.NONE:
            continue
        assert decision.level is not None
        assert decision.first_at is not None
        assert decision.last_at is not None
        alert_id = decision.alert_id or f"a{len(alerts)}"
        before = alerts.get(alert_id)
        alerts[alert_id] = opened(
            decision.level,
            id=alert_id,
            first_at=decision.first_at,
            last_at=decision.last_at,
            spoke_at=NOW if decision.speak or before is None else before.spoke_at,
            readings=(before.readings if before else frozenset()) | {judged.reading},
        )
        assert decision.count == len(alerts[alert_id].readings)
    return list(alerts.values())


readings_of_a_day = st.lists(
    st.builds(
        lambda systolic, minutes: reading(systolic, NOW - timedelta(minutes=minutes)),
        st.integers(120, 220),
        st.integers(0, 48 * 60),
    ),
    max_size=12,
)


class TestFolding:
    @given(readings_of_a_day, st.randoms(use_true_random=False))
    def test_the_order_of_arrival_does_not_matter(
        self, readings: list[Judged], random: Random
    ) -> None:
        shuffled = list(readings)
        random.shuffle(shuffled)

        def facts(order: Sequence[Judged]) -> list[tuple[object, ...]]:
            return [(a.level, a.first_at, a.last_at, a.readings) for a in folded(order)]

        assert facts(readings) == facts(shuffled)
        assert len(facts(readings)) <= 1

    @given(readings_of_a_day)
    def test_doubles_do_not_matter(self, readings: list[Judged]) -> None:
        assert folded([*readings, *readings]) == folded(readings)

    @given(readings_of_a_day)
    def test_the_alert_has_the_worst_level_and_exactly_the_readings_out_of_limits(
        self, readings: list[Judged]
    ) -> None:
        out = [judged for judged in readings if judged.judgement.finding]
        alerts = folded(readings)
        assert bool(alerts) == bool(out)
        for alert in alerts:
            assert alert.level == max(judged.judgement.level or 0 for judged in out)
            assert alert.readings == {judged.reading for judged in out}


def bp(systolic: float, diastolic: float, ago: float) -> Point:
    values = {"systolic": systolic, "diastolic": diastolic}
    return Point(at=NOW - hours(ago), values=values)


def sugar(value: float, ago: float, meal: Meal = Meal.FASTING) -> Point:
    return Point(at=NOW - hours(ago), values={"glucose": value}, meal=meal)


def weight(value: float, ago: float) -> Point:
    return Point(at=NOW - hours(ago), values={"weight": value})


def trends(kind: Kind, points: Sequence[Point], person: Person = FATHER) -> dict[Rule, Judged]:
    judged = judge_trends(kind, points, person=person, now=NOW)
    return {one.judgement.rule: one for one in judged}


class TestThreeInARow:
    def test_three_sittings_over_the_target_are_a_notice(self) -> None:
        points = [bp(138, 80, 50), bp(136, 86, 26), bp(146, 82, 2)]
        judged = trends(Kind.BLOOD_PRESSURE, points)[Rule.IN_A_ROW]
        judgement = judged.judgement
        assert (judgement.level, judgement.direction) == (Level.NOTICE, Direction.HIGH)
        assert judgement.in_target is False
        assert judgement.reason is not None
        assert judgement.reason.zh == "血压连续 3 次高于目标，最近一次 146/82，请留意"
        assert judged.at == NOW - hours(2)

    def test_all_three_high_is_high(self) -> None:
        points = [bp(165, 80, 50), bp(162, 86, 26), bp(170, 82, 2)]
        assert trends(Kind.BLOOD_PRESSURE, points)[Rule.IN_A_ROW].judgement.level is Level.HIGH

    @pytest.mark.parametrize(
        "points",
        [
            [bp(146, 82, 26), bp(146, 82, 2)],
            [bp(146, 82, 50), bp(146, 82, 26), bp(128, 78, 2)],
            [bp(146, 82, 50), bp(128, 78, 26), bp(146, 82, 2)],
            [bp(146, 82, 50), bp(85, 55, 26), bp(146, 82, 2)],
            [bp(146, 82, 400), bp(146, 82, 26), bp(146, 82, 2)],
            [bp(146, 82, 3), bp(146, 82, 2.6), bp(146, 82, 2.4)],
        ],
        ids=["two", "last in", "middle in", "other side", "too long ago", "one sitting"],
    )
    def test_is_no_row(self, points: list[Point]) -> None:
        assert trends(Kind.BLOOD_PRESSURE, points) == {}

    def test_one_sitting_counts_once_by_its_mean(self) -> None:
        calm = [bp(150, 80, 50), bp(120, 70, 49.9), bp(146, 82, 26), bp(146, 82, 2)]
        raised = [bp(150, 80, 50), bp(130, 70, 49.9), bp(146, 82, 26), bp(146, 82, 2)]
        assert Rule.IN_A_ROW in trends(Kind.BLOOD_PRESSURE, raised)
        assert Rule.IN_A_ROW in trends(Kind.BLOOD_PRESSURE, calm)  # 135 is the limit
        calmer = [bp(140, 80, 50), bp(120, 70, 49.9), bp(146, 82, 26), bp(146, 82, 2)]
        assert Rule.IN_A_ROW not in trends(Kind.BLOOD_PRESSURE, calmer)

    def test_each_meal_is_a_row_of_its_own(self) -> None:
        fasting = [sugar(7.6, ago) for ago in (72, 48, 24)]
        after = [sugar(8.0, ago, Meal.AFTER_MEAL) for ago in (70, 46, 22)]
        judged = judge_trends(Kind.GLUCOSE, fasting + after, person=FATHER, now=NOW)
        found = {(one.judgement.rule, one.judgement.meal) for one in judged}
        assert found == {(Rule.IN_A_ROW, Meal.FASTING), (Rule.WEEKLY_MEAN, Meal.FASTING)}

    def test_below_the_target_is_a_row_too(self) -> None:
        points = [Point(NOW - hours(ago), {"spo2": 92.0, "pulse": 70.0}) for ago in (50, 26, 2)]
        judgement = trends(Kind.SPO2, points)[Rule.IN_A_ROW].judgement
        assert (judgement.level, judgement.direction) == (Level.HIGH, Direction.LOW)
        assert judgement.reason is not None
        assert judgement.reason.zh == "血氧连续 3 次低于目标，最近一次 92%，请尽快联系医生"

    def test_the_doctors_range_is_the_target(self) -> None:
        override = Override(
            kind=Kind.SPO2,
            component="spo2",
            low=88,
            high=92,
            valid_from=date(2026, 1, 1),
            set_by="王医生",
        )
        points = [Point(NOW - hours(ago), {"spo2": 90.0}) for ago in (50, 26, 2)]
        assert judge_trends(Kind.SPO2, points, person=FATHER, now=NOW, overrides=[override]) == ()

    def test_a_later_reading_makes_another_run_of_the_same_trouble(self) -> None:
        points = [bp(146, 82, ago) for ago in (74, 50, 26)]
        first = trends(Kind.BLOOD_PRESSURE, points)[Rule.IN_A_ROW]
        again = trends(Kind.BLOOD_PRESSURE, points)[Rule.IN_A_ROW]
        later = trends(Kind.BLOOD_PRESSURE, [*points, bp(146, 82, 2)])[Rule.IN_A_ROW]
        assert first.reading == again.reading != later.reading


class TestWeeklyMean:
    week = tuple(bp(148 + i % 3 - 1, 92, 12 * i + 1) for i in range(14))

    def test_says_mean_and_count_and_is_high(self) -> None:
        judgement = trends(Kind.BLOOD_PRESSURE, self.week)[Rule.WEEKLY_MEAN].judgement
        assert judgement.level is Level.HIGH
        assert judgement.reason is not None
        assert judgement.reason.zh == (
            "最近 7 天血压平均 148/92（14 次），达到或超过 135/85，请尽快联系医生"
        )
        assert judgement.source is not None
        assert judgement.source.zh == "中国高血压防治指南 2024"

    @pytest.mark.parametrize(
        "points",
        [
            week[:5],
            [bp(148, 92, ago / 4) for ago in range(1, 40)],
            [bp(134, 84, 12 * i + 1) for i in range(14)],
            [bp(148, 92, 12 * i + 169) for i in range(14)],
        ],
        ids=["too few", "too few days", "not raised", "last week"],
    )
    def test_is_silent_where_there_is_no_weekly_mean(self, points: Sequence[Point]) -> None:
        assert Rule.WEEKLY_MEAN not in trends(Kind.BLOOD_PRESSURE, points)

    def test_a_mean_just_under_the_limit_is_not_rounded_over_it(self) -> None:
        points = [bp(134.9 if i else 134.8, 70, 12 * i + 1) for i in range(8)]
        assert trends(Kind.BLOOD_PRESSURE, points).get(Rule.WEEKLY_MEAN) is None

    def test_fasting_glucose_over_its_target_is_a_notice(self) -> None:
        points = [sugar(value, ago) for value, ago in ((7.4, 70), (7.5, 46), (6.9, 22))]
        judgement = trends(Kind.GLUCOSE, points)[Rule.WEEKLY_MEAN].judgement
        assert judgement.level is Level.NOTICE
        assert judgement.reason is not None
        assert judgement.reason.zh == ("最近 7 天空腹血糖平均 7.3 mmol/L（3 次），超过 7.0，请留意")

    def test_a_mean_is_shown_on_its_side_of_the_limit(self) -> None:
        points = [sugar(value, ago) for value, ago in ((7.0, 70), (7.1, 46), (7.0, 22))]
        judgement = trends(Kind.GLUCOSE, points)[Rule.WEEKLY_MEAN].judgement
        assert judgement.reason is not None
        assert "平均 7.03 mmol/L" in judgement.reason.zh

    def test_days_are_those_of_the_readings_own_offset(self) -> None:
        evening = datetime(2026, 11, 18, 23, 0, tzinfo=CHINA)
        two_days = [
            Point(evening + timedelta(hours=i), {"systolic": 150.0, "diastolic": 80.0})
            for i in (0, 0.5, 2, 3, 22, 23)
        ]
        assert Rule.WEEKLY_MEAN not in trends(Kind.BLOOD_PRESSURE, two_days)
        third = Point(evening + timedelta(hours=26), {"systolic": 150.0, "diastolic": 80.0})
        assert Rule.WEEKLY_MEAN in trends(Kind.BLOOD_PRESSURE, [*two_days, third])


class TestWeightGain:
    def test_two_kilograms_in_three_days_with_heart_failure_is_high(self) -> None:
        judged = trends(Kind.WEIGHT, [weight(70.1, 60), weight(72.1, 2)], HEART)
        judgement = judged[Rule.WEIGHT_GAIN].judgement
        assert judgement.level is Level.HIGH
        assert judgement.reason is not None
        assert judgement.reason.zh == ("体重 3 天内增加 2.0 公斤，达到或超过 2.0，请尽快联系医生")

    @pytest.mark.parametrize(
        ("points", "person"),
        [
            ([weight(70.0, 60), weight(71.9, 2)], HEART),
            ([weight(72.0, 60), weight(70.0, 2)], HEART),
            ([weight(70.0, 73), weight(72.0, 2)], HEART),
            ([weight(70.0, 60), weight(73.0, 2)], FATHER),
            ([weight(70.0, 2)], HEART),
            ([], HEART),
        ],
        ids=["less", "loss", "longer", "no heart failure", "one", "none"],
    )
    def test_is_silent_otherwise(self, points: list[Point], person: Person) -> None:
        assert trends(Kind.WEIGHT, points, person) == {}


some_points = st.lists(
    st.builds(
        bp,
        st.integers(80, 200),
        st.integers(50, 120),
        st.integers(-5, 24 * 20).map(lambda quarter: quarter / 2),
    ),
    max_size=30,
)


class TestTrendProperties:
    @given(some_points, st.randoms(use_true_random=False))
    def test_order_and_doubles_do_not_matter(self, points: list[Point], random: Random) -> None:
        shuffled = points + points[:3]
        random.shuffle(shuffled)
        kind = Kind.BLOOD_PRESSURE
        assert judge_trends(kind, points, person=FATHER, now=NOW) == judge_trends(
            kind, shuffled, person=FATHER, now=NOW
        )

    @given(st.lists(st.builds(bp, st.integers(90, 134), st.integers(50, 84), st.floats(0, 400))))
    def test_nothing_is_said_of_readings_inside_the_target(self, points: list[Point]) -> None:
        assert judge_trends(Kind.BLOOD_PRESSURE, points, person=FATHER, now=NOW) == ()

    @given(some_points)
    def test_a_trend_is_a_notice_or_high_and_never_from_the_future(
        self, points: list[Point]
    ) -> None:
        for judged in judge_trends(Kind.BLOOD_PRESSURE, points, person=FATHER, now=NOW):
            assert judged.judgement.level in (Level.NOTICE, Level.HIGH)
            assert judged.at <= NOW
