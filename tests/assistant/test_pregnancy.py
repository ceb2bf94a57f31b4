"""How far a pregnancy is, counted from what the record says; NOW is 2026-11-21."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.answer import Outcome
from tests.assistant.archives import assistant, condition, observation

LOINC = "http://loinc.org"


def part(code: str, **value: Any) -> dict[str, Any]:
    return {"code": {"coding": [{"system": LOINC, "code": code}]}, **value}


def status(i: str, answer: str, *parts: dict[str, Any], at: str = "2026-06-24") -> dict[str, Any]:
    return observation(
        i,
        "82810-3",
        "妊娠状态",
        at,
        valueCodeableConcept={"coding": [{"code": answer}]},
        component=list(parts),
    )


LMP = part("8665-2", valueDateTime="2026-05-09")
DUE = part("11778-8", valueDateTime="2027-02-13")
GESTATIONAL_DIABETES = condition("gdm", "妊娠期糖尿病")


@pytest.mark.parametrize(
    "resource",
    [
        status("p", "77386006", LMP, DUE),
        status("p", "pregnant", LMP),
        status("p", "LA15173-0", DUE),
        observation("p", "11778-8", "预产期", "2026-06-24", valueDateTime="2027-02-13"),
        status("p", "pregnant", part("49051-6", valueQuantity={"value": 6.571, "unit": "wk"})),
    ],
)
@pytest.mark.parametrize(
    "question", ["我怀孕多少周了", "现在孕几周", "how many weeks pregnant am i"]
)
def test_the_weeks_are_counted_to_today(resource: dict[str, Any], question: str) -> None:
    answer = assistant(resource, GESTATIONAL_DIABETES).ask(question)
    assert answer.text.startswith(("今天是孕 28 周加 0 天。", "Today it is 28 weeks and 0 days."))
    assert [c.resource for c in answer.citations] == ["Observation/p"]


@pytest.mark.parametrize("question", ["我的预产期是哪天", "孩子什么时候生", "what is my due date"])
def test_the_date_the_child_is_due_comes_first_where_it_is_asked(question: str) -> None:
    answer = assistant(status("p", "pregnant", LMP, DUE)).ask(question)
    assert answer.text.startswith(("预产期是2027年2月13日。", "The child is due on 13 Feb 2027."))


@pytest.mark.parametrize(
    "resource",
    [
        status("p", "LA26683-5", LMP, DUE),
        status("p", "pregnant", part("11778-8", valueDateTime="2021-07-16"), at="2021-01-03"),
        GESTATIONAL_DIABETES,
    ],
)
def test_what_is_over_or_was_never_said_is_not_counted(resource: dict[str, Any]) -> None:
    answer = assistant(resource).ask("我怀孕多少周了")
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.text == "档案里没有正在怀孕的记录。"
