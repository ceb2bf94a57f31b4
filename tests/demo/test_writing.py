"""The short forms of the demo's data files."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.demo.writing import day_of, instant_of, written_out

ANCHOR = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("@-20d", date(2026, 11, 1)),
        ("@+84d", date(2027, 2, 13)),
        ("@-36y-61d", date(1990, 9, 21)),
        ("@-9m", date(2026, 2, 21)),
        ("@+3m", date(2027, 2, 21)),
    ],
)
def test_dates_count_from_the_anchor(text: str, day: date) -> None:
    assert day_of(text, ANCHOR) == day


def test_a_month_without_that_day_ends_on_its_last() -> None:
    assert day_of("@+1m", date(2026, 1, 31)) == date(2026, 2, 28)
    assert day_of("@-4y", date(2024, 2, 29)) == date(2020, 2, 29)
    assert day_of("@-1y", date(2024, 2, 29)) == date(2023, 2, 28)


def test_an_instant_is_on_a_shanghai_wall_clock() -> None:
    assert instant_of("@-1dT20:35", ANCHOR).isoformat() == "2026-11-20T20:35:00+08:00"


@pytest.mark.parametrize("text", ["@", "20d", "@-20", "@-20dT9:30", "@20d"])
def test_what_is_no_date_is_an_error_of_the_data_file(text: str) -> None:
    with pytest.raises(ValueError, match="no date of the demo's"):
        day_of(text, ANCHOR)


def test_concepts_codes_and_amounts_are_written_out() -> None:
    short = {
        "name": "icd10:I10 高血压",
        "flag": ["flag:H"],
        "dose": "amount:5 mg",
        "often": "amount:20 支/日",
        "route": "words:口服",
        "note": "只是文字",
        "start": "@-240d",
        "number": 3,
    }
    assert written_out(short, ANCHOR) == {
        "name": {
            "text": "高血压",
            "codings": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "I10"}],
        },
        "flag": [
            {
                "codings": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
                        "code": "H",
                    }
                ]
            }
        ],
        "dose": {
            "value": "5",
            "unit": "mg",
            "system": "http://unitsofmeasure.org",
            "code": "mg",
        },
        "often": {"value": "20", "unit": "支/日"},
        "route": {"text": "口服"},
        "note": "只是文字",
        "start": "2026-03-26",
        "number": 3,
    }


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-400, 400))
def test_months_there_and_days_of_them_keep_the_order(day: date, months: int) -> None:
    moved = day_of(f"@{months:+d}m", day)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day <= day.day
