"""Fields, dates, kinds and drugs from plain lines."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.kinds.classify import kind_of
from ocr.kinds.dates import read_date
from ocr.kinds.fields import facility_of, fields_of, patient_of, specimen_kind, years
from ocr.kinds.medications import medications_of
from ocr.layout.pieces import Char, Piece


def _line(text: str) -> list[Piece]:
    quad = np.zeros((4, 2))
    chars = tuple(Char(c, 1.0, 20.0 * i, 20.0 * i + 18, quad) for i, c in enumerate(text))
    return [Piece(chars, 0.0, 20.0)]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-03 08:12", "2026-11-03T08:12:00+08:00"),
        ("2026-11-0308:12", "2026-11-03T08:12:00+08:00"),
        ("2026/11/3 8:05:09", "2026-11-03T08:05:09+08:00"),
        ("2026年11月3日 08时12分", "2026-11-03T08:12:00+08:00"),
        ("2026.11.03", "2026-11-03"),
        ("20261103 0812", "2026-11-03T08:12:00+08:00"),
        ("2026,11.03 10:40", "2026-11-03T10:40:00+08:00"),
        ("2026-02-30", None),
        ("138-1234-5678", None),
        ("", None),
    ],
)
def test_dates(text: str, iso: str | None) -> None:
    assert read_date(text) == iso


@pytest.mark.parametrize(
    "lines",
    [
        ["姓名：张建国  性别：男  年龄：62岁"],
        ["姓 名 张建国 性 别 男 年 龄 62 岁"],
        ["姓名:张建国性别:男年龄:62"],
        ["患者姓名：张建国", "性别：男", "年龄：62岁5月"],
        ["张建国  男  62岁  内分泌科"],
    ],
)
def test_whose_paper_it_is(lines: list[str]) -> None:
    patient = patient_of(fields_of(lines), lines)
    assert (patient.name, patient.sex, patient.age) == ("张建国", "male", 62)


def test_what_is_not_printed_is_none() -> None:
    patient = patient_of(fields_of(["检验报告单"]), ["检验报告单"])
    assert (patient.name, patient.sex, patient.age) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "age"), [("62岁", 62), ("8月", 0), ("15天", 0), ("3岁5月", 3), ("成人", None)]
)
def test_ages_are_completed_years(text: str, age: int | None) -> None:
    assert years(text) == age


def test_the_facility_ends_where_the_papers_title_begins() -> None:
    assert facility_of(["市第一人民医院检验报告单"]) == "市第一人民医院"
    assert facility_of(["江州大学附属医院临床检验报告"]) == "江州大学附属医院"
    assert facility_of(["检验报告单"]) is None


def test_a_diagnosis_is_no_specimen() -> None:
    assert specimen_kind("2型糖尿病") is None or specimen_kind("尿液") == "urine"
    fields = fields_of(["标本类型：全血  临床诊断：2型糖尿病"])
    assert fields["specimen"] == ["全血"]


@pytest.mark.parametrize(
    ("lines", "rows", "kind"),
    [
        (["市医院检验报告单", "标本：血清"], 5, "lab_report"),
        (["健康体检报告", "体检编号：1", "一般检查"], 9, "checkup"),
        (["彩色超声检查报告单", "超声所见：", "超声提示："], 0, "imaging"),
        (["心电图报告", "窦性心律", "PR间期"], 0, "ecg"),
        (["门诊处方笺", "Rp", "用法：每次1片"], 0, "prescription"),
        (["出院小结", "出院诊断：", "出院医嘱："], 0, "discharge"),
        (["今天天气不错", "一起去公园"], 0, "other"),
        ([], 0, "other"),
        (["血糖 7.8 mmol/L", "血压 142/88"], 0, "other"),
    ],
)
def test_kinds(lines: list[str], rows: int, kind: str) -> None:
    assert kind_of(lines, rows) == kind


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (
            ["1. 阿莫西林胶囊 0.25g*24粒 ×2盒", "用法：每次0.5g 口服 每日3次 ×7天"],
            ("阿莫西林胶囊", "0.25g*24粒", "0.5g", "口服", "每日3次", 7),
        ),
        (
            ["苯磺酸氨氯地平片 5mg*28片", "Sig: 5mg 口服 qd 28天"],
            ("苯磺酸氨氯地平片", "5mg*28片", "5mg", "口服", "qd", 28),
        ),
        (
            ["硝酸甘油片 0.5mg*100片 每次0.5mg 舌下含服 必要时"],
            ("硝酸甘油片", "0.5mg*100片", "0.5mg", "舌下含服", "必要时", None),
        ),
        (
            ["甘精胰岛素注射液 3ml:300IU", "用法：每次12IU 皮下注射 每晚1次"],
            ("甘精胰岛素注射液", "3ml:300IU", "12IU", "皮下注射", "每晚1次", None),
        ),
    ],
)
def test_drugs(lines: list[str], wanted: tuple[object, ...]) -> None:
    drugs = medications_of([_line(t) for t in lines], 1, lambda pieces: (0, 0, 1, 1))
    assert len(drugs) == 1
    drug = drugs[0]
    assert (drug.name, drug.strength, drug.dose, drug.route, drug.frequency, drug.days) == wanted


def test_lines_without_a_drug_give_none() -> None:
    lines = [_line(t) for t in ("姓名：张建国", "诊断：高血压病", "医师：林芳  金额：12.80元")]
    assert medications_of(lines, 1, lambda pieces: (0, 0, 1, 1)) == []
