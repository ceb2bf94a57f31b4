from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from backend.core.clock import SHANGHAI
from backend.measurements.devices.errors import TimeAmbiguous, TimeInvalid, TimePlaceholder
from backend.measurements.devices.times import (
    combine,
    from_epoch,
    has_clock,
    parse_date,
    parse_time,
    zone_named,
)


def at(text: str, day_first: bool | None = None) -> datetime:
    return parse_time(text, SHANGHAI, day_first=day_first, field="time")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03 08:12:30",
        "2026-11-03T08:12:30",
        "2026-11-03T08:12:30+08:00",
        "2026-11-03T00:12:30Z",
        "2026-11-03 08:12:30 +0800",
        "2026/11/3 8:12:30",
        "2026.11.03 08:12:30",
        "2026年11月3日 8时12分30秒",
        "2026年11月3日 上午8:12:30",
        "２０２６－１１－０３ ０８：１２：３０",
        "20261103 081230",
        "20261103081230",
        "Nov 3 2026 08:12:30",
        "November 3, 2026, 8:12:30 AM",
        "3 Nov 2026 08:12:30",
        "3-Nov-2026 08:12:30",
        "03.11.2026 08:12:30",
        "1793664750",
        "1793664750000",
    ],
)
def test_usual_ways_of_writing_a_time(text: str) -> None:
    assert at(text) == datetime(2026, 11, 3, 8, 12, 30, tzinfo=SHANGHAI)


def test_the_offset_that_is_written_is_kept() -> None:
    assert at("2026-11-03T08:12:00-07:00").utcoffset() == timedelta(hours=-7)
    assert at("2026-11-03T08:12:00Z").utcoffset() == timedelta(0)
    assert at("2026-11-03 08:12").tzinfo is SHANGHAI


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("下午 9:05", 21), ("晚上9点5分", 21), ("中午12:05", 12), ("9:05 PM", 21),
        ("12:05 am", 0), ("凌晨12:05", 0), ("12:05 pm", 12), ("上午 9:05", 9),
    ],
)  # fmt: skip
def test_halves_of_the_day(text: str, hour: int) -> None:
    assert at(f"2026-11-03 {text}").hour == hour


def test_fractions_of_a_second() -> None:
    assert at("2026-11-03T08:12:30.1234567Z").microsecond == 123_456


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03 24:00",
        "2026-11-03 24:00:00",
        "2025-02-29 08:00",
        "2100-02-29 08:00",
        "2026-13-01 08:00",
        "2026-00-10 08:00",
        "2026-11-31 08:00",
        "2026-11-03 08:60",
        "2026-11-03 08:12:60",
        "2026-11-03 上午13:00",
        "2026-11-03T08:12:30+25:00",
        "0000-01-01 00:00",
        "2026-11-03",
        "2026-11-03 morning",
        "yesterday",
        "",
        "9" * 4_000,
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(TimeInvalid):
        at(text)


def test_a_leap_day_exists_in_a_leap_year() -> None:
    assert at("2024-02-29 08:00").date() == date(2024, 2, 29)


@pytest.mark.parametrize("day", ["1900-01-01", "1899-12-30", "1970-01-01", "1904-01-01"])
def test_the_first_day_of_an_unset_clock_is_refused(day: str) -> None:
    with pytest.raises(TimePlaceholder):
        at(f"{day} 00:00")
    with pytest.raises(TimePlaceholder):
        parse_date(day, day_first=None, field="date")


def test_day_and_month_are_told_apart_or_asked_for() -> None:
    assert at("13/04/2026 08:00").date() == date(2026, 4, 13)
    assert at("04/13/2026 08:00").date() == date(2026, 4, 13)
    with pytest.raises(TimeAmbiguous):
        at("03/04/2026 08:00")
    assert at("03/04/2026 08:00", day_first=True).date() == date(2026, 4, 3)
    assert at("03/04/2026 08:00", day_first=False).date() == date(2026, 3, 4)


def test_epochs() -> None:
    assert from_epoch(1_000_000_000, UTC, field="t") == datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)
    with pytest.raises(TimePlaceholder):
        from_epoch(0, UTC, field="t")
    for wrong in (1e30, -1e30, float("nan"), float("inf")):
        with pytest.raises(TimeInvalid):
            from_epoch(wrong, UTC, field="t")


def test_zones_by_name_and_offset() -> None:
    assert zone_named("-0730") == timezone(-timedelta(hours=7, minutes=30))
    assert zone_named("Asia/Shanghai") is not None
    for wrong in ("Mars/Olympus", "../../etc/passwd", "+9900", "\x00", ""):
        assert zone_named(wrong) is None


def test_date_and_clock_from_two_columns() -> None:
    day = parse_date("2026年11月3日", day_first=None, field="date")
    assert combine(day, "下午3:05", SHANGHAI, field="clock").hour == 15
    with pytest.raises(TimeInvalid):
        parse_date("2026-11-03 08:00", day_first=None, field="date")
    assert has_clock("20261103 0812")
    assert not has_clock("2026-11-03")
