"""Laboratory reports in the layouts that Chinese hospitals print."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.evals.ocr.canvas import Box, Canvas
from tests.evals.ocr.panels import (
    DEPARTMENTS,
    GIVEN,
    HOSPITALS,
    PANELS,
    SURNAMES,
    WORD_PANELS,
)

UNITS = {
    "10^9/L": ["10^9/L", "×10^9/L", "10⁹/L", "10*9/L"],
    "10^12/L": ["10^12/L", "×10^12/L", "10¹²/L", "10*12/L"],
    "umol/L": ["umol/L", "μmol/L"],
    "uIU/mL": ["uIU/mL", "μIU/mL"],
}


@dataclass
class Truth:
    """What a page says, exactly."""

    kind: str
    patient: dict[str, Any]
    facility: str | None = None
    specimen: str | None = None
    collected_at: str | None = None
    reported_at: str | None = None
    items: list[dict[str, Any]] = field(default_factory=list)
    narrative: list[dict[str, Any]] = field(default_factory=list)
    medications: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Line:
    """One result before it is drawn."""

    name: str
    short: str
    text: str
    value: float | None
    unit: str
    printed_unit: str
    low: float | None
    high: float | None
    range_lines: list[str]
    flag: str | None


def person(rng: random.Random) -> dict[str, Any]:
    """A made-up patient."""
    return {
        "name": rng.choice(SURNAMES) + rng.choice(GIVEN),
        "sex": rng.choice(["male", "female"]),
        "age": rng.randint(19, 88),
    }


def moment(rng: random.Random) -> tuple[str, str, str, str]:
    """Collected and reported: printed and ISO."""
    year, month, day = rng.choice([2024, 2025, 2026]), rng.randint(1, 12), rng.randint(1, 28)
    hour, minute = rng.randint(6, 11), rng.randint(0, 59)
    later = hour + rng.randint(1, 6)
    style = rng.choice(
        [
            "{y}-{m:02d}-{d:02d} {h:02d}:{n:02d}",
            "{y}/{m:02d}/{d:02d} {h:02d}:{n:02d}:{s:02d}",
            "{y}年{m}月{d}日 {h:02d}:{n:02d}",
            "{y}.{m:02d}.{d:02d} {h:02d}:{n:02d}",
        ]
    )
    out = []
    for h, n, s in ((hour, minute, 12), (later, (minute * 7) % 60, 47)):
        second = s if "{s" in style else 0
        out.append(style.format(y=year, m=month, d=day, h=h, n=n, s=s))
        out.append(f"{year}-{month:02d}-{day:02d}T{h:02d}:{n:02d}:{second:02d}+08:00")
    return out[0], out[1], out[2], out[3]


def numbers(rng: random.Random, sex: str, panel: str, style: str, sexes: str) -> list[Line]:
    """A panel's lines with values drawn inside, below and above the range."""
    lines = []
    for name, short, unit, low, high, decimals, female in PANELS[panel][1]:
        own = female if female and sex == "female" else (low, high)
        text, flag = _value(rng, own[0], own[1], decimals, decimals == 0 and (high or 0) > 100)
        texts = _ranges(rng, low, high, female, decimals, style, sexes, sex)
        lines.append(
            Line(
                name,
                short,
                text,
                None if text.startswith("<") else float(text),
                unit,
                rng.choice(UNITS.get(unit, [unit])),
                own[0],
                own[1],
                texts,
                flag,
            )
        )
    return lines


def _value(
    rng: random.Random, low: float | None, high: float | None, decimals: int, tame: bool = False
) -> tuple[str, str]:
    base_low = low if low is not None else 0.0
    base_high = high if high is not None else base_low * 2.2
    draw = rng.random()
    if draw < 0.15 and high is not None:
        value = base_high * rng.uniform(1.05, 1.4 if tame else 2.2) + 10**-decimals
        return f"{value:.{decimals}f}", "high"
    if draw < 0.27 and low is not None and low > 10**-decimals * 3:
        value = base_low * rng.uniform(0.5, 0.93)
        return f"{value:.{decimals}f}", "low" if float(
            f"{value:.{decimals}f}"
        ) < base_low else "normal"
    value = rng.uniform(
        base_low + (base_high - base_low) * 0.08, base_high - (base_high - base_low) * 0.08
    )
    text = f"{value:.{decimals}f}"
    if high is not None and float(text) > high:
        return text, "high"
    return text, "normal"


def _ranges(
    rng: random.Random,
    low: float | None,
    high: float | None,
    female: tuple[float, float] | None,
    d: int,
    style: str,
    sexes: str,
    sex: str,
) -> list[str]:
    def one(a: float | None, b: float | None) -> str:
        if a is None:
            return rng.choice(["<", "≤"]) + f"{b:.{d}f}" if style != "lt" else f"<{b:.{d}f}"
        if b is None:
            return f">{a:.{d}f}"
        return f"{a:.{d}f}{style if style not in ('lt',) else '-'}{b:.{d}f}"

    if female is None or sexes == "own":
        own = female if female and sex == "female" else (low, high)
        return [one(own[0], own[1])]
    both = [f"男:{one(low, high)}", f"女:{one(*female)}"]
    return both if sexes == "lines" else [" ".join(both)]


def words(rng: random.Random, panel: str) -> list[Line]:
    """A panel of results in words."""
    lines = []
    for name, short, normal, odd, expected in WORD_PANELS[panel][1]:
        bad = rng.random() < 0.2
        text = rng.choice(odd if bad else normal)
        lines.append(
            Line(
                name,
                short,
                text,
                None,
                "",
                "",
                None,
                None,
                [expected],
                "abnormal" if bad else "normal",
            )
        )
    if panel == "尿常规":
        lines.append(
            Line(
                "比重",
                "SG",
                f"{rng.uniform(1.006, 1.028):.3f}",
                None,
                "",
                "",
                1.003,
                1.03,
                ["1.003-1.030"],
                "normal",
            )
        )
        lines[-1].value = float(lines[-1].text)
        lines.append(
            Line(
                "酸碱度",
                "pH",
                rng.choice(["5.5", "6.0", "6.5", "7.0"]),
                None,
                "",
                "",
                4.5,
                8.0,
                ["4.5-8.0"],
                "normal",
            )
        )
        lines[-1].value = float(lines[-1].text)
    return lines


MARKS = {
    "arrow_after": ("{} ↑", "{} ↓"),
    "arrow_tight": ("{}↑", "{}↓"),
    "arrow_before": ("↑{}", "↓{}"),
    "letter": ("{} H", "{} L"),
    "star": ("*{}", "*{}"),
}


@dataclass
class Layout:
    """How a report is laid out."""

    tables: int
    columns: list[str]
    mark: str
    heads: dict[str, str]
    size: int
    pitch: float
    grid: bool
    align: str


HEADS: dict[str, list[str]] = {
    "number": ["序号", "NO", "No.", "编号"],
    "name": ["项目名称", "检验项目", "项目", "中文名称", "检测项目"],
    "abbreviation": ["英文", "代号", "缩写", "英文缩写"],
    "result": ["结果", "检验结果", "测定结果", "结  果"],
    "flag": ["提示", "标志", "状态"],
    "unit": ["单位", "单  位"],
    "range": ["参考范围", "参考区间", "参考值", "正常参考值"],
    "method": ["检验方法", "方法"],
    "previous": ["上次结果", "前次结果"],
}


def layout(rng: random.Random, count: int, tables: int | None = None) -> Layout:
    """A random layout that fits ``count`` results."""
    tables = tables or (2 if count > 14 and rng.random() < 0.6 else 1)
    columns = []
    if rng.random() < 0.7:
        columns.append("number")
    name_first = rng.random() < 0.75
    pair = ["name"]
    if rng.random() < 0.6:
        pair = ["name", "abbreviation"] if name_first else ["abbreviation", "name"]
    columns += [*pair, "result"]
    mark = rng.choice(
        [
            "arrow_after",
            "arrow_tight",
            "arrow_before",
            "letter",
            "star",
            "column",
            "column_letter",
            "bare_column",
        ]
    )
    if mark in ("column", "column_letter"):
        columns.append("flag")
    tail = ["unit", "range"] if rng.random() < 0.6 else ["range", "unit"]
    columns += tail
    if tables == 1 and rng.random() < 0.25:
        columns.append("method")
    if tables == 1 and rng.random() < 0.2:
        columns.insert(columns.index("result") + 1, "previous")
    if tables == 2:
        columns = [c for c in columns if c not in ("method",)]
        if len(columns) > 6 and "number" in columns:
            columns.remove("number")
    return Layout(
        tables,
        columns,
        mark,
        {k: rng.choice(v) for k, v in HEADS.items()},
        rng.choice([24, 26, 28, 30]) if tables == 1 else rng.choice([19, 21, 22]),
        rng.uniform(1.45, 2.0),
        rng.random() < 0.25,
        rng.choice(["left", "centre"]),
    )


METHODS = ["酶法", "免疫比浊法", "比色法", "电化学发光", "离子选择电极", "仪器法"]
WIDTHS = {
    "number": 2.6,
    "name": 10.5,
    "abbreviation": 4.5,
    "result": 4.8,
    "flag": 2.8,
    "unit": 4.6,
    "range": 7.2,
    "method": 6.0,
    "previous": 4.8,
}


def draw(
    rng: random.Random, panel: str | None = None, landscape: bool | None = None
) -> tuple[Canvas, Truth]:
    """A laboratory report and its truth."""
    panel = panel or rng.choice([*PANELS, *PANELS, *WORD_PANELS])
    who = person(rng)
    specimen = (PANELS.get(panel) or WORD_PANELS[panel])[0]
    style = rng.choice(["-", "-", "~", "--", "～", " - "])
    sexes = rng.choice(["own", "own", "inline", "lines"])
    lines = numbers(rng, who["sex"], panel, style, sexes) if panel in PANELS else words(rng, panel)
    if panel in PANELS and len(lines) > 20 and rng.random() < 0.5:
        keep = sorted(rng.sample(range(len(lines)), rng.randint(10, 20)))
        lines = [lines[i] for i in keep]
    plan = layout(rng, len(lines), 1 if sexes == "inline" else None)
    wide = landscape if landscape is not None else len(lines) <= 16 and rng.random() < 0.4
    canvas = Canvas(1900 if wide else 1654, 1240 if wide else 2339, rng)
    truth = Truth("lab_report", who, rng.choice(HOSPITALS), specimen)
    y = header(canvas, truth, panel, rng)
    y = table(canvas, truth, lines, plan, y, rng)
    footer(canvas, truth, y, rng)
    return canvas, truth


def header(canvas: Canvas, truth: Truth, panel: str, rng: random.Random) -> float:
    """Title and labelled fields."""
    size, who = 26, truth.patient
    assert truth.facility is not None
    y = 50.0
    if rng.random() < 0.5:
        canvas.centred(y, truth.facility, 44, True)
        y += 62
        canvas.centred(
            y, rng.choice(["检验报告单", f"{panel}检验报告单", "临床检验报告单"]), 36, True
        )
    else:
        canvas.centred(
            y, truth.facility + rng.choice(["检验报告单", "检验科报告单", "临床检验报告"]), 44, True
        )
    y += 70
    sep = rng.choice(["：", ":", "： "])
    sex = "男" if who["sex"] == "male" else "女"
    fields = [
        ("姓名", who["name"]),
        ("性别", sex),
        ("年龄", f"{who['age']}岁"),
        ("科室", rng.choice(DEPARTMENTS)),
        ("门诊号", str(rng.randint(10**7, 10**8))),
        ("床号", str(rng.randint(1, 60))),
        (rng.choice(["标本类型", "标本", "标本种类"]), truth.specimen or ""),
        ("样本号", str(rng.randint(1, 900))),
        ("临床诊断", rng.choice(["2型糖尿病", "高血压病", "健康查体", "冠心病"])),
    ]
    per = rng.choice([4, 3]) if canvas.width < 1800 else 5
    step = (canvas.width - 140) / per
    for i, (label, value) in enumerate(fields):
        canvas.text(70 + (i % per) * step, y + (i // per) * 42, f"{label}{sep}{value}", size)
    y += ((len(fields) - 1) // per + 1) * 42 + 8
    canvas.line(60, y, canvas.width - 60, y)
    return y + 12


def table(
    canvas: Canvas, truth: Truth, lines: list[Line], plan: Layout, y: float, rng: random.Random
) -> float:
    """Draws the table and records its items; returns where it ends."""
    margin = 64
    span = (canvas.width - 2 * margin) / plan.tables
    longest = max(len(part) for line in lines for part in line.range_lines)
    widths = [
        max(WIDTHS[c], longest * 0.62 + 1) if c == "range" else WIDTHS[c] for c in plan.columns
    ]
    size = plan.size
    while sum(widths) * size > span and size > 15:
        size -= 1
    total = sum(widths)
    starts = [sum(widths[:i]) / total * span for i in range(len(widths))]
    pitch = size * plan.pitch
    stacked = any(len(line.range_lines) > 1 for line in lines)
    per = (len(lines) + plan.tables - 1) // plan.tables
    heights = [pitch * (1.75 if len(line.range_lines) > 1 else 1.0) for line in lines]
    room = canvas.height - y - 200
    tallest = max(sum(heights[t * per : (t + 1) * per]) for t in range(plan.tables)) + pitch
    if tallest > room:
        shrink = room / tallest
        pitch *= shrink
        heights = [h * shrink for h in heights]
        size = min(size, int(pitch * (0.62 if stacked else 0.75)))
    bottom = y
    for t in range(plan.tables):
        left = margin + t * span
        for column, start in zip(plan.columns, starts, strict=True):
            canvas.text(left + start, y, plan.heads[column], size, rng.random() < 0.3)
        if not plan.grid:
            canvas.line(left, y + size * 1.45, left + span - 20, y + size * 1.45, 1)
        row_y = y + pitch * 1.1
        for index, line in enumerate(lines[t * per : (t + 1) * per]):
            height = heights[t * per + index]
            _row(canvas, truth, line, plan, left, starts, row_y, size, t * per + index + 1, rng)
            if plan.grid:
                canvas.line(
                    left,
                    row_y - (pitch - size) / 2,
                    left + span - 20,
                    row_y - (pitch - size) / 2,
                    1,
                )
            row_y += height
        bottom = max(bottom, row_y)
    canvas.line(60, bottom + 6, canvas.width - 60, bottom + 6)
    return bottom + 14


def _row(
    canvas: Canvas,
    truth: Truth,
    line: Line,
    plan: Layout,
    left: float,
    starts: list[float],
    y: float,
    size: int,
    number: int,
    rng: random.Random,
) -> None:
    marked = line.flag in ("high", "low") or (line.flag == "abnormal" and rng.random() < 0.4)
    up = line.flag != "low"
    flag_text = {"column": ("↑", "↓"), "column_letter": ("H", "L"), "bare_column": ("↑", "↓")}
    box: Box = (0, 0, 0, 0)
    for column, start in zip(plan.columns, starts, strict=True):
        x = left + start
        if column == "number":
            canvas.text(x, y, str(number), size)
        elif column == "name":
            star = (
                "*" if plan.mark not in ("star",) and number % 7 == 3 and rng.random() < 0.5 else ""
            )
            canvas.text(x, y, star + line.name, size)
        elif column == "abbreviation":
            canvas.text(x, y, line.short, size)
        elif column == "result":
            box = _result(canvas, line, plan, marked, up, x, y, size)
        elif column == "flag":
            if marked and line.value is not None:
                canvas.text(x, y, flag_text[plan.mark][0 if up else 1], size)
        elif column == "unit":
            canvas.text(x, y, line.printed_unit, size)
        elif column == "range":
            for i, part in enumerate(line.range_lines):
                canvas.text(
                    x,
                    y + i * size * 1.15,
                    part,
                    size if len(line.range_lines) == 1 else int(size * 0.95),
                )
        elif column == "method":
            canvas.text(x, y, METHODS[number % len(METHODS)], size)
        elif column == "previous" and line.value is not None:
            canvas.text(x, y, f"{line.value * 1.07:.2f}", size)
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


def _result(
    canvas: Canvas, line: Line, plan: Layout, marked: bool, up: bool, x: float, y: float, size: int
) -> Box:
    if not marked or line.value is None or plan.mark in ("column", "column_letter"):
        return canvas.text(x, y, line.text, size)
    if plan.mark == "bare_column":
        box = canvas.text(x, y, line.text, size)
        canvas.text(x + canvas.length(line.text, size) + size * 0.8, y, "↑" if up else "↓", size)
        return box
    before, after = MARKS[plan.mark][0 if up else 1].split("{}")
    canvas.text(x, y, before, size)
    x += canvas.length(before, size)
    box = canvas.text(x, y, line.text, size)
    canvas.text(x + canvas.length(line.text, size), y, after, size)
    return box


def footer(canvas: Canvas, truth: Truth, y: float, rng: random.Random) -> None:
    """Times, signatures and the usual note."""
    collected, truth.collected_at, reported, truth.reported_at = moment(rng)
    size, sep = 24, rng.choice(["：", ":"])
    parts = [
        f"采集时间{sep}{collected}",
        f"接收时间{sep}{collected}",
        f"报告时间{sep}{reported}",
        f"检验者{sep}李梅",
        f"审核者{sep}王涛",
    ]
    if rng.random() < 0.3:
        parts = [
            f"送检医生{sep}陈立",
            f"采样时间{sep}{collected}",
            f"报告日期{sep}{reported}",
            f"检验{sep}李梅",
            f"审核{sep}王涛",
        ]
    x = 66.0
    for part in parts:
        width = canvas.length(part, size)
        if x + width > canvas.width - 60:
            x, y = 66.0, y + 38
        canvas.text(x, y, part, size)
        x += width + 46
    canvas.text(
        66, y + 42, "注：本报告仅对所检测标本负责，如有疑问请在三日内与检验科联系。", size - 2
    )
