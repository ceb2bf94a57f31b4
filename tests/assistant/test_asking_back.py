"""What is unclear is asked back, with choices that this archive answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.assistant.answer import Answer
from bot.assistant.engine import Assistant
from tests.assistant.archives import assistant, condition, patient, pressure, quantity

CHECKUP = {
    "resourceType": "DiagnosticReport",
    "status": "final",
    "subject": {"reference": "Patient/p1"},
}


def checkup(i: str, at: str, said: str) -> dict[str, Any]:
    more = {"id": i, "code": {"text": "健康体检报告"}, "effectiveDateTime": at, "conclusion": said}
    return CHECKUP | more


def cited(answer: Answer) -> set[str]:
    return {each.resource.split("/")[1] for each in answer.citations}


@pytest.fixture(scope="module")
def asked() -> Assistant:
    return assistant(
        patient(),
        pressure("old", 128, 82, "2026-02-27T07:30:00+08:00"),
        pressure("month", 136, 84, "2026-10-12T07:30:00+08:00"),
        pressure("new", 142, 88, "2026-11-20T07:30:00+08:00"),
        quantity("sugar", "14749-6", "葡萄糖", 6.8, "mmol/L", "2026-11-19T08:00:00+08:00"),
        quantity("alt", "1742-6", "谷丙转氨酶", 43, "U/L", "2026-03-05T08:00:00+08:00"),
        condition("c", "高血压"),
        checkup("first", "2025-03-04", "血压正常。"),
        checkup("second", "2026-03-05", "轻度脂肪肝。"),
    )


@pytest.mark.parametrize(
    ("question", "choices"),
    [
        ("正常吗？", ["血压正常吗？", "血糖正常吗？"]),
        ("上个月平均多少", ["上个月血压平均是多少？"]),
        ("有什么异常吗", ["最近的报告怎么说？", "最近一次血压是多少？"]),
        ("压力大吗", ["血压正常吗？", "压力大、睡不好怎么办？"]),
        ("血怎么样", ["血压正常吗？", "血糖正常吗？"]),
        ("2月30号血压多少", ["2月血压多少", "最近一次血压是多少？"]),
        ("27月2日的血压", ["2月27日的血压", "最近一次血压是多少？"]),
        ("下个月血压是多少", ["上个月血压是多少", "最近一次血压是多少？"]),
        ("上上上次体检结果怎么样", ["上次体检结果怎么样"]),
        ("what was my blood pressure on February 30", ["What was the last blood pressure?"]),
        ("is it normal", ["Is the blood pressure normal?", "Is the blood glucose normal?"]),
    ],
)
def test_it_is_asked_back_and_every_choice_is_answered(
    asked: Assistant, question: str, choices: list[str]
) -> None:
    answer = asked.ask(question)
    assert answer.unclear
    assert (answer.outcome, answer.facts, answer.citations) == ("not_found", (), ())
    assert 2 <= len(answer.choices) <= 4
    assert set(choices) <= set(answer.choices)
    assert json.loads(json.dumps(answer.to_json()))["choices"] == list(answer.choices)
    for each in answer.choices:
        chosen = asked.ask(each)
        assert (chosen.outcome, chosen.unclear) == ("answered", False), each


@pytest.mark.parametrize(
    ("question", "resources"),
    [
        ("上上次的血压是多少", {"month"}),
        ("酶高吗", {"alt"}),  # only one is held
        ("上上次体检结果怎么样", {"first"}),
        ("上次体检结果怎么样", {"second"}),
        ("2月27号血压多少", {"old"}),
        ("糖高吗", {"sugar"}),
    ],
)
def test_where_the_record_has_one_reading_it_is_the_answer(
    asked: Assistant, question: str, resources: set[str]
) -> None:
    answer = asked.ask(question)
    assert (answer.outcome, answer.choices) == ("answered", ())
    assert resources <= cited(answer)
    assert cited(answer) - resources <= {e for e in cited(answer) if "-" in e}  # guidelines


def test_an_archive_of_nothing_offers_nothing() -> None:
    answer = assistant(patient()).ask("正常吗？")
    assert (answer.outcome, answer.unclear, answer.choices) == ("not_found", True, ())
    assert "choices" not in answer.to_json()
    # What is named and not held is not there: nothing is asked back.
    named = assistant(patient(), pressure("p", 120, 80, "2026-11-20T07:30:00+08:00"))
    assert not named.ask("2月30号肌酐多少").choices
    assert not named.ask("我的指纹是什么形状").unclear


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        ("压力大，胸口像压了块石头，喘不上气", "emergency"),
        ("2月30号开始胸痛，现在喘不上气", "emergency"),
        ("邻居2月30号血压多少", "declined"),
    ],
)
def test_neither_an_emergency_nor_what_is_declined_is_asked_back(
    asked: Assistant, question: str, outcome: str
) -> None:
    answer = asked.ask(question)
    assert (answer.outcome, answer.unclear, answer.choices) == (outcome, False, ())
