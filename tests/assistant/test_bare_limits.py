"""Counting beyond a limit of a number that is not named: 早上160以上几次."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.assistant.answer import Answer, Outcome
from bot.assistant.engine import Assistant
from tests.assistant.archives import assistant, patient, pressure, quantity

READINGS = [
    pressure("m1", 162, 92, "2026-10-05T07:10:00+08:00"),
    pressure("m2", 160, 88, "2026-10-20T06:50:00+08:00"),
    pressure("m3", 151, 84, "2026-11-03T07:20:00+08:00"),
    pressure("e1", 171, 90, "2026-10-12T21:05:00+08:00"),
    pressure("e2", 88, 58, "2026-11-10T20:40:00+08:00"),
]
PULSE = quantity("p", "8867-4", "心率", 104, "/min", "2026-11-03T07:20:00+08:00")


@pytest.fixture(scope="module")
def asked() -> Assistant:
    return assistant(patient(), *READINGS)


def counted(answer: Answer) -> tuple[Decimal, Decimal]:
    facts = {fact.label: fact.value for fact in answer.facts}
    hits, total = facts["符合次数"], facts["测量总次数"]
    assert isinstance(hits, Decimal)
    assert isinstance(total, Decimal)
    return hits, total


def cited(answer: Answer) -> set[str]:
    return {each.resource.removeprefix("Observation/") for each in answer.citations}


@pytest.mark.parametrize(
    ("question", "hits", "total", "evidence"),
    [
        ("早上160以上几次", 2, 3, {"m1", "m2"}),
        ("早上有几次超过160", 1, 3, {"m1"}),
        ("晚上大于150的有几回", 1, 2, {"e1"}),
        ("上个月超过140的次数", 3, 3, {"m1", "m2", "e1"}),
        ("上个月早上过150有几次", 2, 2, {"m1", "m2"}),
        ("几次低于90", 1, 5, {"e2"}),
        ("睡前超过160几次", 1, 2, {"e1"}),
        ("上个月超过160/90的有几次", 2, 3, {"m1", "e1"}),
    ],
)
def test_a_count_beyond_a_bare_limit_is_told_with_its_total_and_evidence(
    asked: Assistant, question: str, hits: int, total: int, evidence: set[str]
) -> None:
    answer = asked.ask(question)
    assert answer.outcome is Outcome.ANSWERED
    assert counted(answer) == (hits, total)
    assert cited(answer) == evidence
    assert "您没有说是哪一项，这里按" in answer.text


def test_the_limit_and_the_side_held_against_it_are_said(asked: Assistant) -> None:
    text = asked.ask("早上160以上几次").text
    assert text.startswith("收缩压 160 及以上的有 2 次，一共测了 3 次。")


def test_none_beyond_it_is_said_as_none_of_all(asked: Assistant) -> None:
    answer = asked.ask("早上超过180几次")
    assert answer.text.startswith("收缩压没有高于 180 的，一共测了 3 次。")
    assert cited(answer) == {"m1", "m2", "m3"}


def test_a_limit_of_two_likely_numbers_is_asked_back() -> None:
    both = assistant(patient(), *READINGS, PULSE).ask("超过100有几次")
    assert both.unclear
    assert both.choices == ("舒张压超过100有几次", "心率超过100有几次")


def test_of_two_the_one_that_the_record_holds_is_meant(asked: Assistant) -> None:
    answer = asked.ask("超过100有几次")
    assert answer.text.startswith("舒张压没有高于 100 的")


def test_a_limit_that_nothing_on_record_has_stays_unclear(asked: Assistant) -> None:
    answer = asked.ask("超过420有几次")
    assert answer.unclear
    assert answer.facts == ()


def test_a_named_number_is_not_taken_for_another(asked: Assistant) -> None:
    answer = asked.ask("血糖超过7有几次")
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.text.startswith("档案里没有血糖的记录。")
