"""Red flags: every rule by its own sentences, and how things are said."""

from __future__ import annotations

import time

import pytest

from bot.assistant.answer import Outcome
from bot.assistant.triage import triage
from bot.assistant.triage.numbers import reported
from bot.assistant.triage.rules import Level, Rule, rules
from bot.assistant.understanding.text import read
from tests.assistant.archives import assistant, patient, view

VIEW = view()
EXAMPLES = [(r, s) for r in rules() for s in r.examples]
HARMLESS = [(r, s) for r in rules() for s in r.harmless]


def test_every_rule_has_a_source_and_emergencies_come_first() -> None:
    levels = [r.level for r in rules()]
    assert all(r.source and r.zh and r.en for r in rules())
    assert levels == sorted(levels, key=lambda level: level is Level.URGENT)


@pytest.mark.parametrize(("rule", "said"), EXAMPLES, ids=[f"{r.key}-{s}" for r, s in EXAMPLES])
def test_a_rules_example_is_met_at_its_level_at_least(rule: Rule, said: str) -> None:
    alarm = triage(read(said), VIEW)
    assert alarm is not None
    assert alarm.level is Level.EMERGENCY or rule.level is Level.URGENT or alarm.rule is not rule


@pytest.mark.parametrize(("rule", "said"), HARMLESS, ids=[s for _, s in HARMLESS])
def test_a_rules_harmless_sentence_is_left_alone(rule: Rule, said: str) -> None:
    alarm = triage(read(said), VIEW)
    assert alarm is None or alarm.level is Level.URGENT


@pytest.mark.parametrize(
    "said",
    ["没有胸痛", "我没有胸痛、气短", "中风有哪些前兆", "心痛钱", "如果胸口疼怎么办",
     "我爸去年中风过", "不胸闷", "I have no chest pain", "what are the signs of a stroke"],
)  # fmt: skip
def test_denied_past_supposed_asked_about_or_idiom_is_no_alarm(said: str) -> None:
    assert triage(read(said), VIEW) is None


@pytest.mark.parametrize(
    "said", ["以前心梗过，现在又胸口疼", "没力气胸口疼", "不是头疼，是胸口疼得受不了"]
)
def test_a_present_complaint_counts_beside_a_past_or_denied_one(said: str) -> None:
    alarm = triage(read(said), VIEW)
    assert alarm is not None
    assert alarm.level is Level.EMERGENCY


def test_what_has_passed_off_is_for_a_doctor_today() -> None:
    answer = assistant().ask("今天早上胸口疼了一会现在好了")
    assert answer.outcome is Outcome.ANSWERED
    assert answer.urgency == "urgent"


def test_an_emergency_answer_begins_with_120_and_is_escalated() -> None:
    answer = assistant().ask("我爸突然嘴歪了说话不清")
    assert answer.outcome is Outcome.EMERGENCY
    assert answer.text.startswith("请马上拨打 120。")
    assert answer.escalation is not None
    assert answer.escalation.urgency == "emergency"


def test_self_harm_names_12356_as_well() -> None:
    answer = assistant().ask("我不想活了")
    assert "120" in answer.text[:30]
    assert "12356" in answer.text[:40]


def test_the_archives_child_makes_a_sentence_about_a_child() -> None:
    baby = view(who=patient(born="2026-10-15"))
    alarm = triage(read("发烧38.5"), baby)
    assert alarm is not None
    assert alarm.rule.key == "infant-fever"


def test_triage_takes_well_under_300_milliseconds() -> None:
    began = time.process_time()
    for said in ["最近三个月血压平均多少，" * 10, *(s for _, s in EXAMPLES)]:
        triage(read(said), VIEW)
    assert (time.process_time() - began) / (len(EXAMPLES) + 1) < 0.3


@pytest.mark.parametrize(
    "question",
    ["最近一次抽血的血糖多少", "抽血查血糖要空腹吗", "血糖高能抽烟吗", "糖尿病每年抽几次血"],
)
def test_drawing_blood_and_smoking_are_no_fit(question: str) -> None:
    assert assistant().ask(question).outcome is not Outcome.EMERGENCY


def test_a_fit_is_one_still() -> None:
    assert assistant().ask("糖尿病人抽了").outcome is Outcome.EMERGENCY


def test_the_day_of_a_month_is_no_reading_and_a_reading_beside_it_is() -> None:
    for dated in ("my blood sugar on 25 march", "glucose on april 28", "sugar on 31 may"):
        assert not reported(dated)["glucose_high"]
    for high in ("blood sugar 28 on april 2", "my blood sugar is 31 may be wrong", "血糖28"):
        assert reported(high)["glucose_high"]
