"""A range set for a person stands before what a guideline says of everybody."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.answer import Outcome, Urgency
from tests.assistant.archives import ME, assistant, pressure, quantity

LOINC = "http://loinc.org"


def goal(status: str = "active", **more: Any) -> dict[str, Any]:
    oxygen = {"coding": [{"system": LOINC, "code": "59408-5"}], "text": "血氧饱和度"}
    span = {"low": {"value": 88, "unit": "%"}, "high": {"value": 92, "unit": "%"}}
    return {
        "resourceType": "Goal",
        "id": "g",
        "lifecycleStatus": status,
        "description": {"text": "血氧维持在 88–92%"},
        "subject": ME,
        "startDate": "2026-01-01",
        "expressedBy": {"display": "王医生"},
        "target": [{"measure": oxygen, "detailRange": span}],
    } | more


def oxygen(value: int, day: int = 20, i: str = "o") -> dict[str, Any]:
    return quantity(i, "59408-5", "血氧", value, "%", f"2026-11-{day:02}T08:00:00+08:00")


@pytest.mark.parametrize(
    ("value", "said"),
    [(91, "这在个人范围里"), (88, "这在个人范围里"), (96, "高于个人范围")],
)
def test_oxygen_is_held_against_the_range_the_doctor_set(value: int, said: str) -> None:
    answer = assistant(oxygen(value), goal()).ask("我妈最近血氧怎么样")
    assert f"{said}（王医生定的血氧饱和度 88–92%）。" in answer.text
    assert "94" not in answer.text
    assert answer.urgency is Urgency.NONE
    assert [c.resource for c in answer.citations] == ["Observation/o", "Goal/g"]


def test_what_is_below_the_range_and_dangerous_is_urgent() -> None:
    answer = assistant(oxygen(86), goal()).ask("血氧怎么样")
    assert "低于个人范围（王医生定的血氧饱和度 88–92%）。" in answer.text
    assert answer.urgency is Urgency.URGENT
    assert "请今天就去看医生" in answer.text


def test_the_side_that_no_range_was_set_for_is_held_against_the_guideline() -> None:
    measure = {"coding": [{"system": LOINC, "code": "8480-6"}]}
    top = goal(
        target=[{"measure": measure, "detailRange": {"high": {"value": 150, "unit": "mmHg"}}}]
    )
    reading = pressure("p", 145, 96, "2026-11-20T08:00:00+08:00")
    text = assistant(reading, top).ask("血压怎么样").text
    assert "这在个人范围里（王医生定的收缩压 ≤150 mmHg）。" in text
    assert "这个数偏高" in text
    fine = pressure("p", 145, 80, "2026-11-20T08:00:00+08:00")
    assert "偏高" not in assistant(fine, top).ask("血压怎么样").text


@pytest.mark.parametrize(
    "other", [goal("proposed"), goal("completed"), goal(startDate="2026-11-22")]
)
def test_a_range_that_does_not_hold_changes_nothing(other: dict[str, Any]) -> None:
    answer = assistant(oxygen(91), other).ask("血氧怎么样")
    assert "这个数偏低" in answer.text
    assert "个人范围" not in answer.text


def test_what_is_urgent_for_everybody_stays_urgent() -> None:
    measure = {"coding": [{"system": LOINC, "code": "8480-6"}]}
    wide = goal(
        target=[{"measure": measure, "detailRange": {"high": {"value": 190, "unit": "mmHg"}}}]
    )
    answer = assistant(pressure("p", 185, 80, "2026-11-20T08:00:00+08:00"), wide).ask("血压怎么样")
    assert answer.urgency is Urgency.URGENT
    assert "个人范围" not in answer.text


def test_how_often_is_counted_by_the_range() -> None:
    rows = [oxygen(value, day, f"o{day}") for day, value in enumerate((87, 89, 91, 93, 95), 10)]
    answer = assistant(*rows, goal()).ask("血氧偏低过几次")
    assert answer.facts[0].value == 1
    assert "按个人范围算：王医生定的血氧饱和度 88–92%。" in answer.text
    assert [c.resource for c in answer.citations if "Observation" in c.resource] == [
        "Observation/o10"
    ]
    high = assistant(*rows, goal()).ask("血氧偏高过几次")
    assert high.facts[0].value == 2


def test_an_average_is_held_against_it_too() -> None:
    answer = assistant(oxygen(89, 19, "a"), oxygen(91, 20, "b"), goal()).ask("血氧最近一周平均多少")
    assert answer.outcome is Outcome.ANSWERED
    assert "这在个人范围里" in answer.text


def test_the_questions_own_value_is_held_against_the_range_too() -> None:
    answer = assistant(goal()).ask("血氧91%正常吗")
    assert answer.text == "这在个人范围里（王医生定的血氧饱和度 88–92%）。"
    assert [c.resource for c in answer.citations] == ["Goal/g"]
    assert "这个数偏低" in assistant().ask("血氧91%正常吗").text
