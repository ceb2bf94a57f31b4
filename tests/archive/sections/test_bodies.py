from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from backend.access.categories import Category
from backend.archive.sections import BODIES, Section, build, check_dates
from backend.archive.sections.errors import DateInFuture, DateTooEarly
from backend.archive.sections.profile import PersonName, Profile

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ICD10 = "http://hl7.org/fhir/sid/icd-10"
LOINC = "http://loinc.org"
ATC = "http://www.whocc.no/atc"
SNOMED = "http://snomed.info/sct"


def concept(text: str, system: str | None = None, code: str | None = None) -> dict[str, Any]:
    return {"text": text, "codings": [{"system": system, "code": code}] if code else []}


def test_every_section_has_one_body() -> None:
    assert set(BODIES) == set(Section)


@pytest.mark.parametrize(
    ("section", "data", "zh", "en"),
    [
        (
            "condition",
            {"name": concept("高血压"), "onset": "2015", "clinical_status": "active"},
            "高血压（2015 年起）",
            "高血压 (since 2015)",
        ),
        (
            "condition",
            {"name": concept("肺炎"), "onset": "2020-03-01", "clinical_status": "resolved"},
            "肺炎（2020-03-01起，已痊愈）",
            "肺炎 (since 2020-03-01, resolved)",
        ),
        (
            "allergy",
            {
                "substance": concept("青霉素"),
                "criticality": "high",
                "reactions": [{"manifestations": [concept("皮疹"), concept("呼吸困难")]}],
            },
            "青霉素过敏（高风险）：皮疹、呼吸困难",
            "青霉素 allergy (high risk): 皮疹, 呼吸困难",
        ),
        ("allergy", {"substance": concept("花粉过敏")}, "花粉过敏", "花粉过敏"),
        (
            "medication",
            {
                "name": concept("氨氯地平"),
                "strength": "5 mg/片",
                "dosages": [
                    {
                        "dose": {"value": "1", "unit": "片"},
                        "schedule": {"frequency": 1, "period": "1", "period_unit": "d"},
                    }
                ],
                "start": "2020-01",
            },
            "氨氯地平 5 mg/片 1 片 每日 1 次（2020-01起）",
            "氨氯地平 5 mg/片 1 片 1 per d (since 2020-01)",
        ),
        (
            "immunization",
            {"vaccine": concept("流感疫苗"), "given": "2020-10-01", "dose_number": "2"},
            "流感疫苗 第 2 剂（2020-10-01）",
            "流感疫苗 dose 2 (2020-10-01)",
        ),
        (
            "procedure",
            {"name": concept("阑尾切除术"), "performed": "2012-05"},
            "阑尾切除术（2012-05）",
            "阑尾切除术 (2012-05)",
        ),
        (
            "family_history",
            {
                "relationship": concept("父亲"),
                "conditions": [{"name": concept("高血压")}, {"name": concept("糖尿病")}],
            },
            "父亲：高血压、糖尿病",
            "父亲: 高血压, 糖尿病",
        ),
        (
            "encounter",
            {"setting": {"code": "AMB"}, "facility": "市第一人民医院", "start": "2024-01-02"},
            "门诊 · 市第一人民医院（2024-01-02）",
            "ambulatory visit · 市第一人民医院 (2024-01-02)",
        ),
        (
            "lifestyle",
            {"aspect": "smoking", "finding": concept("已戒烟"), "since": "2018"},
            "吸烟：已戒烟（2018 年起）",
            "Smoking: 已戒烟 (since 2018)",
        ),
        (
            "pregnancy",
            {"status": "pregnant", "due": "2027-02-01"},
            "妊娠中（预产期 2027-02-01）",
            "Pregnant (due 2027-02-01)",
        ),
        (
            "child",
            {"aspect": "birth", "weight": {"value": "3200", "unit": "g"}, "at": "2021-06-01"},
            "出生情况：3200 g（2021-06-01）",
            "Birth: 3200 g (2021-06-01)",
        ),
        (
            "observation",
            {
                "name": concept("血红蛋白"),
                "result": {"type": "Quantity", "amount": {"value": "165", "unit": "g/L"}},
                "interpretation": [concept("偏高", "urn:x", "H")],
            },
            "血红蛋白 165 g/L ↑",
            "血红蛋白 165 g/L (high)",
        ),
        (
            "report",
            {"name": concept("胸片"), "conclusion": "未见异常", "effective": "2024-01"},
            "胸片：未见异常（2024-01）",
            "胸片: 未见异常 (2024-01)",
        ),
        (
            "document",
            {"attachments": [{"title": "出院小结"}], "dated": "2024"},
            "出院小结（2024 年）",
            "出院小结 (2024)",
        ),
        (
            "questionnaire",
            {"name": "PHQ-9", "authored": "2024-01-02"},
            "PHQ-9（2024-01-02）",
            "PHQ-9 (2024-01-02)",
        ),
        ("care_plan", {"heading": "控压"}, "照护计划：控压", "Care plan: 控压"),
        (
            "goal",
            {
                "description": concept("减重"),
                "targets": [
                    {
                        "measure": concept("体重"),
                        "detail": {"type": "Quantity", "amount": {"value": "65", "unit": "kg"}},
                        "due": "2027-01",
                    }
                ],
            },
            "减重（65 kg，至 2027-01）",
            "减重 (65 kg, by 2027-01)",
        ),
    ],
)
def test_titles_read_as_one_line(section: str, data: dict[str, Any], zh: str, en: str) -> None:
    body = build(Section(section), data)
    assert (body.title("zh-CN"), body.title("en")) == (zh, en)


@pytest.mark.parametrize(
    ("section", "data", "category"),
    [
        ("condition", {"name": concept("高血压", ICD10, "I10")}, Category.CONDITIONS),
        ("condition", {"name": concept("x", ICD10, "F32.900")}, Category.MENTAL_HEALTH),
        ("condition", {"name": concept("x", ICD10, "G00")}, Category.CONDITIONS),
        ("condition", {"name": concept("x", ICD10, "O24.400")}, Category.REPRODUCTIVE_HEALTH),
        ("condition", {"name": concept("x", ICD10, "Z29.9")}, Category.CONDITIONS),
        ("condition", {"name": concept("x", ICD10, "Z30.0")}, Category.REPRODUCTIVE_HEALTH),
        ("condition", {"name": concept("x", ICD10, "N80.0")}, Category.REPRODUCTIVE_HEALTH),
        ("condition", {"name": concept("x", ICD10, "N99.0")}, Category.CONDITIONS),
        ("condition", {"name": concept("x", SNOMED, "36923009")}, Category.MENTAL_HEALTH),
        ("condition", {"name": concept("抑郁症")}, Category.MENTAL_HEALTH),
        ("condition", {"name": concept("Normal pregnancy")}, Category.REPRODUCTIVE_HEALTH),
        ("medication", {"name": concept("氨氯地平", ATC, "C08CA01")}, Category.MEDICATIONS),
        ("medication", {"name": concept("舍曲林", ATC, "N06AB06")}, Category.MENTAL_HEALTH),
        ("medication", {"name": concept("x", ATC, "G03AA07")}, Category.REPRODUCTIVE_HEALTH),
        ("observation", {"name": concept("血糖", LOINC, "14749-6")}, Category.REPORTS),
        ("observation", {"name": concept("总分", LOINC, "44261-6")}, Category.MENTAL_HEALTH),
        ("observation", {"name": concept("x", LOINC, "8665-2")}, Category.REPRODUCTIVE_HEALTH),
        ("report", {"name": concept("血常规")}, Category.REPORTS),
        ("document", {"attachments": [{"title": "x"}]}, Category.REPORTS),
        (
            "questionnaire",
            {"questionnaire": "http://loinc.org/q/69737-5"},
            Category.MENTAL_HEALTH,
        ),
        ("questionnaire", {"questionnaire": "urn:tcm-constitution"}, Category.CONDITIONS),
        ("pregnancy", {"status": "not_pregnant"}, Category.REPRODUCTIVE_HEALTH),
        (
            "family_history",
            {
                "relationship": concept("母亲"),
                "conditions": [{"name": concept("x", ICD10, "F20.9")}],
            },
            Category.MENTAL_HEALTH,
        ),
    ],
)
def test_sensitive_entries_have_their_own_category(
    section: str, data: dict[str, Any], category: Category
) -> None:
    assert build(Section(section), data).category is category


def test_words_hold_every_text_once() -> None:
    body = build(
        Section.ALLERGY,
        {
            "substance": concept("青霉素", SNOMED, "764146007"),
            "reactions": [{"manifestations": [concept("皮疹")], "description": "全身皮疹"}],
            "notes": ["皮疹"],
        },
    )
    assert body.words() == "青霉素 764146007 皮疹 全身皮疹"


def test_what_has_happened_did_not_happen_in_the_future() -> None:
    later = build(Section.CONDITION, {"name": concept("x"), "onset": "2026-11-23"})
    with pytest.raises(DateInFuture) as caught:
        check_dates(later, NOW)
    assert caught.value.data == {"field": "onset"}
    check_dates(build(Section.CONDITION, {"name": concept("x"), "onset": "2026-11-22"}), NOW)
    check_dates(build(Section.PREGNANCY, {"status": "pregnant", "due": "2027-05-01"}), NOW)


def test_nothing_happened_before_anybody_lived() -> None:
    early = build(Section.PROCEDURE, {"name": concept("x"), "performed": "1700-01-01"})
    with pytest.raises(DateTooEarly) as caught:
        check_dates(early, NOW)
    assert caught.value.data["field"] == "performed"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        (PersonName(family="张", given=("建国",)), "张建国"),
        (PersonName(family="Shaw", given=("Amy", "V.")), "Amy V. Shaw"),
        (PersonName(text="张 建国", family="张"), "张 建国"),
    ],
)
def test_a_name_reads_in_its_languages_order(name: PersonName, label: str) -> None:
    assert Profile(names=(PersonName(text="旧名", use="old"), name)).name == label
