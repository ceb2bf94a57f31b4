"""Parts of the day, hours by the clock and meals: one asked for, or two beside each other."""

from __future__ import annotations

import pytest

from bot.assistant.answer import Outcome
from bot.assistant.understanding.clock_times import by_the_clock
from bot.assistant.understanding.text import read
from tests.assistant.archives import assistant, pressure, quantity

MORNING = [pressure(f"m{day}", 150, 90, f"2026-11-{day:02}T07:30:00+08:00") for day in (1, 2)]
EVENING = [pressure(f"e{day}", 140, 84, f"2026-11-{day:02}T21:10:00+08:00") for day in (1, 2)]


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("晚上10点以后", (22, 24)), ("晚上12点以后", (0, 6)), ("早上七点之前", (4, 7)),
        ("下午3点到6点之间", (15, 18)), ("8点以前", (0, 8)), ("凌晨2点后", (2, 6)),
        ("after 8 pm", (20, 24)), ("before 7:00 am", (0, 7)), ("between 3 and 5 pm", (15, 17)),
        ("between 11 am and 1 pm", (11, 13)), ("after 12 am", (0, 24)),
    ],
)  # fmt: skip
def test_an_hour_by_the_clock(said: str, hours: tuple[int, int]) -> None:
    asked = read(said)
    found = by_the_clock(asked.plain, asked.language)
    assert found is not None
    assert found[0].hours == hours


@pytest.mark.parametrize("said", ["早上的血压", "最近3点建议", "after 8 weeks", "25点以后"])
def test_no_hour_is_read_where_none_is_said(said: str) -> None:
    asked = read(said)
    assert by_the_clock(asked.plain, asked.language) is None


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("早上和晚上的血压哪个高", "血压早上比晚上高 10 mmHg（舒张压高 6 mmHg）"),
        ("血压晚上高还是早上高", "血压晚上比早上低 10 mmHg（舒张压低 6 mmHg）"),
        (
            "is my blood pressure higher in the morning or in the evening",
            "blood pressure: morning is 10 mmHg (diastolic up 6 mmHg) higher than evening",
        ),
    ],
)
def test_two_times_of_day_are_set_beside_each_other(question: str, begins: str) -> None:
    answer = assistant(*MORNING, *EVENING).ask(question)
    assert answer.text.startswith(begins)
    assert len(answer.citations) == 4


def test_two_times_of_day_are_each_answered() -> None:
    answer = assistant(*MORNING, *EVENING).ask("早上和晚上的血压平均是多少")
    assert answer.text.startswith(
        "早上：血压平均是 150/90 mmHg，一共 2 次测量。晚上：血压平均是 140/84 mmHg，一共 2 次测量。"
    )


def test_two_meals_are_set_beside_each_other_or_told_apart() -> None:
    archive = assistant(
        quantity("a", "1558-6", "空腹血糖", 6.1, "mmol/L", "2026-11-01T07:00:00+08:00"),
        quantity("b", "1521-4", "餐后2小时血糖", 9.1, "mmol/L", "2026-11-01T10:00:00+08:00"),
    )
    compared = archive.ask("饭后血糖跟空腹比差多少").text
    assert compared.startswith(
        "血糖餐后比空腹高 3 mmol/L：餐后平均 9.1 mmol/L，空腹平均 6.1 mmol/L。"
    )
    latest = archive.ask("空腹和餐后血糖最近一次是多少").text
    assert latest.index("空腹血糖最近一次是 6.1 mmol/L") < latest.index(
        "餐后血糖最近一次是 9.1 mmol/L"
    )


def test_one_side_without_records_is_said() -> None:
    answer = assistant(*MORNING).ask("早上和晚上的血压哪个高")
    assert answer.outcome is Outcome.ANSWERED
    assert "早上：血压最近一次是 150/90 mmHg（2026年11月2日 07:30）" in answer.text
    assert "晚上：档案里这段时间没有血压的记录。" in answer.text
    none = assistant(*MORNING).ask("晚上10点以后的血压")
    assert none.outcome is Outcome.NOT_FOUND
    assert none.text == (
        "档案里这段时间没有血压的记录。最近的一次是 150/90 mmHg（2026年11月2日 07:30）。"
    )


@pytest.mark.parametrize("question", ["这次血压比上次高吗", "最近一次和上一次血压差多少"])
def test_the_last_is_set_beside_the_one_before_it(question: str) -> None:
    text = assistant(*MORNING, *EVENING).ask(question).text
    assert text.startswith(
        "血压比上一次低 10 mmHg：上一次 150/90 mmHg（2026年11月2日 07:30），"
        "最近一次 140/84 mmHg（2026年11月2日 21:10）。"
    )
