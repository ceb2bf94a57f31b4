"""Answers as an old man hears them: what matters first, and nothing that is not so."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.answer import Outcome
from tests.assistant.archives import assistant, condition, medicine, patient, quantity

VISIT: dict[str, Any] = {
    "resourceType": "Encounter",
    "id": "v",
    "status": "finished",
    "class": {"code": "AMB"},
    "subject": {"reference": "Patient/p1"},
    "period": {"start": "2026-10-22T09:10:00+08:00"},
    "reasonCode": [{"text": "高血压随访"}],
}
ALLERGY: dict[str, Any] = {
    "resourceType": "AllergyIntolerance",
    "id": "a",
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "code": {"text": "青霉素"},
    "patient": {"reference": "Patient/p1"},
}


@pytest.mark.parametrize("question", ["上次随访是哪天", "最近一次门诊是哪天"])
def test_a_visit_that_names_only_its_class_is_a_visit(question: str) -> None:
    answer = assistant(patient(), VISIT).ask(question)
    assert answer.text == "门诊（高血压随访）的时间是2026年10月22日。"
    assert [c.resource for c in answer.citations] == ["Encounter/v"]


@pytest.mark.parametrize("question", ["青霉素能不能打", "能不能吃阿莫西林"])
def test_what_is_not_borne_is_said_before_the_doctor_is_offered(question: str) -> None:
    answer = assistant(patient(), ALLERGY).ask(question)
    assert answer.outcome is Outcome.DECLINED
    assert answer.text.startswith("档案里记着对它过敏：青霉素")
    assert "AllergyIntolerance/a" in [c.resource for c in answer.citations]


def test_another_medicine_is_not_said_to_be_the_one_not_borne() -> None:
    text = assistant(patient(), ALLERGY).ask("能不能吃布洛芬").text
    assert "对它过敏" not in text
    assert "档案里记录的过敏有：青霉素" in text


def test_what_goes_on_is_told_with_its_beginning() -> None:
    archive = assistant(patient(), condition("c", "高血压"), medicine("m", "缬沙坦胶囊"))
    assert archive.ask("我有什么病").text == "档案里记录的疾病有：高血压，2019年5月1日起。"


def test_lipids_high_is_a_question_of_numbers() -> None:
    archive = assistant(
        patient(),
        condition("c", "血脂异常"),
        quantity("t", "14927-8", "甘油三酯", 1.83, "mmol/L", "2026-11-09T07:52:00+08:00"),
    )
    assert archive.ask("血脂高吗").text.startswith("甘油三酯最近一次是 1.83 mmol/L")
    assert archive.ask("我有高血脂吗").text.startswith("有，档案里记录了：血脂异常")


def test_how_low_is_low_is_told_of_the_low_limit_alone() -> None:
    text = assistant(patient()).ask("血糖低于多少算低").text
    assert text == "中国2型糖尿病防治指南：血糖 ≤3.9 mmol/L 为低血糖，<3.0 mmol/L 为严重。"


def test_limits_of_one_source_are_one_sentence() -> None:
    text = assistant(patient()).ask("血压正常应该是多少").text
    assert text.count("中国高血压防治指南（2024年修订版）：") == 1


@pytest.mark.parametrize("question", ["血压一天量几次好", "什么时候量血压最好"])
def test_how_often_to_measure_is_no_count_of_readings(question: str) -> None:
    text = assistant(patient()).ask(question).text
    assert text.startswith("一般的建议是：早晚各一回。")
