"""A misbehaving model costs style, never truth: over real HTTP, every way of being wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from bot.assistant.answer import Answer, Outcome
from bot.assistant.engine import Assistant
from bot.assistant.model.asking import Endpoint
from bot.assistant.model.breaker import Breaker
from bot.assistant.model.writer import Writer, split, streamed
from tests.assistant.archives import pressure, quantity, view
from tests.assistant.model.standin import WRONG, Standin, faithful, kinder, serving

VIEW = view(
    pressure("b1", 142, 88, "2026-11-18T07:30:00+08:00"),
    pressure("b2", 150, 92, "2026-11-19T07:30:00+08:00"),
    pressure("b3", 138, 86, "2026-11-20T07:30:00+08:00"),
    quantity("g1", "14743-9", "血糖", 7.8, "mmol/L", "2026-11-20T08:00:00+08:00"),
)
ASSISTANT = Assistant(VIEW)
QUESTIONS = ["最近一周血压平均多少", "最近一次血压多少", "血糖最近一次", "最近一个月血压最高是多少"]


@pytest.fixture
def standin() -> Iterator[Standin]:
    with serving() as it:
        yield it


def writer(standin: Standin, seconds: float = 10.0, breaker: Breaker | None = None) -> Writer:
    return Writer(Endpoint(standin.url, "stand-in", None, seconds), breaker or Breaker(10**6))


def answered(question: str) -> Answer:
    answer = ASSISTANT.ask(question)
    assert answer.outcome is Outcome.ANSWERED
    return answer


def same_evidence(a: Answer, b: Answer) -> bool:
    return (a.facts, a.citations, a.window, a.outcome, a.urgency, a.escalation) == (
        b.facts,
        b.citations,
        b.window,
        b.outcome,
        b.urgency,
        b.escalation,
    )


def test_a_faithful_wording_is_used_with_the_same_evidence(standin: Standin) -> None:
    standin.behaviour = kinder
    before = answered(QUESTIONS[0])
    after = writer(standin).reword(before, VIEW)
    assert after.text == f"您好，{before.text}"
    assert same_evidence(before, after)


@pytest.mark.parametrize("how", WRONG)
def test_a_wrong_wording_is_asked_for_once_more_then_the_template_stands(
    standin: Standin, how: str
) -> None:
    standin.behaviour = WRONG[how]
    asked = writer(standin)
    for question in QUESTIONS:
        before = answered(question)
        if "pair" in how and "142/88" not in before.text and "138/86" not in before.text:
            continue
        if "another unit" in how and "mmHg" not in before.text:
            continue
        calls = standin.calls
        assert asked.reword(before, VIEW) == before
        unreadable = how in ("prose", "half JSON", "other JSON", "more fields", "nothing")
        assert standin.calls - calls == (1 if unreadable else 2)


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_a_refusing_server_leaves_the_template(standin: Standin, status: int) -> None:
    standin.status = status
    before = answered(QUESTIONS[0])
    assert writer(standin).reword(before, VIEW) == before
    assert standin.calls == 1


@pytest.mark.parametrize("how", ["silence", "drip"])
def test_a_slow_server_costs_no_more_than_the_limit(standin: Standin, how: str) -> None:
    asked = writer(standin, seconds=0.5)
    asked._model.word("[1] 好。", "zh")  # LangChain is imported
    setattr(standin, how, 2.0 if how == "silence" else 0.05)
    before = answered(QUESTIONS[0])
    began = time.perf_counter()
    assert asked.reword(before, VIEW) == before
    assert time.perf_counter() - began < 1.5


def test_half_a_stream_leaves_the_template(standin: Standin) -> None:
    standin.cut = True
    before = answered(QUESTIONS[0])
    assert writer(standin, seconds=3).reword(before, VIEW) == before


def test_nobody_at_the_address_leaves_the_template() -> None:
    before = answered(QUESTIONS[0])
    asked = Writer(Endpoint("http://127.0.0.1:9/v1", "none", None, 2.0))
    assert asked.reword(before, VIEW) == before


def test_after_three_failures_the_model_is_left_alone_and_tried_again_later(
    standin: Standin,
) -> None:
    now = [0.0]
    asked = writer(standin, breaker=Breaker(3, 60, lambda: now[0]))
    standin.status = 500
    before = answered(QUESTIONS[0])
    for _ in range(6):
        assert asked.reword(before, VIEW) == before
    assert standin.calls == 3
    standin.status, standin.behaviour = 200, kinder
    now[0] = 61
    assert asked.reword(before, VIEW).text.startswith("您好，")
    assert asked.reword(before, VIEW).text.startswith("您好，")
    assert standin.calls == 5


@pytest.mark.parametrize(
    "question", ["我爸突然嘴歪了说话不清", "我该加药吗", "骨密度是多少", "帮我诊断一下是什么病"]
)
def test_emergencies_and_what_is_declined_never_go_to_a_model(
    standin: Standin, question: str
) -> None:
    before = ASSISTANT.ask(question)
    assert writer(standin).reword(before, VIEW) is before
    assert standin.calls == 0


def test_only_verified_sentences_are_streamed(standin: Standin) -> None:
    standin.behaviour = WRONG["wrong number"]
    before = answered(QUESTIONS[0])
    said = list(streamed(writer(standin).reword(before, VIEW)))
    assert said == split(before.text, "zh")
    assert "".join(said) == before.text


def test_a_fenced_json_is_read(standin: Standin) -> None:
    standin.behaviour = lambda items: f"```json\n{faithful(items)}\n```"
    before = answered(QUESTIONS[1])
    assert writer(standin).reword(before, VIEW).text == before.text
    assert standin.calls == 1


def test_a_closed_writer_asks_nobody_and_leaves_answers_as_they_were(standin: Standin) -> None:
    standin.behaviour = kinder
    asked = writer(standin)
    asked.close()
    before = answered(QUESTIONS[0])
    assert asked.reword(before, VIEW) is before
    assert standin.calls == 0
