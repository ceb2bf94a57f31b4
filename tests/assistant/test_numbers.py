"""Typed queries: what counts, what does not, and what is cited."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.assistant.answer import Answer, Outcome
from tests.assistant.archives import assistant, pressure, quantity


def numbers(answer: Answer) -> list[Decimal]:
    return [f.value for f in answer.facts if isinstance(f.value, Decimal)]


def refs(answer: Answer) -> list[str]:
    return [
        c.resource for c in answer.citations if not c.resource.startswith(("Guideline", "Content"))
    ]


def test_latest_gives_both_sides_and_cites_the_reading() -> None:
    answer = assistant(
        pressure("a", 130, 80, "2026-11-01T07:00:00+08:00"),
        pressure("b", 142, 88, "2026-11-20T07:30:00+08:00"),
    ).ask("最近一次血压多少")
    assert answer.outcome is Outcome.ANSWERED
    assert numbers(answer)[:2] == [Decimal(142), Decimal(88)]
    assert refs(answer) == ["Observation/b"]
    assert answer.citations[0].at == "2026-11-20T07:30:00+08:00"
    assert "142/88" in answer.text
    assert answer.window is None


def test_entered_in_error_future_and_other_peoples_readings_do_not_count() -> None:
    answer = assistant(
        pressure("good", 130, 80, "2026-11-18T07:00:00+08:00"),
        pressure("wrong", 230, 130, "2026-11-19T07:00:00+08:00", status="entered-in-error"),
        pressure("future", 220, 120, "2026-12-19T07:00:00+08:00"),
        pressure(
            "spouse",
            210,
            110,
            "2026-11-20T07:00:00+08:00",
            focus=[{"reference": "RelatedPerson/1"}],
        ),
        pressure(
            "baby", 200, 100, "2026-11-20T08:00:00+08:00", subject={"reference": "Patient/p2"}
        ),
    ).ask("最近一个月血压平均多少")
    assert numbers(answer) == [Decimal(130), Decimal(80), Decimal(1)]
    assert refs(answer) == ["Observation/good"]


def test_two_devices_copies_of_one_reading_count_once() -> None:
    answer = assistant(
        pressure("cuff", 150, 90, "2026-11-18T07:00:05+08:00"),
        pressure("phone", 150, 90, "2026-11-18T07:00:40+08:00"),
        pressure("other", 130, 80, "2026-11-19T07:00:00+08:00"),
    ).ask("这个月量了几次血压")
    assert numbers(answer) == [Decimal(2)]
    assert len(refs(answer)) == 2


def test_averages_are_rounded_half_up_to_one_decimal() -> None:
    answer = assistant(
        *(
            pressure(str(n), high, 80, f"2026-11-1{n}T07:00:00+08:00")
            for n, high in enumerate([120, 121, 121, 121])
        )
    ).ask("最近一个月高压平均多少")
    assert numbers(answer)[0] == Decimal("120.8")


def test_units_are_converted_before_an_average() -> None:
    answer = assistant(
        quantity("a", "18262-6", "LDL-C", 100, "mg/dL", "2026-10-30T08:00:00+08:00"),
        quantity("b", "13457-7", "低密度脂蛋白胆固醇", 3.0, "mmol/L", "2026-11-01T08:00:00+08:00"),
    ).ask("坏胆固醇今年平均多少")
    assert numbers(answer)[0] == Decimal("2.8")
    assert len(refs(answer)) == 2


def test_a_result_recorded_in_other_units_is_given_in_both() -> None:
    answer = assistant(
        quantity("a", "2345-7", "Glucose", 126, "mg/dL", "2026-11-01T08:00:00+08:00")
    ).ask("what is my latest blood sugar?")
    units = {f.unit: f.value for f in answer.facts if isinstance(f.value, Decimal)}
    assert units == {"mmol/L": Decimal("6.99"), "mg/dL": Decimal(126)}


def test_above_a_pair_means_either_side_above_its_figure() -> None:
    answer = assistant(
        pressure("high", 141, 80, "2026-11-10T07:00:00+08:00"),
        pressure("low", 130, 91, "2026-11-11T07:00:00+08:00"),
        pressure("limit", 140, 90, "2026-11-12T07:00:00+08:00"),
    ).ask("血压超过140/90的有几次")
    assert numbers(answer)[:2] == [Decimal(2), Decimal(3)]
    assert refs(answer) == ["Observation/high", "Observation/low"]


def test_systolic_and_diastolic_sent_apart_are_one_reading_with_two_citations() -> None:
    answer = assistant(
        quantity("s", "8480-6", "收缩压", 135, "mmHg", "2026-11-10T07:00:00+08:00"),
        quantity("d", "8462-4", "舒张压", 85, "mmHg", "2026-11-10T07:00:00+08:00"),
    ).ask("血压多少")
    assert numbers(answer)[:2] == [Decimal(135), Decimal(85)]
    assert refs(answer) == ["Observation/s", "Observation/d"]


def test_highest_cites_every_reading_that_has_it() -> None:
    answer = assistant(
        quantity("a", "29463-7", "体重", 70.5, "kg", "2026-11-01T08:00:00+08:00"),
        quantity("b", "29463-7", "体重", 70.5, "kg", "2026-11-05T08:00:00+08:00"),
        quantity("c", "29463-7", "体重", 69, "kg", "2026-11-07T08:00:00+08:00"),
    ).ask("体重最高多少")
    assert refs(answer) == ["Observation/a", "Observation/b"]


def test_what_the_archive_does_not_hold_is_said() -> None:
    answer = assistant().ask("尿酸多少")
    assert answer.outcome is Outcome.NOT_FOUND
    assert "没有尿酸的记录" in answer.text
    assert answer.facts == ()


def test_a_same_day_value_of_yesterday_is_urgent_and_escalated() -> None:
    answer = assistant(pressure("a", 186, 112, "2026-11-20T20:00:00+08:00")).ask("昨天血压多少")
    assert answer.urgency == "urgent"
    assert answer.escalation is not None
    assert "Guideline/bp-urgent" in [c.resource for c in answer.citations]


def test_an_unknown_analyte_is_found_by_the_archives_own_name() -> None:
    answer = assistant(
        quantity("x", "99999-9", "胃泌素-17", 5.2, "pmol/L", "2026-11-01T08:00:00+08:00")
    ).ask("胃泌素-17是多少")
    assert numbers(answer) == [Decimal("5.2")]


@pytest.mark.parametrize(
    "question",
    ["血压120/80正常吗", "血压150/95算高吗", "糖化7.2高不高"],
)
def test_a_value_in_the_question_is_judged_by_guideline(question: str) -> None:
    answer = assistant().ask(question)
    assert answer.outcome is Outcome.ANSWERED
    assert answer.citations[0].resource.startswith("Guideline/")
