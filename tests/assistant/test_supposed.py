"""What to do if it should happen: said, with the guideline, and without an alarm."""

from __future__ import annotations

import pytest

from bot.assistant.answer import Outcome, Urgency
from tests.assistant.archives import assistant


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("如果胸口疼该怎么办", "真要是这样，马上拨打 120，不要等。立即停下活动"),
        ("万一中风了怎么办", "真要是这样，马上拨打 120，不要等。可能是脑卒中"),
        ("万一我爸心梗了我该怎么办", "真要是这样，马上拨打 120，不要等。立即停下活动"),
        ("假如晚上突然胸闷我该先找谁", "真要是这样，马上拨打 120，不要等。立即停下活动"),
        ("what should I do if someone is choking", "If that happens, call 120 at once"),
    ],
)
def test_what_to_do_in_an_emergency_that_is_supposed_is_said(question: str, first: str) -> None:
    answer = assistant().ask(question)
    assert (answer.outcome, answer.urgency) == (Outcome.ANSWERED, Urgency.NONE)
    assert answer.text.startswith(first)
    assert answer.escalation is None
    assert [c.resource for c in answer.citations] == ["Guideline/emergency-120"]


def test_what_is_for_a_doctor_the_same_day_is_said_so() -> None:
    answer = assistant().ask("假如我血压到了200该咋办")
    assert answer.outcome is Outcome.ANSWERED
    assert answer.text.startswith("真要是这样，当天就去看医生。")
    assert [c.resource for c in answer.citations] == ["Guideline/same-day"]


def test_what_must_be_declined_is_declined_after_it() -> None:
    answer = assistant().ask("要是胸口痛该吃什么药")
    assert answer.outcome is Outcome.DECLINED
    assert answer.text.index("拨打 120") < answer.text.index("我不能开药")


@pytest.mark.parametrize(
    "question", ["如果我现在胸口疼得厉害该怎么办", "要是现在胸口闷得慌，该怎么办"]
)
def test_who_supposes_what_is_so_now_is_taken_at_the_word(question: str) -> None:
    assert assistant().ask(question).outcome is Outcome.EMERGENCY


@pytest.mark.parametrize(
    "question", ["如果今天血压正常，还要吃药吗", "以后怎么办", "我要是哪天晕倒了，你们会通知谁"]
)
def test_nothing_grave_or_nothing_asked_to_do_is_no_such_question(question: str) -> None:
    assert "真要是这样" not in assistant().ask(question).text
