"""Which documents a question about reports is answered from."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.answer import Outcome
from tests.assistant.archives import assistant

FORM: dict[str, Any] = {
    "resourceType": "QuestionnaireResponse",
    "id": "q1",
    "questionnaire": "https://kangban.example/Questionnaire/phq-9",
    "status": "completed",
    "authored": "2026-10-14T09:00:00+08:00",
    "item": [{"linkId": "1", "text": "兴趣"}, {"linkId": "9", "text": "自伤想法"}],
}
PAPER: dict[str, Any] = {
    "resourceType": "DiagnosticReport",
    "id": "r1",
    "status": "final",
    "code": {"text": "血常规"},
    "effectiveDateTime": "2026-09-25T08:00:00+08:00",
    "conclusion": "白细胞计数偏高",
}
ABOUT_REPORTS = ["上次报告说什么", "我有哪些报告", "上次化验是哪天", "上次抽血是哪天"]


@pytest.mark.parametrize("question", ABOUT_REPORTS)
def test_what_was_ticked_on_a_form_is_no_report(question: str) -> None:
    answer = assistant(PAPER, FORM).ask(question)
    assert answer.outcome is Outcome.ANSWERED
    assert "血常规" in answer.text
    assert "2026年9月25日" in answer.text
    assert [each.resource for each in answer.citations] == ["DiagnosticReport/r1"]
    assert "自伤" not in answer.text


@pytest.mark.parametrize("question", ABOUT_REPORTS)
def test_with_nothing_but_a_form_there_is_no_report(question: str) -> None:
    answer = assistant(FORM).ask(question)
    assert answer.outcome is Outcome.NOT_FOUND
    assert "自伤" not in answer.text
    assert answer.citations == ()
