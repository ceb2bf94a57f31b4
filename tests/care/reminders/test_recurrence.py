"""When reminders fall due: RFC 5545 on a wall clock, changes of clocks included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.archive.sections import ImmunizationBody, PartialDate
from backend.archive.sections.values import Concept
from backend.care.reminders.errors import ReminderRuleInvalid
from backend.care.reminders.recurrence import Recurrence, checked_rule, checked_zone
from backend.care.reminders.suggesting import vaccinations

MORNING = (time(8),)


def due(recurrence: Recurrence, after: str, count: int = 3) -> list[str]:
    zone = ZoneInfo(recurrence.zone)
    found = islice(recurrence.after(datetime.fromisoformat(after)), count)
    return [each.astimezone(zone).isoformat(timespec="minutes") for each in found]


def test_every_other_day_at_two_times_keeps_its_phase() -> None:
    twice = Recurrence(
        start=date(2026, 11, 20),
        times=(time(20), time(8)),
        zone="Asia/Shanghai",
        rule="FREQ=DAILY;INTERVAL=2",
    )
    assert due(twice, "2026-11-21T00:00:00+08:00") == [
        "2026-11-22T08:00+08:00", "2026-11-22T20:00+08:00", "2026-11-24T08:00+08:00",
    ]  # fmt: skip
    assert due(twice, "2026-11-22T08:00:00+08:00", 1) == ["2026-11-22T20:00+08:00"]


def test_the_wall_clock_stays_when_clocks_change() -> None:
    daily = Recurrence(
        start=date(2026, 3, 1), times=MORNING, zone="America/New_York", rule="FREQ=DAILY"
    )
    assert due(daily, "2026-03-07T12:00:00+00:00", 3) == [
        "2026-03-07T08:00-05:00", "2026-03-08T08:00-04:00", "2026-03-09T08:00-04:00",
    ]  # fmt: skip
    # 02:30 does not exist on that day: the offset from before the change (RFC 5545, 3.3.5).
    night = Recurrence(
        start=date(2026, 3, 7), times=(time(2, 30),), zone="America/New_York", rule="FREQ=DAILY"
    )
    assert due(night, "2026-03-08T00:00:00+00:00", 2) == [
        "2026-03-08T03:30-04:00", "2026-03-09T02:30-04:00",
    ]  # fmt: skip
    # 01:30 comes twice: it is due at the first, and once.
    autumn = Recurrence(
        start=date(2026, 10, 31), times=(time(1, 30),), zone="America/New_York", rule="FREQ=DAILY"
    )
    assert due(autumn, "2026-10-31T12:00:00+00:00", 2) == [
        "2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("FREQ=MONTHLY;BYDAY=2TU", ["2026-02-10", "2026-03-10", "2026-04-14"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", ["2026-02-09", "2026-02-12", "2026-02-23"]),
        ("FREQ=DAILY;COUNT=2", ["2026-01-31", "2026-02-01"]),
        ("rrule:freq=daily;until=20260201;", ["2026-01-31", "2026-02-01"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ["2028-02-29", "2032-02-29", "2036-02-29"]),
        (None, ["2026-01-31"]),
    ],
)
def test_rules_of_every_frequency(rule: str | None, days: list[str]) -> None:
    known = checked_rule(rule) if rule else None
    each = Recurrence(start=date(2026, 1, 31), times=MORNING, zone="Asia/Shanghai", rule=known)
    found = [one[:10] for one in due(each, "2026-01-30T12:00:00+08:00")]
    if rule and "2028" in days[0]:
        found = [one[:10] for one in due(each, "2026-06-01T12:00:00+08:00")]
        days = days[:2] + days[2:3] * (len(found) - 2)
    assert found == days[: len(found)]
    assert found


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=8",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=367",
        "FREQ=DAILY;COUNT=3;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20261301",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=DAILY\nDTSTART:20260101",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=30;BYDAY=MO",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=MONTHLY;BYDAY=9MO",
        "FREQ=DAILY;" + "BYDAY=MO," * 40,
        "INTERVAL=2",
        "每天",
    ],
)
def test_rules_that_cannot_be_or_nearly_never_are_refused(rule: str) -> None:
    with pytest.raises(ReminderRuleInvalid):
        checked_rule(rule)


@pytest.mark.parametrize("name", ["", "Beijing", "../../etc/passwd", "Asia/Shanghai\0"])
def test_a_zone_is_one_of_the_database(name: str) -> None:
    with pytest.raises(ReminderRuleInvalid):
        checked_zone(name)


@given(
    start=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    times=st.sets(st.integers(0, 1_439), min_size=1, max_size=4),
    zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "Pacific/Apia", "Europe/London"]),
    rule=st.sampled_from([
        None, "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=SU,WE",
        "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=DAILY;COUNT=5",
    ]),
    after=st.integers(0, 4_000 * 24),
)  # fmt: skip
def test_times_only_go_forward_and_each_follows_from_the_one_before(
    start: date, times: set[int], zone: str, rule: str | None, after: int
) -> None:
    walls = tuple(time(each // 60, each % 60) for each in times)
    each = Recurrence(start=start, times=walls, zone=zone, rule=rule)
    since = datetime(2019, 1, 1, tzinfo=UTC) + timedelta(hours=after)
    found = list(islice(each.after(since), 6))
    assert all(one > since for one in found)
    assert found == sorted(set(found))
    stepped, at = [], since
    for _ in found:
        following = each.next_after(at)
        assert following is not None
        stepped.append(following)
        at = following
    assert stepped == found


def _given(name: str, on: str) -> ImmunizationBody:
    return ImmunizationBody(vaccine=Concept(text=name), given=PartialDate(on))


def test_an_infants_doses_follow_from_the_birthday_and_what_was_given() -> None:
    born, today = date(2026, 8, 31), date(2026, 11, 21)
    given = [_given("重组乙型肝炎疫苗", "2026-08-31"), _given("重组乙型肝炎疫苗", "2026-10-01")]
    found = {source: draft.start for source, draft in vaccinations(born, given, today)}
    assert found["vaccine:hepb:3"] == date(2027, 2, 28)
    assert "vaccine:hepb:2" not in found
    assert found["vaccine:dtap:1"] == date(2026, 11, 22), "due three weeks ago: soon"
    assert "vaccine:bcg:1" not in found, "due long ago: no date of ours"
    assert found["vaccine:dtap:5"] == date(2032, 8, 31)
    assert not [each for each in found if "influenza" in each or "ppv" in each]


def test_an_elder_is_reminded_each_autumn_and_once_of_pneumococci() -> None:
    born, today = date(1952, 3, 8), date(2026, 11, 21)
    found = dict(vaccinations(born, [], today))
    assert found["vaccine:influenza"].start == date(2027, 10, 10), "this season's day is over"
    assert found["vaccine:influenza"].rule == "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=10"
    assert found["vaccine:ppv23"].start == date(2026, 11, 22)
    assert set(found) == {"vaccine:influenza", "vaccine:ppv23"}
    early = dict(vaccinations(born, [_given("流感疫苗", "2026-09-20")], date(2026, 9, 25)))
    assert early["vaccine:influenza"].start == date(2027, 10, 10), "given already this year"
    assert set(dict(vaccinations(date(1985, 5, 5), [], today))) == set()
    done = dict(vaccinations(born, [_given("23价肺炎球菌多糖疫苗", "2020")], today))
    assert set(done) == {"vaccine:influenza"}
