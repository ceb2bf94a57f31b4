"""Questions that were once asked by hand in the demo and answered badly."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.answer import Outcome
from tests.assistant.archives import ME, assistant, pressure, quantity

DRUG: dict[str, Any] = {
    "resourceType": "MedicationRequest",
    "id": "m",
    "status": "active",
    "intent": "order",
    "subject": ME,
    "medicationCodeableConcept": {"text": "苯磺酸氨氯地平片"},
    "authoredOn": "2025-06-15",
}
NOTED = pressure("n", 150, 90, "2026-11-20T07:00:00+08:00", note=[{"text": "看球赛，忘了吃药"}])
CT: dict[str, Any] = {
    "resourceType": "DiagnosticReport",
    "id": "ct",
    "status": "final",
    "code": {"text": "胸部CT"},
    "subject": ME,
    "effectiveDateTime": "2026-05-03",
    "conclusion": "双肺未见异常。",
}


@pytest.mark.parametrize("question", ["我的血压药要不要换", "降压药该换了吗", "这药能换吗"])
def test_switching_a_medicine_is_a_doctors_decision(question: str) -> None:
    answer = assistant(DRUG).ask(question)
    assert answer.outcome is Outcome.DECLINED
    assert answer.text.startswith("能不能停药、换药要由医生决定")


@pytest.mark.parametrize("question", ["上次体检报告说了什么", "上次体检的血压是多少"])
def test_without_a_check_up_nothing_else_stands_in_for_it(question: str) -> None:
    answer = assistant(NOTED, CT).ask(question)
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.text == "档案里没有找到体检的记录，没法按它来算时间。"


def test_a_note_beside_a_number_is_no_report() -> None:
    answer = assistant(NOTED, CT).ask("最近一次检查报告怎么说")
    assert [c.resource for c in answer.citations] == ["DiagnosticReport/ct"]
    assert assistant(NOTED).ask("最近一次检查报告怎么说").outcome is Outcome.NOT_FOUND


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "我体重涨了多少",
            "体重升了 1.7 kg：从 62.7 kg（2026年10月25日）到 64.4 kg（2026年11月20日）",
        ),
        ("how much weight did i gain", "weight: up by 1.7 kg, from 62.7 kg"),
        ("体重有什么变化", "体重总的来看比较平稳"),
    ],
)
def test_by_how_much_is_answered_with_the_difference(question: str, said: str) -> None:
    answer = assistant(
        quantity("a", "29463-7", "体重", 62.7, "kg", "2026-10-25"),
        quantity("b", "29463-7", "体重", 64.4, "kg", "2026-11-20"),
    ).ask(question)
    assert answer.text.startswith(said)
