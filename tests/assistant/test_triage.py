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


@pytest.mark.parametrize(
    ("said", "lead", "beside"),
    [
        ("女儿吃了花生，嘴巴肿了，嗓子眼发紧说不出话", "anaphylaxis", None),
        ("老爷子吃饭呛着了，掐着脖子说不出话", "airway", None),
        ("洗澡的时候热水器漏气，我闺女晕在卫生间了", "gas", "unconscious"),
        ("隔壁老李喝了敌敌畏，现在口吐白沫", "seizure", "poisoning"),
        ("我老婆怀孕34周，突然肚子硬得像板子，下面流血", "pregnancy", None),
        ("眼睛溅进了石灰水，痛得睁不开", "eye_splash", None),
        ("我儿子拿着菜刀要砍我", "violence", None),
        ("老公拿刀追我，我不想活了", "violence", "self_harm"),
        ("我想杀了我老公", "harm_others", None),
        ("油锅着火了，火越来越大", "fire", None),
        ("孩子溺水了，捞上来没有呼吸", "drowning", "unconscious"),
    ],
)
def test_the_card_tells_what_to_do_first(said: str, lead: str, beside: str | None) -> None:
    alarm = triage(read(said), VIEW)
    assert alarm is not None
    assert (alarm.rule.category, alarm.beside and alarm.beside.category) == (lead, beside)


def test_a_cut_wrist_is_pressed_on_and_the_crisis_line_named() -> None:
    text = assistant().ask("我闺女割腕了，血流了一地").text
    assert text.startswith("请马上拨打 120，也可以同时拨打 12356 心理援助热线")
    assert "用力按住出血处" in text


@pytest.mark.parametrize(
    "said",
    ["我爸嘴歪了是怎么回事", "我胸口疼得喘不上气是什么原因", "体检报告说没事，胸口压得慌出冷汗",
     "要是不要紧我就不去医院了，胸口疼半天了", "以前没这样疼过，头要炸了", "我爸都喘不上气了",
     "量了几次都是210/120，头疼", "活着没什么意思"],
)  # fmt: skip
def test_what_is_felt_counts_however_it_is_asked_or_begun(said: str) -> None:
    alarm = triage(read(said), VIEW)
    assert alarm is not None
    assert alarm.level is Level.EMERGENCY


@pytest.mark.parametrize(
    "said",
    ["我想了解胸痛是什么原因引起的", "嘴唇发紫是什么病的表现", "去年胸口疼得厉害，支架后好了",
     "如果胸口疼就打120对吗，喘不上气呢", "以前没得过中风", "上个月都有几次高压超过180"],
)  # fmt: skip
def test_and_what_is_only_asked_about_still_does_not(said: str) -> None:
    alarm = triage(read(said), VIEW)
    assert alarm is None or alarm.level is Level.URGENT


@pytest.mark.parametrize("question", ["我能不能少吃一片降压药", "我可以多吃一片降压药吗"])
def test_a_question_of_dose_is_declined_and_no_poisoning(question: str) -> None:
    assert assistant().ask(question).outcome is Outcome.DECLINED
