"""Labelled fields of a page's head and foot: 姓名, 性别, 标本, 报告时间 …"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from functools import lru_cache
from importlib.resources import files

from ocr.model import Patient

_FACILITY = re.compile(
    r"[一-鿿A-Za-z0-9（）()·]*(?:医院|卫生院|卫生服务中心|卫生服务站|体检中心|健康管理中心|诊所|门诊部|医学检验所|医学检验实验室|"
    r"医学检验中心|检验所|保健院|医学中心|卫生所|疗养院|防治院|医务室|医疗中心|体检机构|健康体检中心)(?:[（(][一-鿿]{1,8}[)）])?(?:[一-鿿]{0,6}(?:院区|分院))?"
)
_HEAD_LINE = re.compile(r"([一-鿿·]{2,4})\s{1,}(男|女)\s{1,}(\d{1,3})\s*岁")


@lru_cache(maxsize=1)
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    table = tomllib.loads((files("ocr") / "data" / "labels.toml").read_text("utf-8"))
    kinds = {label: kind for kind, labels in table.items() for label in labels}
    spaced = [r"\s*".join(map(re.escape, label)) for label in sorted(kinds, key=len, reverse=True)]
    return re.compile(rf"({'|'.join(spaced)})\s*(?:[(（][^()（）]{{0,6}}[)）])?\s*([:：;]?)"), kinds


def fields_of(lines: list[str]) -> dict[str, list[str]]:
    """Values by field, in printed order; a label without its colon counts only before a value."""
    pattern, kinds = _pattern()
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        text = unicodedata.normalize("NFKC", line)
        marks = [
            m
            for m in pattern.finditer(text)
            if m.group(2) or _at_start(text, m.start()) or _plain_kind(m, kinds)
        ]
        ends = [*(m.start() for m in marks[1:]), len(text)]
        for mark, end in zip(marks, ends, strict=False):
            value = text[mark.end() : end].strip(" :：;,，|")
            kind = kinds[re.sub(r"\s", "", mark.group(1))]
            if value and (mark.group(2) or _fits(kind, value)):
                found[kind].append(value)
    return dict(found)


def _plain_kind(mark: re.Match[str], kinds: dict[str, str]) -> bool:
    """Labels so usual that they need neither colon nor gap: 姓名 性别 年龄."""
    return kinds[re.sub(r"\s", "", mark.group(1))] in {"name", "sex", "age"}


def _at_start(text: str, at: int) -> bool:
    return at == 0 or text[at - 1].isspace()


def _fits(kind: str, value: str) -> bool:
    """Whether a value could belong to a label printed without a colon."""
    if kind == "sex":
        return value[0] in "男女"
    if kind == "age":
        return value[0].isdigit()
    if kind == "name":
        return re.fullmatch(r"[一-鿿·*＊]{2,4}", value.split()[0]) is not None
    if kind == "specimen":
        return re.match(r"\S{0,4}(?:血|尿|便|液|清|浆|痰|拭子|分泌物)", value) is not None
    return re.match(r"20\d\d", value) is not None


def patient_of(fields: dict[str, list[str]], lines: list[str]) -> Patient:
    """Name, sex and age as printed."""
    patient = Patient()
    for value in fields.get("name", []):
        match = re.match(
            r"[一-鿿·*＊]{2,6}|[A-Za-z][A-Za-z .]{1,30}",
            re.sub(r"(?<=[一-鿿])\s(?=[一-鿿]$)", "", value),
        )
        if match:
            patient.name = _without_label(match.group().strip())
            break
    for value in fields.get("sex", []):
        if re.match(r"男|M\b|Male", value):
            patient.sex = "male"
        elif re.match(r"女|F\b|Female", value):
            patient.sex = "female"
        if patient.sex:
            break
    for value in fields.get("age", []):
        patient.age = years(value)
        if patient.age is not None:
            break
    if patient.name is None:
        _unlabelled(patient, lines)
    return patient


def _without_label(name: str) -> str:
    return re.sub(r"(性别|年龄|男|女|科)$", "", name) if len(name) > 3 else name


def years(text: str) -> int | None:
    """Completed years of ``62岁``, ``3岁5月``, ``8月`` or ``15天``."""
    text = text.replace(" ", "")
    year = re.match(r"(\d{1,3})(?:岁|周岁|Y|y|$|\D)", text)
    if re.match(r"\d{1,2}(?:个?月|天|周|小时)", text):
        return 0
    if year and int(year.group(1)) <= 130:
        return int(year.group(1))
    return None


def _unlabelled(patient: Patient, lines: list[str]) -> None:
    for line in lines[:12]:
        match = _HEAD_LINE.search(line)
        if match:
            patient.name = match.group(1)
            patient.sex = "male" if match.group(2) == "男" else "female"
            patient.age = int(match.group(3))
            return


def facility_of(lines: list[str]) -> str | None:
    """The hospital's name, from the first lines; never from running text further down."""
    for line in lines[:8]:
        for part in re.split(r"\s{2,}", line):
            text = re.sub(r"\s", "", unicodedata.normalize("NFKC", part))
            match = _FACILITY.search(text)
            if match and len(match.group()) >= 4:
                name = re.sub(
                    r"^(医院名称|机构名称|单位名称|体检机构|检验机构|医疗机构)[:：]?",
                    "",
                    match.group(),
                )
                if len(name) >= 4:
                    return name
    return None


_SPECIMENS = (
    ("urine", ("尿",)),
    ("stool", ("粪", "便")),
    ("arterial", ("动脉血", "血气")),
    ("vaginal", ("白带", "阴道")),
    ("semen", ("精液",)),
    ("csf", ("脑脊液",)),
    ("serum", ("血清",)),
    ("plasma", ("血浆", "枸橼酸")),
    ("blood", ("全血", "静脉血", "末梢血", "EDTA", "抗凝血", "血液")),
)
_PANELS = (
    ("urine", ("尿常规", "尿液分析", "尿沉渣", "尿液检查", "尿液干化学", "尿分析", "尿液常规")),
    ("stool", ("粪便常规", "大便常规", "粪便检查", "便常规", "大便检查")),
    ("arterial", ("血气分析", "动脉血气")),
    ("vaginal", ("白带常规", "阴道分泌物")),
    ("semen", ("精液常规", "精液分析")),
    ("blood", ("血常规", "血细胞分析", "全血细胞计数")),
    ("plasma", ("凝血", "出凝血")),
    (
        "serum",
        (
            "生化",
            "肝功",
            "肾功",
            "血脂",
            "电解质",
            "甲状腺",
            "甲功",
            "肿瘤标志",
            "心肌酶",
            "免疫球蛋白",
        ),
    ),
)


def specimen_kind(text: str | None) -> str | None:
    """The dictionary's word for a printed specimen; None where it says none."""
    return _word_of(text, _SPECIMENS)


def panel_kind(text: str | None) -> str | None:
    """The specimen that a panel's title implies (尿常规: urine); None where it implies none."""
    return _word_of(text, _PANELS)


def _word_of(text: str | None, table: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    for kind, words in table:
        if text and any(word in text for word in words):
            return kind
    return None
