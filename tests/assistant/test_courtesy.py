"""What is said to a person has a word back, and counts as nothing that was left unanswered."""

from __future__ import annotations

import pytest

from bot.assistant.answer import Outcome
from tests.assistant.archives import assistant, pressure

READING = pressure("a", 130, 80, "2026-11-20T07:00:00+08:00")


@pytest.mark.parametrize(
    ("said", "back", "offers"),
    [
        ("谢谢你", "不客气，有事随时问我。", False),
        ("好的，谢谢您！", "不客气，有事随时问我。", False),
        ("你好", "您好，我是康伴的健康助手。您可以这样问：", True),
        ("在吗？", "您好，我是康伴的健康助手。您可以这样问：", True),
        ("你是谁？", "我是康伴的健康助手，是电脑程序，不是医生。", True),
        ("你能做什么", "我是康伴的健康助手，是电脑程序，不是医生。", True),
        ("再见", "好的，多保重。", False),
        ("我的积分有多少", "积分、今天的任务和兑换，都在“积分”页里。", False),
        ("我想找王医生", "请把想问的写下来，再点“问医生”", False),
        ("今天吃药了没", "吃没吃药，在“提醒”页里看", False),
        ("妈妈的药吃了吗", "吃没吃药，在“提醒”页里看", False),
        ("明天几点量血压", "量的时间在“提醒”页里看", False),
        ("thank you", "You are welcome.", False),
        ("hello", "Hello, I am Kangban's health assistant.", True),
    ],
)
def test_a_word_has_a_word_back(said: str, back: str, offers: bool) -> None:
    answer = assistant(READING).ask(said)
    assert answer.text.startswith(back)
    assert answer.unclear
    assert bool(answer.choices) is offers
    assert answer.citations == ()


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        ("你好，最近一次血压多少", Outcome.ANSWERED),
        ("谢谢，那血压正常吗", Outcome.ANSWERED),
        ("上次什么时候量的血压", Outcome.ANSWERED),
        ("医生给我开了什么药", Outcome.NOT_FOUND),
        ("你好，我胸口疼得喘不上气", Outcome.EMERGENCY),
    ],
)
def test_what_asks_more_is_a_question(question: str, outcome: Outcome) -> None:
    answer = assistant(READING).ask(question)
    assert answer.outcome is outcome
    assert not answer.unclear
