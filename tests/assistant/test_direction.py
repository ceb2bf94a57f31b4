"""Which way a series goes: thirds beside each other, held against noise and chance."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from bot.assistant.answer import Answer
from tests.assistant.archives import assistant, patient, pressure, quantity


def weights(*values: float) -> Answer:
    rows = [
        quantity(f"w{n}", "29463-7", "体重", value, "kg", f"2026-10-{n + 1:02}T07:00:00+08:00")
        for n, value in enumerate(values)
    ]
    return assistant(patient(), *rows).ask("体重变化趋势")


def pressures(values: Sequence[tuple[int, int]]) -> Answer:
    rows = [
        pressure(f"b{n}", high, low, f"2026-10-{n + 1:02}T07:00:00+08:00")
        for n, (high, low) in enumerate(values)
    ]
    return assistant(patient(), *rows).ask("血压变化趋势")


def test_thirds_tell_the_way_where_first_and_last_would_mislead() -> None:
    """The last reading is as the first was, but most have come down."""
    answer = pressures([(150, 90)] * 4 + [(140, 86)] * 4 + [(132, 82)] * 3 + [(150, 90)])
    assert answer.text.startswith("收缩压在下降，平均低了 13.5 mmHg。")
    assert "开头 4 次平均 150/90 mmHg，最近 4 次平均 136.5/84 mmHg。" in answer.text
    facts = {fact.label: fact.value for fact in answer.facts}
    assert facts["收缩压平均值（开头一段）"] == Decimal(150)
    assert facts["收缩压平均值（最近一段）"] == Decimal("136.5")
    assert facts["收缩压平均变化"] == Decimal("13.5")
    assert len(answer.citations) >= 12


def test_a_move_within_what_a_cuff_may_be_off_by_is_no_change() -> None:
    answer = pressures([(130, 80)] * 4 + [(135, 80)] * 4)
    assert answer.text.startswith("血压没有明显变化。")
    assert "开头 2 次平均 130/80 mmHg，最近 2 次平均 135/80 mmHg。" in answer.text


def test_a_move_that_chance_explains_is_no_change() -> None:
    """Averages 7 mmHg apart, of readings that differ by 30 from each other."""
    answer = pressures([(120, 80), (150, 80), (135, 80), (135, 80), (127, 80), (157, 80)])
    assert answer.text.startswith("血压没有明显变化。")


def test_the_diastolic_side_is_named_where_it_alone_moves() -> None:
    answer = pressures([(130, 80)] * 4 + [(130, 95)] * 4)
    assert answer.text.startswith("舒张压在上升，平均高了 15 mmHg。")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((70, 70.4, 70.2, 70.8, 71, 70.9), "体重没有明显变化。"),
        ((70, 70.2, 70.1, 71.9, 72.2, 72.3), "体重在上升，平均高了 2.2 kg。"),
        ((72.3, 72.2, 71, 71, 70.1, 70), "体重在下降，平均低了 2.2 kg。"),
    ],
)
def test_a_weight_moves_by_more_than_a_kilogram(values: tuple[float, ...], said: str) -> None:
    assert weights(*values).text.startswith(said)


def test_fewer_than_six_are_held_first_against_last_and_that_is_said() -> None:
    text = weights(70, 71, 73).text
    assert text.startswith("体重有所上升，比最早一次高了 3 kg。")
    assert "次数不多，只看了最早和最近两次。" in text


def test_few_that_stay_are_no_change() -> None:
    assert weights(70, 74, 70.5).text.startswith("体重没有明显变化。")


def test_how_much_is_from_first_to_last_and_the_thirds_stand_beside_it() -> None:
    rows = [
        quantity(f"w{n}", "29463-7", "体重", value, "kg", f"2026-10-{n + 1:02}T07:00:00+08:00")
        for n, value in enumerate((75, 74.8, 74, 73.5, 72.2, 72))
    ]
    text = assistant(patient(), *rows).ask("体重降了多少").text
    assert text.startswith("体重降了 3 kg：从 75 kg")
    assert "开头 2 次平均 74.9 kg，最近 2 次平均 72.1 kg。" in text


def test_what_it_is_now_is_judged_and_not_what_it_was() -> None:
    answer = pressures([(150, 92)] * 6 + [(140, 88)] * 6 + [(126, 78)] * 6)
    assert answer.text.startswith("收缩压在下降，平均低了 24 mmHg。")
    assert "最近 6 次平均 126/78 mmHg。这在一般范围里（" in answer.text


def test_morning_against_evening_is_compared_and_no_trend() -> None:
    rows = [
        pressure(f"b{day}{hour}", high, 80, f"2026-10-{day:02}T{hour:02}:00:00+08:00")
        for day in range(1, 8)
        for hour, high in ((7, 140), (20, 128))
    ]
    text = assistant(patient(), *rows).ask("早上的血压是不是比晚上高").text
    assert text.startswith("血压早上比晚上高 12 mmHg")
