"""An arrow read as the digit 1 is taken away only where its table proves it."""

from __future__ import annotations

import pytest

from ocr.layout.arrows import Measured, put_back
from ocr.layout.cells import Cells
from ocr.layout.ranges import choose
from ocr.layout.values import read_result
from ocr.reader import read_bytes
from tests.ocr import pages

_MARKED = ("钾", "3.2 ↓", "mmol/L", "3.5-5.3")


def _read(*rows: tuple[str, str, str, str]) -> list[tuple[str, float | None, int]]:
    """Text, value and number of repairs of each row, read as one table."""
    measured = []
    for name, text, unit, interval in rows:
        result = read_result(text)
        cells = Cells(name, None, result, [], unit, interval, result.mark, False)
        measured.append(Measured(cells, choose(interval, "female", 60), "血清"))
    put_back(measured, [text for _, text, _, _ in rows])
    return [(m.cells.result.text, m.cells.result.value, len(m.cells.repairs)) for m in measured]


@pytest.mark.parametrize(
    ("row", "value"),
    [
        (("红细胞分布宽度SD", "60.91", "fL", "37.0-54.0"), 60.9),
        (("白细胞计数", "2.111", "10^9/L", "3.50-9.50"), 2.11),
        (("血小板计数", "421 1", "10^9/L", "125-350"), 421.0),
    ],
)
def test_a_digit_too_many_on_an_unmarked_value_is_the_arrow(
    row: tuple[str, str, str, str], value: float
) -> None:
    text = row[1].removesuffix("1").strip()
    assert _read(row, _MARKED) == [(text, value, 1), ("3.2", 3.2, 0)]


def test_a_whole_number_is_shortened_where_nothing_else_is_possible() -> None:
    assert _read(("血红蛋白", "781", "g/L", "115-150"), _MARKED)[0] == ("78", 78.0, 1)
    assert _read(("血红蛋白", "7811", "g/L", "115-150"), _MARKED)[0] == ("7811", 7811.0, 0)


@pytest.mark.parametrize(
    "row",
    [
        ("葡萄糖", "7.81", "mmol/L", "3.90-6.10"),  # as many decimals as the range
        ("葡萄糖", "5.11", "mmol/L", "3.9-6.1"),  # inside
        ("葡萄糖", "6.11", "mmol/L", "3.9-6.1"),  # inside without its 1
        ("葡萄糖", "7.91 ↑", "mmol/L", "3.9-6.1"),  # marked
        ("葡萄糖", "7.92", "mmol/L", "3.9-6.1"),  # no 1
        ("血小板计数", "421", "10^9/L", "125-350"),  # possible as it stands
        ("葡萄糖", "7.91", "mmol/L", "阴性"),  # nothing to be outside of
    ],
)
def test_whatever_could_be_so_stays(row: tuple[str, str, str, str]) -> None:
    assert _read(row, _MARKED)[0][2] == 0


def test_a_table_without_arrows_proves_nothing_unless_it_repeats_itself() -> None:
    wide = ("红细胞分布宽度SD", "60.91", "fL", "37.0-54.0")
    calm = ("钾", "4.2", "mmol/L", "3.5-5.3")
    assert _read(wide, calm)[0] == ("60.91", 60.91, 0)
    other = ("平均血红蛋白含量", "42.71", "pg", "27.0-34.0")
    assert [each[1] for each in _read(wide, calm, other)] == [60.9, 4.2, 42.7]


def test_a_table_without_its_head_is_told_by_its_columns() -> None:
    rows = [
        ("1", "糖类抗原19-9", "", "14.62", "U/mL", "0.00-27.00"),
        ("2", "糖类抗原15-3", "", "13.7", "U/mL", "0.0-25.0"),
        ("3", "甲胎蛋白", "", "8.89 ng/mL ↑", "", "0.00-7.00"),
        ("4", "尿胆原", "", "阴性", "", "正常"),
        ("5", "红细胞", "", "3-5", "", "未见"),
        ("6", "酮体", "", "阴性", "", "阴性"),
    ]
    report = read_bytes(pages.png(pages.report(rows).crop((0, 205, 1200, 520))), "a.png")
    found = [(i.name, i.text, i.reference.text if i.reference else None) for i in report.items]
    wanted = [(name, text.split()[0], interval) for _, name, _, text, _, interval in rows]
    assert found == wanted
    assert [i.flag for i in report.items][:3] == ["normal", "normal", "high"]
