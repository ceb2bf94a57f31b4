"""Days in a row, and the few highest or lowest: 「连续三天」, 「最高的三次」."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.assistant.answer import Answer, Outcome
from bot.assistant.engine import Assistant
from tests.assistant.archives import assistant, pressure

HIGH_DAYS = (2, 3, 4, 8, 9, 15)


def archive(*more: dict[str, object]) -> Assistant:
    days = [
        pressure(f"d{d}", 150 + d if d in HIGH_DAYS else 120, 80, f"2026-11-{d:02}T07:00:00+08:00")
        for d in range(1, 17)
        if d != 12
    ]
    return assistant(*days, *more)


def refs(answer: Answer) -> list[str]:
    return [c.resource for c in answer.citations if c.resource.startswith("Observation/")]


@pytest.mark.parametrize(
    "question",
    [
        "血压有没有连续三天超过140",
        "有没有连续3天血压偏高",
        "高压连续三天高于150的有没有",
        "was my blood pressure above 140 three days in a row",
    ],
)
def test_days_in_a_row_that_were(question: str) -> None:
    answer = archive().ask(question)
    assert answer.outcome is Outcome.ANSWERED
    assert answer.text.startswith(("有。", "Yes."))
    assert answer.facts[0].value == Decimal(3)
    assert refs(answer) == ["Observation/d2", "Observation/d3", "Observation/d4"]


def test_days_in_a_row_that_were_not() -> None:
    answer = archive().ask("血压有没有连续四天超过140")
    assert answer.text.startswith(
        "没有连续 4 天的。血压最长连续 3 天是这样：从2026年11月2日到2026年11月4日。"
    )


def test_no_day_at_all_cites_what_was_looked_at() -> None:
    answer = archive().ask("血压有没有连续两天超过180")
    assert answer.text == "没有，血压一天也没有这样的。"
    assert len(refs(answer)) == 15


def test_single_days_are_no_run() -> None:
    answer = archive().ask("上周血压有没有连续两天超过140")
    assert answer.text.startswith(
        "没有连续 2 天的。血压没有连着的日子，只有单独的一天，最近是2026年11月15日。"
    )


def test_two_readings_of_one_day_are_one_day() -> None:
    twice = pressure("again", 160, 90, "2026-11-15T21:00:00+08:00")
    answer = archive(twice).ask("11月10日以后血压最长连续几天超过140")
    assert answer.facts[0].value == Decimal(1)


def test_a_day_without_a_reading_breaks_the_run() -> None:
    answer = archive().ask("我连续测了几天血压")
    assert "血压最长连续测了 11 天：从2026年11月1日到2026年11月11日。" in answer.text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("血压最高的三次是哪几次", ["d15", "d9", "d8"]),
        ("血压最高的2次", ["d15", "d9"]),
        ("two highest blood pressure readings", ["d15", "d9"]),
        ("上个星期血压最低的两次", ["d10", "d11"]),
    ],
)
def test_the_few_highest_or_lowest_are_told_in_order(question: str, expected: list[str]) -> None:
    answer = archive().ask(question)
    assert refs(answer) == [f"Observation/{each}" for each in expected]
    assert answer.facts[0].value == Decimal(len(expected))
