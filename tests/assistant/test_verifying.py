"""The verifier raises for what has no evidence."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.assistant.answer import Answer, Citation, Fact, Outcome
from bot.assistant.errors import Unsupported
from bot.assistant.verifying import verify
from tests.assistant.archives import view

VIEW = view()
GOOD = Answer(
    question="血压多少",
    text="血压最近一次是 142/88 mmHg。",
    outcome=Outcome.ANSWERED,
    facts=(Fact("收缩压", Decimal(142), "mmHg"), Fact("舒张压", Decimal(88), "mmHg")),
    citations=(Citation("Observation/a", None, "血压 142/88 mmHg"),),
)


def test_an_answer_with_its_evidence_passes() -> None:
    verify(GOOD, VIEW)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("血压最近一次是 143/88 mmHg。", "number"),
        ("血压最近一次是 142/88 mmHg，心率 72。", "number"),
        ("血糖 142 mmol/L。", "unit"),
        ("王医生说血压 142/88 mmHg。", "person"),
        (" ", "empty"),
    ],
)
def test_what_no_evidence_carries_is_named(text: str, what: str) -> None:
    with pytest.raises(Unsupported) as caught:
        verify(replace(GOOD, text=text), VIEW)
    assert caught.value.data["what"] == what


def test_an_answer_without_citations_is_held_back() -> None:
    with pytest.raises(Unsupported) as caught:
        verify(replace(GOOD, citations=()), VIEW)
    assert caught.value.data["what"] == "citations"


def test_a_number_of_the_question_may_be_repeated() -> None:
    verify(replace(GOOD, question="血压超过150吗", text="没有超过 150。"), VIEW)
