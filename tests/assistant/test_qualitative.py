"""Results in words among the abnormal ones: 尿蛋白 阳性(+), 隐血 2+, HBsAg 阳性."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.answer import Answer, Outcome
from bot.assistant.answering.qualitative import Outside, is_positive, word_side
from bot.assistant.engine import Assistant
from bot.assistant.records import Reading
from tests.assistant.archives import NOW, assistant, observation, patient, quantity


def worded(i: str, name: str, said: str, usual: str | None = None) -> dict[str, Any]:
    row = observation(i, f"x-{i}", name, "2026-10-20T08:00:00+08:00", valueString=said)
    return row | ({"referenceRange": [{"text": usual}]} if usual else {})


def reading(name: str, said: str, usual: str | None = None) -> Reading:
    return Reading(
        kind=f"own:{name}", refs=("Observation/x",), at=NOW, words=said, name=name, reference=usual
    )


@pytest.fixture(scope="module")
def asked() -> Assistant:
    sugar = quantity("sugar", "14771-0", "空腹血糖", 8.3, "mmol/L", "2026-10-20T08:00:00+08:00")
    return assistant(
        patient(),
        sugar | {"referenceRange": [{"low": {"value": 3.9}, "high": {"value": 6.1}}]},
        worded("protein", "尿蛋白", "阳性(+)", "阴性"),
        worded("blood", "尿隐血", "2+"),
        worded("hbsag", "乙肝表面抗原", "阳性"),
        worded("hbsab", "乙肝表面抗体", "阳性"),
        worded("ketones", "尿酮体", "阴性", "阴性(-)"),
        worded("rh", "Rh血型", "阳性"),
    )


def cited(answer: Answer) -> set[str]:
    return {each.resource.removeprefix("Observation/") for each in answer.citations}


@pytest.mark.parametrize("question", ["哪些指标不正常", "体检有哪些异常", "哪些项目异常"])
def test_the_list_of_abnormal_results_holds_those_in_words(asked: Assistant, question: str) -> None:
    answer = asked.ask(question)
    assert answer.outcome is Outcome.ANSWERED
    assert cited(answer) == {"sugar", "protein", "blood", "hbsag"}
    assert answer.text.startswith("不在参考范围里的有 4 项：")
    assert "尿蛋白 阳性(+)（参考是阴性）" in answer.text
    assert "尿隐血 2+（一般是阴性）" in answer.text


def test_too_high_is_asked_of_numbers_alone(asked: Assistant) -> None:
    assert cited(asked.ask("哪些结果偏高")) == {"sugar"}


@pytest.mark.parametrize(
    "question", ["有哪些是阳性", "哪几项阳性", "有没有阳性的", "which results are positive"]
)
def test_what_is_positive_is_told_and_a_blood_group_is_no_finding(
    asked: Assistant, question: str
) -> None:
    answer = asked.ask(question)
    assert cited(answer) == {"protein", "blood", "hbsag", "hbsab", "rh"}
    said = "Rh血型 阳性（这不算异常）" if "阳" in question else "Rh血型 阳性 (not a finding)"
    assert said in answer.text


def test_where_all_are_negative_that_is_said_with_the_evidence() -> None:
    rows = worded("a", "尿蛋白", "阴性"), worded("b", "尿糖", "(-)", "阴性")
    answer = assistant(patient(), *rows).ask("有没有阳性的")
    assert answer.text == "没有阳性的，2 项都是阴性。"
    assert cited(answer) == {"a", "b"}


def test_a_record_without_results_in_words_says_that() -> None:
    sugar = quantity("sugar", "14771-0", "空腹血糖", 8.3, "mmol/L", "2026-10-20T08:00:00+08:00")
    answer = assistant(patient(), sugar).ask("有哪些是阳性")
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.text == "档案里没有写阳性或阴性的结果。"


@pytest.mark.parametrize(
    ("name", "said", "usual", "side"),
    [
        ("尿蛋白", "弱阳性", "阴性", Outside("阴性")),
        ("尿蛋白", "微量", "阴性", Outside("阴性")),
        ("尿蛋白", "微量", None, None),
        ("尿蛋白", "＋＋", None, Outside(None)),
        ("尿糖", "-", "阴性(-)", False),
        ("粪便隐血", "弱阳性", None, None),
        ("丙肝抗体", "未检出", None, False),
        ("HPV 16", "检出", "未检出", Outside("未检出")),
        ("乙肝表面抗体", "阳性", None, None),
        ("风疹病毒IgG", "阳性", None, None),
        ("ABO血型", "A型", None, None),
        ("尿液颜色", "淡黄色", "淡黄色", None),
    ],
)
def test_a_result_in_words_is_held_against_what_is_usual(
    name: str, said: str, usual: str | None, side: object
) -> None:
    assert word_side(reading(name, said, usual)) == side


def test_not_detected_is_not_positive_though_it_holds_the_word() -> None:
    assert not is_positive(reading("丙肝抗体", "未检出"))
    assert is_positive(reading("Rh血型", "阳性"))


def test_one_result_in_words_is_told_with_what_is_usual(asked: Assistant) -> None:
    assert asked.ask("尿蛋白正常吗").text.endswith(
        "报告上的参考是阴性，这个结果不正常，请和家庭医生说说。"
    )
    assert asked.ask("尿酮体怎么样").text.endswith("这是正常的结果。")


def test_a_word_that_begins_like_a_surname_is_nobodys_name(asked: Assistant) -> None:
    assert asked.ask("乙肝表面抗原是阳性吗").outcome is Outcome.ANSWERED
