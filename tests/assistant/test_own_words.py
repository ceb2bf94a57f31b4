"""What two records written by hand and asked in old people's words brought to light."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.assistant.answer import Answer, Outcome
from tests.assistant.archives import assistant, observation, patient, pressure, quantity

AT = "2026-11-20T07:00:00+08:00"
PREGNANT = patient("female", "1995-06-18", "陈雨")


def _values(answer: Answer) -> set[object]:
    return {fact.value for fact in answer.facts}


def test_fasting_noted_beside_a_lipid_is_no_glucose_meal() -> None:
    lipid = quantity("l", "14927-8", "甘油三酯", 1.6, "mmol/L", AT, note=[{"text": "空腹采血"}])
    answer = assistant(lipid).ask("甘油三酯多少")
    assert answer.outcome is Outcome.ANSWERED
    assert Decimal("1.6") in _values(answer)


@pytest.mark.parametrize(
    ("question", "hits"),
    [
        ("血氧低过94没有", 1),
        ("血氧90以下有过吗", 0),
        ("血氧在90到95之间的有几次", 1),
        ("血氧啥时候低于94的", 1),
    ],
)
def test_a_limit_is_counted_however_it_is_said(question: str, hits: int) -> None:
    rows = [
        quantity(f"s{n}", "59408-5", "血氧饱和度", value, "%", f"2026-11-1{n}T21:00:00+08:00")
        for n, value in enumerate((91, 97, 96))
    ]
    answer = assistant(*rows).ask(question)
    assert [f.value for f in answer.facts if f.label == "符合次数"] == [Decimal(hits)]


@pytest.mark.parametrize(
    ("question", "hits"),
    [
        ("血压低于130/80的有几次", 2),  # controlled: both figures
        ("血压低于90/60有几次", 1),  # low: one of them
        ("血压超过140/90有几次", 2),
    ],
)
def test_of_a_pressure_both_figures_reach_a_target_and_one_is_enough_to_be_off(
    question: str, hits: int
) -> None:
    pairs = ((128, 78), (128, 84), (150, 70), (118, 92), (88, 64))
    rows = [
        pressure(f"b{n}", high, low, f"2026-11-1{n}T07:00:00+08:00")
        for n, (high, low) in enumerate(pairs)
    ]
    answer = assistant(*rows).ask(question)
    assert [f.value for f in answer.facts if f.label == "符合次数"] == [Decimal(hits)]


def test_days_that_nobody_can_know_are_asked_back_not_averaged() -> None:
    answer = assistant(pressure("b", 150, 90, AT)).ask("感冒那几天血压平均多少")
    assert (answer.outcome, answer.unclear, answer.facts) == (Outcome.NOT_FOUND, True, ())


def test_a_tolerance_test_is_no_everyday_glucose() -> None:
    drunk = quantity("o", "1558-6", "OGTT空腹血糖", 5.3, "mmol/L", "2026-10-14T08:00:00+08:00")
    meter = quantity("g", "14743-9", "空腹血糖", 4.4, "mmol/L", AT)
    asked = assistant(drunk, meter)
    assert Decimal("5.3") in _values(asked.ask("糖耐空腹多少"))
    assert Decimal("4.4") in _values(asked.ask("空腹血糖多少"))


def test_the_meal_and_the_hours_after_it_are_kept_apart() -> None:
    morning = quantity("m", "14743-9", "早餐后1小时血糖", 7.5, "mmol/L", AT)
    evening = quantity("e", "14743-9", "晚餐后2小时血糖", 6.1, "mmol/L", "2026-11-20T19:00+08:00")
    asked = assistant(morning, evening)
    assert Decimal("7.5") in _values(asked.ask("早餐后一小时血糖平均多少"))
    assert Decimal("6.1") in _values(asked.ask("晚饭后血糖最近多少"))


def test_what_is_known_of_a_child_not_born_is_the_mothers_record() -> None:
    due = observation("d", "11778-8", "预产期", "2026-06-20", valueDateTime="2027-01-23")
    heart = quantity("h", "55283-6", "胎心率", 146, "/min", AT)
    weight = quantity("w", "29463-7", "体重", 63.4, "kg", AT)
    asked = assistant(due, heart, weight, who=PREGNANT)
    assert Decimal(146) in _values(asked.ask("宝宝心跳多少"))
    assert "2027年1月23日" in asked.ask("宝宝什么时候出生").text
    assert Decimal("63.4") not in _values(asked.ask("B超说宝宝多重"))
    assert assistant(weight, who=PREGNANT).ask("宝宝心跳多少").outcome is Outcome.DECLINED


def test_body_mass_is_counted_from_weight_and_height_of_adults_alone() -> None:
    rows = (
        quantity("w", "29463-7", "体重", 64, "kg", AT),
        quantity("h", "8302-2", "身高", 160, "cm", AT),
    )
    answer = assistant(*rows).ask("我胖不胖")
    assert Decimal("25.0") in _values(answer)
    assert {c.resource for c in answer.citations} >= {"Observation/w", "Observation/h"}
    child = assistant(*rows, who=patient("male", "2016-01-01", "小明")).ask("BMI是多少")
    assert child.outcome is Outcome.NOT_FOUND


def test_the_results_outside_their_printed_range_are_listed() -> None:
    ranged = {"referenceRange": [{"low": {"value": 57}, "high": {"value": 111}}]}
    high = quantity("c", "14682-9", "肌酐", 121, "umol/L", AT, **ranged)
    fine = quantity("k", "2823-3", "血钾", 60, "mmol/L", AT, **ranged)
    answer = assistant(high, fine).ask("有哪些指标超标了")
    assert Decimal(121) in _values(answer)
    assert Decimal(60) not in _values(answer)


@pytest.mark.parametrize(
    "said",
    [
        "看电视剧的时候突然胸口疼",
        "看球赛激动，现在胸口压着疼",
        "watching a movie when my chest started hurting badly and I'm sweating",
        "血压70/40",
        "就是胸口有点闷，汗出得衣服都湿了，应该没事吧",
        "两个月的宝宝38.5",
    ],
)
def test_what_is_felt_while_a_film_runs_is_no_film(said: str) -> None:
    assert assistant().ask(said).outcome is Outcome.EMERGENCY


@pytest.mark.parametrize(
    "said",
    ["昨天胎动多少", "孕31周胎动31次", "胎心率165", "电视剧里女主角割腕了", "血压85/55正常吗"],
)
def test_counting_and_stories_raise_no_alarm(said: str) -> None:
    assert assistant(who=PREGNANT).ask(said).outcome is not Outcome.EMERGENCY
