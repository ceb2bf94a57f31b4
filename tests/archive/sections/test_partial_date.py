from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from backend.archive.sections.errors import (
    DateDoesNotExist,
    DateHourTwentyFour,
    DateMalformed,
    DatePrecisionWrong,
)
from backend.archive.sections.partial_date import Day, Instant, PartialDate, Precision
from tests.archive.strategies import dates, days, instants


@pytest.mark.parametrize(
    ("text", "precision", "start"),
    [
        ("2012", Precision.YEAR, "2011-12-31T16:00:00+00:00"),
        ("2012-05", Precision.MONTH, "2012-04-30T16:00:00+00:00"),
        ("2024-02-29", Precision.DAY, "2024-02-28T16:00:00+00:00"),
        ("2012-05-03T08:00:00+08:00", Precision.INSTANT, "2012-05-03T00:00:00+00:00"),
        ("2012-05-03T08:00:00.123456789Z", Precision.INSTANT, "2012-05-03T08:00:00.123000+00:00"),
        ("2016-12-31T23:59:60Z", Precision.INSTANT, "2017-01-01T00:00:00+00:00"),
        ("2012-05-03T00:00:00-14:00", Precision.INSTANT, "2012-05-03T14:00:00+00:00"),
        # Asia/Shanghai kept local mean time (+08:05:43) until 1901.
        ("1890-01-01", Precision.DAY, "1889-12-31T15:54:17+00:00"),
        ("0001-01-01T00:00:00+14:00", Precision.INSTANT, "0001-01-01T00:00:00+00:00"),
        ("9999-12-31T23:59:59-12:00", Precision.INSTANT, "9999-12-31T23:59:59.999000+00:00"),
    ],
)
def test_precision_and_first_moment(text: str, precision: Precision, start: str) -> None:
    date = PartialDate(text)
    assert (date.precision, date.start().isoformat(), date.text) == (precision, start, text)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("2023-02-29", DateDoesNotExist),
        ("1900-02-29", DateDoesNotExist),
        ("2023-00-01", DateDoesNotExist),
        ("2023-13", DateDoesNotExist),
        ("0000", DateDoesNotExist),
        ("2023-01-01T25:00:00Z", DateDoesNotExist),
        ("2023-01-01T10:60:00Z", DateDoesNotExist),
        ("2023-01-01T10:00:61Z", DateDoesNotExist),
        ("2023-01-01T10:00:00+14:01", DateDoesNotExist),
        ("2023-01-01T10:00:00+08:60", DateDoesNotExist),
        ("2023-01-01T24:00:00Z", DateHourTwentyFour),
        ("2023-01-01T24:00:00+08:00", DateHourTwentyFour),
        ("2023-1-1", DateMalformed),
        ("20230101", DateMalformed),
        ("2023-01-01 10:00:00Z", DateMalformed),
        ("2023-01-01T10:00Z", DateMalformed),
        ("2023-01-01T10:00:00", DateMalformed),
        ("2023-01-01T10:00:00z", DateMalformed),
        ("-2023", DateMalformed),
        ("02023", DateMalformed),
        ("２０２３", DateMalformed),
        ("٢٠٢٣", DateMalformed),
        ("2023\n", DateMalformed),
        ("", DateMalformed),
    ],
)
def test_what_is_no_fhir_date_has_its_own_error(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        PartialDate(text)


@given(dates)
def test_a_date_is_kept_as_given_through_json(date: PartialDate) -> None:
    adapter = TypeAdapter(PartialDate)
    assert adapter.validate_json(adapter.dump_json(date)) == date


@given(days)
def test_a_coarser_date_begins_no_later(date: PartialDate) -> None:
    for length in (4, 7):
        assert PartialDate(date.text[:length]).start() <= date.start()


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14 * 60, 14 * 60))
def test_an_instant_starts_when_it_says(at: datetime, minutes: int) -> None:
    try:
        local = at + timedelta(minutes=minutes)
    except OverflowError:
        return
    sign, rest = "-" if minutes < 0 else "+", abs(minutes)
    text = f"{local:%H:%M:%S}.{local.microsecond:06d}{sign}{rest // 60:02}:{rest % 60:02}"
    date = PartialDate(f"{local.year:04}-{local.month:02}-{local.day:02}T{text}")
    assert date.start() == at.replace(microsecond=at.microsecond // 1000 * 1000)


@given(st.lists(dates, max_size=8))
def test_dates_sort_by_their_first_moment(some: list[PartialDate]) -> None:
    starts = [date.start() for date in sorted(some)]
    assert starts == sorted(starts)


@given(instants)
def test_an_instant_of_a_datetime_is_the_same_moment(date: PartialDate) -> None:
    assert PartialDate.of(date.local()).start() == date.start()


def test_a_field_for_days_takes_no_time_and_one_for_instants_no_day() -> None:
    with pytest.raises(DatePrecisionWrong):
        TypeAdapter(Day).validate_python("2012-05-03T08:00:00Z")
    with pytest.raises(DatePrecisionWrong):
        TypeAdapter(Instant).validate_python("2012-05-03")
    assert TypeAdapter(Day).validate_python("2012-05").text == "2012-05"
