"""A second hand at drawing: ruled grids, centred cells, joined cells, odd heads, cut pages.

Made after the reader and unlike ``lab.py``, to see what happens on other layouts.
"""

from __future__ import annotations

import random
from typing import Any

from tests.evals.ocr.canvas import Box, Canvas
from tests.evals.ocr.lab import Line, Truth, moment, numbers, person, words
from tests.evals.ocr.panels import HOSPITALS, PANELS, WORD_PANELS

STYLES = [
    "grid",
    "joined",
    "paren",
    "english",
    "unit_in_range",
    "no_head",
    "sections",
    "narrow",
    "flag_words",
]


def draw(rng: random.Random) -> tuple[Canvas, Truth]:
    """A report in one of the odd styles."""
    style = rng.choice(STYLES)
    who = person(rng)
    name = rng.choice([*PANELS, *PANELS, *WORD_PANELS])
    canvas = Canvas(*rng.choice([(1240, 1754), (1654, 2339), (1754, 1240)]), rng)
    truth = Truth(
        "lab_report", who, rng.choice(HOSPITALS), (PANELS.get(name) or WORD_PANELS[name])[0]
    )
    y = _top(canvas, truth, name, rng)
    panels = (
        [name]
        if style != "sections"
        else [name, rng.choice([p for p in PANELS if p != name and len(PANELS[p][1]) < 10])]
    )
    for panel in panels:
        lines = _lines(rng, who["sex"], panel)
        room = int((canvas.height - y - 150) / 46 / len(panels))
        lines = lines[: max(5, room)]
        if style == "sections":
            canvas.text(70, y, f"【{panel}】", 26, True)
            y += 46
        y = _table(canvas, truth, lines, style, y, rng) + 30
    collected, iso, reported, iso_reported = moment(rng)
    truth.collected_at, truth.reported_at = iso, iso_reported
    canvas.text(70, canvas.height - 110, f"采样时间 {collected}   审核时间 {reported}", 22)
    canvas.text(
        70, canvas.height - 70, f"报告时间 {reported}   检验员 陈静   审核员 许强   第1页/共1页", 22
    )
    return canvas, truth


def _lines(rng: random.Random, sex: str, panel: str) -> list[Line]:
    if panel in WORD_PANELS:
        return words(rng, panel)
    return numbers(rng, sex, panel, rng.choice(["-", "～", "—", " ~ "]), "own")


def _top(canvas: Canvas, truth: Truth, panel: str, rng: random.Random) -> float:
    assert truth.facility is not None
    canvas.text(70, 40, f"{truth.facility}", 40, True)
    canvas.text(
        70,
        96,
        rng.choice(
            [f"检验报告单（{panel}）", "医学检验中心 检验报告单", "Laboratory Report 检验报告"]
        ),
        28,
    )
    sex = "男" if truth.patient["sex"] == "male" else "女"
    canvas.text(
        70,
        146,
        f"姓 名 {truth.patient['name']}   性 别 {sex}   年 龄 {truth.patient['age']} 岁   病历号 {rng.randint(10**6, 10**7)}",  # noqa: E501
        25,
    )
    canvas.text(
        70,
        190,
        f"标本类型 {truth.specimen}   送检医生 钱宁   条码号 {rng.randint(10**10, 10**11)}",
        25,
    )
    return 250.0


def _columns(style: str, rng: random.Random) -> list[tuple[str, str, float]]:
    if style == "english":
        return [
            ("number", "No.", 2.5),
            ("name", "Test 项目", 10),
            ("result", "Result 结果", 6),
            ("unit", "Unit 单位", 5.5),
            ("range", "Reference 参考值", 8),
        ]
    if style == "joined":
        return [("name", "检验项目", 11), ("joined", "检测结果", 9), ("range", "正常参考值", 8)]
    if style == "unit_in_range":
        return [
            ("number", "序", 2.5),
            ("name", "项目", 10),
            ("result", "结果", 6),
            ("range_unit", "参考范围", 12),
        ]
    if style == "flag_words":
        return [
            ("name", "项目名称", 10),
            ("result", "检验结果", 6),
            ("flag", "结果提示", 5),
            ("range", "参考区间", 8),
            ("unit", "单位", 5),
            ("who", "检验者", 4),
        ]
    if style == "narrow":
        return [
            ("abbreviation", "代码", 4.6),
            ("name", "检测项目", 10),
            ("result", "检测值", 4.4),
            ("flag", "状态", 2.6),
            ("range", "参考区间", 7.2),
            ("unit", "单位", 4.6),
        ]
    return [
        ("number", "NO", 2.5),
        ("name", "项目名称", 10.5),
        ("result", "结果", 5.5),
        ("flag", "", 2.2),
        ("unit", "单位", 5.5),
        ("range", "生物参考区间", 8),
    ]


def _table(
    canvas: Canvas, truth: Truth, lines: list[Line], style: str, y: float, rng: random.Random
) -> float:
    columns = _columns(style, rng)
    total = sum(w for *_, w in columns)
    span = canvas.width - 140
    size = min(26, int(span / total / 1.02))
    pitch = size * 1.75
    centre = style in ("grid", "english") or rng.random() < 0.3
    edges = [70.0]
    for *_, width in columns:
        edges.append(edges[-1] + width / total * span)
    if style != "no_head":
        for (_, title, _), left, right in zip(columns, edges, edges[1:], strict=False):
            _put(canvas, title, left, right, y, size, centre)
        y += pitch
    start = y
    for index, line in enumerate(lines):
        _line(canvas, truth, line, index, columns, edges, y, size, centre, style, rng)
        y += pitch
    if style in ("grid", "sections"):
        for k in range(len(lines) + 2):
            canvas.line(
                70,
                start - pitch + k * pitch - pitch * 0.22,
                70 + span,
                start - pitch + k * pitch - pitch * 0.22,
                1,
            )
        for edge in edges:
            canvas.line(edge - 6, start - pitch * 1.22, edge - 6, y - pitch * 0.22, 1)
    return y


def _put(
    canvas: Canvas, text: str, left: float, right: float, y: float, size: int, centre: bool
) -> Box:
    x = left + ((right - left - canvas.length(text, size)) / 2 if centre else 0)
    return canvas.text(max(left, x), y, text, size)


def _line(
    canvas: Canvas,
    truth: Truth,
    line: Line,
    index: int,
    columns: list[Any],
    edges: list[float],
    y: float,
    size: int,
    centre: bool,
    style: str,
    rng: random.Random,
) -> None:
    box: Box = (0, 0, 0, 0)
    marked = line.flag in ("high", "low") and line.value is not None
    arrow = (
        {"flag_words": ("偏高", "偏低"), "narrow": ("H", "L")}.get(style, ("↑", "↓"))[
            0 if line.flag == "high" else 1
        ]
        if marked
        else ""
    )
    for (kind, _, _), left, right in zip(columns, edges, edges[1:], strict=False):
        text = {
            "number": str(index + 1),
            "name": f"{line.name}({line.short})"
            if style == "paren" and line.short and "(" not in line.name
            else line.name,
            "abbreviation": line.short,
            "unit": line.printed_unit,
            "range": line.range_lines[0],
            "flag": arrow,
            "who": "陈静",
            "range_unit": f"{line.range_lines[0]} {line.printed_unit}".strip(),
        }.get(kind, "")
        if kind == "result":
            box = _put(canvas, line.text, left, right, y, size, centre)
            if marked and not any(k == "flag" for k, *_ in columns):
                canvas.text(box[2] + size * 0.4, y, arrow, size)
        elif kind == "joined":
            box = canvas.text(left, y, line.text, size)
            canvas.text(
                box[2] + size * 0.3, y, line.printed_unit + (f" {arrow}" if arrow else ""), size
            )
        elif text:
            _put(canvas, text, left, right, y, size, centre and kind != "name")
    truth.items.append(
        {
            "name": line.name,
            "value": line.value,
            "text": line.text,
            "unit": line.unit or None,
            "low": line.low,
            "high": line.high,
            "flag": line.flag,
            "page": 1,
            "box": box,
        }
    )
