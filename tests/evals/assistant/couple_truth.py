"""What the two bundles of ``couple.py`` hold, read without the assistant's reader.

A line of ``couple.txt`` is ``man | question | expected``. Expected is ``not_found``, ``declined``,
``asked_back``, ``says WORD …`` (all stand in the answer), or values of ``figures``, joined by
``+``: ``average blood_pressure 2026-10-01..2026-11-01 4-11h`` and the like.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Answer
from tests.evals.assistant.couple import NOW

_AFTER = ["餐后2小时血糖", "早餐后1小时血糖", "晚餐后2小时血糖"]
NAMES = {
    "blood_pressure": ["血压"],
    "heart_rate": ["心率"],
    "weight": ["体重"],
    "height": ["身高"],
    "waist": ["腰围"],
    "temperature": ["体温"],
    "oxygen": ["血氧饱和度"],
    "steps": ["步数"],
    "sleep": ["睡眠时长"],
    "fasting": ["空腹血糖"],
    "after_meal": _AFTER,
    "after_breakfast": ["早餐后1小时血糖"],
    "after_dinner": ["晚餐后2小时血糖"],
    "glucose": ["空腹血糖", "睡前血糖", "葡萄糖", *_AFTER],
    "ldl": ["低密度脂蛋白胆固醇"],
    "cholesterol": ["总胆固醇"],
    "triglycerides": ["甘油三酯"],
    "hdl": ["高密度脂蛋白胆固醇"],
    "creatinine": ["肌酐"],
    "uric_acid": ["尿酸"],
    "alt": ["丙氨酸氨基转移酶", "谷丙转氨酶"],
    "hemoglobin": ["血红蛋白"],
    "white_cells": ["白细胞计数"],
    "platelets": ["血小板计数"],
    "hba1c": ["糖化血红蛋白"],
    "potassium": ["血清钾"],
    "psa": ["前列腺特异性抗原"],
    "urine_protein": ["尿蛋白"],
    "crp": ["C反应蛋白"],
    "tsh": ["促甲状腺激素"],
    "ferritin": ["铁蛋白"],
    "fetal_movement": ["胎动计数"],
    "fetal_heart_rate": ["胎心率"],
}
# source: UCUM; molar masses of glucose, cholesterol and creatinine (IUPAC)
_UNITS = {"lb": 0.45359237, "kPa": 7.50062, "g/dL": 10.0}
_MOLAR = {"glucose": 1 / 18.016, "fasting": 1 / 18.016, "ldl": 1 / 38.67, "creatinine": 88.42}

Value = float | str
Row = tuple[datetime, tuple[Value, ...]]


class Truth:
    def __init__(self, bundle: dict[str, Any]) -> None:
        self._all = [entry["resource"] for entry in bundle["entry"]]
        self._ref = f"Patient/{self._all[0]['id']}"

    def figures(self, said: str) -> list[Value]:
        """The values that one part of ``expected`` stands for."""
        how, kind, *more = said.split()
        rows = self._rows(kind)
        numbers: list[float] = []
        for each in more:
            if each.endswith("h"):
                first, last = (int(n) for n in each[:-1].split("-"))
                rows = [r for r in rows if first <= r[0].hour < last]
            elif re.match(r"\d{4}-", each):
                start, end = _span(each)
                rows = [r for r in rows if start <= r[0] < end]
            else:
                numbers.append(float(each))
        return _HOW[how](rows, numbers)

    def _rows(self, kind: str) -> list[Row]:
        found: set[Row] = set()
        for each in self._all:
            if each["resourceType"] != "Observation" or each["code"].get("text") not in NAMES[kind]:
                continue
            at = datetime.fromisoformat(each["effectiveDateTime"]).astimezone(SHANGHAI)
            of_other = each["subject"]["reference"] != self._ref or "focus" in each
            if not of_other and each["status"] == "final" and at <= NOW:
                found.add((at, _values(each, kind)))
        return sorted(found, key=lambda row: row[0])


def _span(said: str) -> tuple[datetime, datetime]:
    first, _, last = said.partition("..")
    start = datetime.fromisoformat(first).replace(tzinfo=SHANGHAI)
    if not last:
        return start, start + timedelta(days=1)
    return start, datetime.fromisoformat(last).replace(tzinfo=SHANGHAI)


def _values(resource: dict[str, Any], kind: str) -> tuple[Value, ...]:
    if "valueString" in resource:
        return (str(resource["valueString"]),)
    parts = resource.get("component") or [resource]
    return tuple(_converted(part["valueQuantity"], kind) for part in parts)


def _converted(quantity: dict[str, Any], kind: str) -> float:
    value, unit = float(quantity["value"]), quantity["unit"]
    if unit == "℉":
        return (value - 32) / 1.8
    return value * (_MOLAR[kind] if unit == "mg/dL" else _UNITS.get(unit, 1.0))


def _average(rows: list[Row], _: list[float]) -> list[Value]:
    columns = list(zip(*(values for _, values in rows), strict=True))
    return [round(sum(map(float, c)) / len(c) + 1e-9, 1) for c in columns]


def _extreme(choose: Any) -> Any:
    def one(rows: list[Row], numbers: list[float]) -> list[Value]:
        part = int(numbers[0]) if numbers else 0
        return [choose(float(values[part]) for _, values in rows)]

    return one


def _above(rows: list[Row], limits: list[float]) -> list[Value]:
    pairs = [zip(values, limits, strict=False) for _, values in rows]
    return [sum(any(float(value) > limit for value, limit in each) for each in pairs)]


_HOW: dict[str, Any] = {
    "last": lambda rows, n: [v for _, row in rows[-int(n[0] if n else 1) :] for v in row],
    "all": lambda rows, _: [v for _, row in rows for v in row],
    "average": _average,
    "highest": _extreme(max),
    "lowest": _extreme(min),
    "count": lambda rows, _: [len(rows)],
    "above": _above,
    "below": lambda rows, n: [sum(float(row[0]) < n[0] for _, row in rows)],
}


def is_right(expected: str, answer: Answer, truth: Truth) -> bool:
    outcome = answer.outcome.value
    if expected == "asked_back":
        return outcome == "not_found" and bool(answer.choices)
    if expected in ("not_found", "declined"):
        return outcome == expected
    if expected.startswith("says "):
        return all(word in answer.text for word in expected.split()[1:])
    wanted = [value for part in expected.split(" + ") for value in truth.figures(part)]
    if not wanted:
        return outcome == "not_found"
    told = [fact.value for fact in answer.facts]
    return outcome == "answered" and all(_among(each, told) for each in wanted)


def _among(wanted: Value, told: list[Any]) -> bool:
    if isinstance(wanted, str):
        return wanted in told
    numbers = [float(each) for each in told if not isinstance(each, str)]
    return any(abs(wanted - each) <= 0.051 + abs(wanted) * 0.001 for each in numbers)
