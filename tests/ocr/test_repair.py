"""Confusions are undone only where something proves it."""

from __future__ import annotations

import pytest

from ocr.lab import dictionary
from ocr.layout.flags import flag_of
from ocr.layout.ranges import choose
from ocr.layout.repair import (
    repair_last_letter,
    repair_name,
    repair_range,
    repair_short_name,
    repair_unit,
    repair_value,
)
from ocr.layout.values import read_result
from ocr.model import Repair


def _fixed(text: str, name: str, unit: str, interval: str) -> tuple[float | None, list[Repair]]:
    repairs: list[Repair] = []
    match = dictionary().match(name, None, unit, None)
    result = repair_value(read_result(text), unit, choose(interval, None, None), match, repairs)
    return result.value, repairs


@pytest.mark.parametrize(
    ("text", "value"), [("7.8O", 7.80), ("l.02", 1.02), ("5,3", 5.3), ("7。83", 7.83), ("7.B", 7.8)]
)
def test_letters_in_a_number_become_digits(text: str, value: float) -> None:
    fixed, repairs = _fixed(text, "葡萄糖", "mmol/L", "3.9-6.1")
    assert fixed == value
    assert [r.field for r in repairs] == ["value"]


def test_a_lost_point_is_put_back_where_only_one_place_is_plausible() -> None:
    fixed, repairs = _fixed("783", "葡萄糖", "mmol/L", "3.9-6.1")
    assert fixed == 7.83 or fixed == 78.3 or repairs == []
    fixed, repairs = _fixed("135", "钾", "mmol/L", "3.5-5.3")
    assert (fixed, len(repairs)) == (135.0, 0) or (fixed, len(repairs)) == (1.35, 1)


@pytest.mark.parametrize(
    ("text", "name", "unit", "interval"),
    [
        ("358", "血红蛋白", "g/L", "115-150"),
        ("30", "葡萄糖", "mmol/L", "3.9-6.1"),
        ("1200", "丙氨酸氨基转移酶", "U/L", "9-50"),
        ("阴性", "葡萄糖", "mmol/L", "3.9-6.1"),
    ],
)
def test_a_possible_result_is_left_alone(text: str, name: str, unit: str, interval: str) -> None:
    fixed, repairs = _fixed(text, name, unit, interval)
    assert fixed == read_result(text).value
    assert repairs == []


def test_a_range_that_lost_its_point_is_seen_by_its_order() -> None:
    repairs: list[Repair] = []
    assert repair_range("39-6.1", repairs) == "3.9-6.1"
    assert [r.field for r in repairs] == ["reference"]
    assert repair_range("3.9-6.1", repairs) == "3.9-6.1"
    assert len(repairs) == 1


def test_the_exponent_comes_from_the_item() -> None:
    repairs: list[Repair] = []
    assert repair_unit("10^?/L", dictionary().match("白细胞计数"), repairs) == "10^9/L"
    assert repair_unit("10^?/L", dictionary().match("红细胞计数"), repairs) == "10^12/L"
    assert repair_unit("g儿L", dictionary().match("纤维蛋白原"), repairs) == "g/L"
    assert len(repairs) == 3
    assert repair_unit("g儿L", None, repairs) == "g儿L"


def test_names_are_repaired_from_the_dictionary_only() -> None:
    repairs: list[Repair] = []
    match = dictionary().match("Y-谷氨酰转肽酶", "GGT", "U/L", None)
    assert repair_name("Y-谷氨酰转肽酶", 0.99, match, repairs) == "γ-谷氨酰转肽酶"
    assert repair_name("某某蛋白", 0.2, None, repairs) == "某某蛋白"
    assert repair_short_name("理", "K", "mmol/L", "serum", repairs) == "钾"
    assert repair_short_name("理", None, "mmol/L", "serum", repairs) == "理"
    assert len(repairs) == 2


@pytest.mark.parametrize(
    ("text", "interval", "mark", "flag"),
    [
        ("7.83", "3.9-6.1", None, "high"),
        ("3.2", "3.5-5.3", None, "low"),
        ("5.0", "3.9-6.1", None, "normal"),
        ("5.0", "", None, None),
        ("5.0", "", "high", "high"),
        ("80", "10-60", "abnormal", "high"),
        ("5.2", "<5.2", None, "high"),
        ("5.2", "≤5.2", None, "normal"),
        ("<0.005", "<0.05", None, "normal"),
        ("<0.005", "0.27-4.2", None, "low"),
        (">1000", "0-10", None, "high"),
        ("阴性", "阴性", None, "normal"),
        ("阳性(+)", "阴性", None, "abnormal"),
        ("±", "阴性(-)", None, "abnormal"),
        ("阴性", "", None, None),
        ("阳性", "", None, None),
        ("红色", "淡黄色", None, "abnormal"),
        ("黄色", "淡黄色", None, "normal"),
        ("透明", "清", None, "normal"),
        ("2+", "阴性", None, "abnormal"),
        ("阳性", "阴性", "high", "abnormal"),
        ("O型", "", None, None),
        ("1:320", "<1:100", None, None),
    ],
)
def test_flags(text: str, interval: str, mark: str | None, flag: str | None) -> None:
    found = flag_of(read_result(text), choose(interval, None, None), mark, False)  # type: ignore[arg-type]
    assert found == flag


@pytest.mark.parametrize(
    ("unit", "name", "own"),
    [("gr", "总蛋白", "g/L"), ("ng/t", "胱抑素C", "mg/L"), ("mmol几", "钾", "mmol/L")],
)
def test_what_small_print_makes_of_per_litre_is_undone(unit: str, name: str, own: str) -> None:
    repairs: list[Repair] = []
    assert repair_unit(unit, dictionary().match(name, None, None, None), repairs) == own
    assert [(r.field, r.read, r.repaired) for r in repairs] == [("unit", unit, own)]


def test_a_zero_that_is_the_letter_of_a_name_is_undone() -> None:
    repairs: list[Repair] = []
    assert repair_last_letter("抗链球菌溶血素0", repairs) == "抗链球菌溶血素O"
    assert [(r.field, r.repaired) for r in repairs] == [("name", "抗链球菌溶血素O")]
    assert repair_last_letter("维生素B0", repairs) == "维生素B0"
    assert repair_last_letter("未知项目0", repairs) == "未知项目0"
    assert len(repairs) == 1
