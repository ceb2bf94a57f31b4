"""Questions that were once asked by hand in the demo and answered badly."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.answer import Outcome
from tests.assistant.archives import ME, assistant, medicine, pressure, quantity

DRUG = medicine("m", "苯磺酸氨氯地平片")
NOTED = pressure("n", 150, 90, "2026-11-20T07:00:00+08:00", note=[{"text": "看球赛，忘了吃药"}])
CT: dict[str, Any] = {
    "resourceType": "DiagnosticReport",
    "id": "ct",
    "status": "final",
    "code": {"text": "胸部CT"},
    "subject": ME,
    "effectiveDateTime": "2026-05-03",
    "conclusion": "双肺未见异常。",
}


@pytest.mark.parametrize("question", ["我的血压药要不要换", "降压药该换了吗", "这药能换吗"])
def test_switching_a_medicine_is_a_doctors_decision(question: str) -> None:
    answer = assistant(DRUG).ask(question)
    assert answer.outcome is Outcome.DECLINED
    assert answer.text.startswith("能不能停药、换药要由医生决定")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("上次体检报告说了什么", "档案里没有体检的记录。"),
        ("上次体检的血压是多少", "档案里没有找到体检的记录，没法按它来算时间。"),
    ],
)
def test_without_a_check_up_nothing_else_stands_in_for_it(question: str, said: str) -> None:
    answer = assistant(NOTED, CT).ask(question)
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.text == said


def test_a_note_beside_a_number_is_no_report() -> None:
    answer = assistant(NOTED, CT).ask("最近一次检查报告怎么说")
    assert [c.resource for c in answer.citations] == ["DiagnosticReport/ct"]
    assert assistant(NOTED).ask("最近一次检查报告怎么说").outcome is Outcome.NOT_FOUND


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "我体重涨了多少",
            "体重升了 1.7 kg：从 62.7 kg（2026年10月25日）到 64.4 kg（2026年11月20日）",
        ),
        ("how much weight did i gain", "weight rose by 1.7 kg: from 62.7 kg"),
        ("体重有什么变化", "体重有所上升，比最早一次高了 1.7 kg。"),
    ],
)
def test_by_how_much_is_answered_with_the_difference(question: str, said: str) -> None:
    answer = assistant(
        quantity("a", "29463-7", "体重", 62.7, "kg", "2026-10-25"),
        quantity("b", "29463-7", "体重", 64.4, "kg", "2026-11-20"),
    ).ask(question)
    assert answer.text.startswith(said)


METFORMIN = medicine("met", "盐酸二甲双胍片", "早晚餐中各 2 片")


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("二甲双胍饭前吃还是饭后吃", ["MedicationRequest/met"]),
        ("我今天该吃什么药", ["MedicationRequest/m", "MedicationRequest/met"]),
    ],
)
def test_how_and_what_to_take_is_a_question_of_the_record(question: str, cited: list[str]) -> None:
    answer = assistant(DRUG, METFORMIN).ask(question)
    assert answer.outcome is Outcome.ANSWERED
    assert sorted(c.resource for c in answer.citations) == cited
    assert "早晚餐中各 2 片" in answer.text


def test_what_to_take_for_a_pain_is_not() -> None:
    assert assistant(DRUG).ask("头疼今天该吃什么药").outcome is Outcome.DECLINED


@pytest.mark.parametrize(
    ("value", "said"),
    [(94, "在报告自己的参考范围里（57-111）。"), (120, "高于报告自己的参考范围（57-111）。")],
)
def test_where_no_guideline_judges_the_reports_own_range_does(value: int, said: str) -> None:
    result = quantity(
        "c", "14682-9", "肌酐", value, "umol/L", "2026-11-10",
        referenceRange=[{"low": {"value": 57}, "high": {"value": 111}}],
    )  # fmt: skip
    assert assistant(result).ask("肌酐正常吗").text.endswith(said)


def test_ranges_by_sex_are_not_one_range() -> None:
    result = quantity(
        "c", "14682-9", "肌酐", 94, "umol/L", "2026-11-10",
        referenceRange=[{"text": "男 57-97 女 41-73"}],
    )  # fmt: skip
    assert "参考范围" not in assistant(result).ask("肌酐正常吗").text


def test_steps_of_a_month_are_added_up() -> None:
    rows = [
        quantity(f"s{d}", "55423-8", "步数", 5000 + d, "{steps}", f"2026-11-{d:02}T21:00:00+08:00")
        for d in (1, 2, 3)
    ]
    answer = assistant(*rows).ask("我这个月走了多少步")
    assert answer.text == "步数加起来是 15006 步，共 3 次记录。"


def test_a_stage_of_sleep_is_no_night() -> None:
    deep = {
        "code": {"coding": [{"system": "http://loinc.org", "code": "93831-6"}]},
        "valueQuantity": {"value": 90, "unit": "min"},
    }
    night = quantity(
        "n", "93832-4", "睡眠", 458, "min", "2026-11-20T21:35:00+08:00", component=[deep]
    )
    answer = assistant(night).ask("昨晚睡了几个小时")
    assert answer.text.startswith("睡眠时长最近一次是 7.63 小时")


def test_breathlessness_is_a_complaint_not_an_unknown_word() -> None:
    answer = assistant().ask("有点喘怎么办")
    assert answer.outcome is Outcome.ANSWERED
    assert answer.escalation is not None


def test_the_next_vaccination_is_not_the_last_ones() -> None:
    shot = {
        "resourceType": "Immunization",
        "id": "i",
        "status": "completed",
        "vaccineCode": {"text": "乙肝疫苗"},
        "patient": ME,
        "occurrenceDateTime": "2022-01-25",
    }
    answer = assistant(shot).ask("下一针疫苗什么时候打")
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.text == (
        "档案里没有以后接种的安排，可以问接种门诊。最近一次接种的是：乙肝疫苗，2022年1月25日。"
    )


def test_the_target_the_doctor_set_is_told_or_said_to_be_missing() -> None:
    assert (
        assistant()
        .ask("医生给我定的血压目标是多少")
        .text.startswith(
            "档案里没有为您单独定过的范围。中国高血压防治指南（2024年修订版）：高血压患者一般控制在"
        )
    )
    measure = {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]}
    goal = {
        "resourceType": "Goal",
        "id": "g",
        "lifecycleStatus": "active",
        "description": {"text": "收缩压"},
        "subject": ME,
        "expressedBy": {"display": "王医生"},
        "target": [{"measure": measure, "detailRange": {"high": {"value": 135, "unit": "mmHg"}}}],
    }
    answer = assistant(goal).ask("医生给我定的血压目标是多少")
    assert answer.text == "王医生定的收缩压 ≤135 mmHg。"
    assert [c.resource for c in answer.citations] == ["Goal/g"]


def test_drinking_with_high_pressure_is_answered_from_the_library() -> None:
    answer = assistant().ask("高血压能喝酒吗")
    assert "少喝酒" in answer.text
    assert [c.resource for c in answer.citations] == ["Content/hypertension_basics"]


def test_of_several_numbers_each_is_judged_where_it_stands() -> None:
    creatinine = quantity(
        "c", "14682-9", "肌酐", 94, "umol/L", "2026-11-10",
        referenceRange=[{"low": {"value": 57}, "high": {"value": 111}}],
    )  # fmt: skip
    uric = quantity("u", "14933-6", "尿酸", 441, "umol/L", "2026-11-10")
    text = assistant(creatinine, uric).ask("我的肾功能好不好").text
    assert text.index("（57-111）") < text.index("尿酸最近一次") < text.index("这个数偏高")
