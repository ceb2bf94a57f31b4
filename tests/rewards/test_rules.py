"""Rules as data: refused with line and reason; what evidence deserves is a pure matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.errors import RulesFileInvalid
from rewards.rules.book import in_force
from rewards.rules.deserving import deserved
from rewards.rules.file import load, read
from rewards.rules.rule import Campaign, Each, Evidence, EvidenceKind, Rule, Words
from rewards.rules.streaks import current, freezes_left, runs

DAY = date(2026, 11, 20)
GOOD = """\
source = "test"

[[rule]]
key = "measuring_day"
evidence = "measuring"
each = "day"
points = 2
start = 2026-01-01
most_a_day = 2
most_a_month = 62
back_days = 7
zh = "测量"
en = "Measure"
how_zh = "测量"
how_en = "Measure"
"""


def a_rule(**changes: Any) -> Rule:
    rule = read(GOOD, "rules.toml")[0]
    return replace(rule, **changes)


def on(day: date, ref: str = "", late: int = 0, subject: str = "blood_pressure") -> Evidence:
    return Evidence(
        kind=EvidenceKind.MEASURING, ref=ref or str(day), day=day, subject=subject, late=late
    )


def test_the_rules_that_come_with_the_program_are_good(tmp_path: Path) -> None:
    rules = load(tmp_path)
    assert {each.evidence for each in rules} == set(EvidenceKind)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("points = 2", "points = 0", 7, "points is a whole number from 1 to 1000"),
        ("points = 2", "points = true", 7, "points is a whole number from 1 to 1000"),
        ("points = 2", "points = 2.5", 7, "points is a whole number from 1 to 1000"),
        ("points = 2", "points = ", 7, "Invalid value"),
        ("points = 2\n", "", 3, "points is missing"),
        ("points = 2", "pionts = 2", 7, "unknown field pionts"),
        ('"measuring"', '"sleeping"', 5, "evidence is one of"),
        ('each = "day"', 'each = "hour"', 6, "each is one of"),
        ('each = "day"', 'each = "streak"', 6, "a streak needs streak_days"),
        ("back_days = 7", "back_days = 7\nstreak_days = 30", 6, "are for streaks"),
        ("start = 2026-01-01", 'start = "soon"', 8, "start is a day such as"),
        ("start = 2026-01-01", "start = 2026-02-30", 8, "Invalid date"),
        ("start = 2026-01-01", "start = 2026-01-01T00:00:00Z", 8, "start is a day such as"),
        ("back_days = 7", "back_days = 7\nend = 2025-12-31", 12, "end is before start"),
        ("most_a_day = 2", "most_a_day = 1", 9, "the rule would never earn"),
        ("most_a_month = 62", "most_a_month = 1", 10, "most_a_month is below most_a_day"),
        ('zh = "测量"', 'zh = " "', 12, "zh is a text"),
        ("[[rule]]", "[rule]", 3, "there is no [[rule]]"),
        ('source = "test"', "rules = 1", 1, "unknown field rules"),
        ('"measuring_day"', '"Measuring Day"', 4, "key is 1 to 40 small letters"),
    ],
)
def test_a_mistake_is_refused_with_its_line(old: str, new: str, line: int, reason: str) -> None:
    assert old in GOOD
    with pytest.raises(RulesFileInvalid) as refused:
        read(GOOD.replace(old, new, 1), "mine.toml")
    assert refused.value.data["file"] == "mine.toml"
    assert refused.value.data["line"] == line
    assert reason in refused.value.data["reason"]


def test_a_second_rule_of_the_same_key_is_refused_at_its_own_line() -> None:
    with pytest.raises(RulesFileInvalid) as refused:
        read(GOOD + "\n" + GOOD.removeprefix('source = "test"\n'), "mine.toml")
    assert refused.value.data["line"] == 19
    assert "is there already" in refused.value.data["reason"]


def test_the_operators_own_file_stands_in_place_of_ours(tmp_path: Path) -> None:
    own = tmp_path / "rewards" / "rules.toml"
    own.parent.mkdir()
    own.write_text(GOOD, "utf-8")
    assert [each.key for each in load(tmp_path)] == ["measuring_day"]
    own.write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(RulesFileInvalid) as refused:
        load(tmp_path)
    assert refused.value.data["line"] == 12


def test_a_day_earns_once_whatever_came_on_it() -> None:
    evidence = [on(DAY, f"r{number}") for number in range(5)]
    awards = deserved(a_rule(), evidence)
    assert [(each.points, each.evidence) for each in awards.values()] == [(2, "r0")]


@pytest.mark.parametrize(
    ("evidence", "earns"),
    [
        (on(DAY, late=7), True),
        (on(DAY, late=8), False),
        (on(date(2025, 12, 31)), False),
        (on(DAY, subject="steps"), False),
        (replace(on(DAY), kind=EvidenceKind.EXERCISE), False),
    ],
)
def test_what_is_late_early_or_of_another_kind_earns_nothing(
    evidence: Evidence, earns: bool
) -> None:
    rule = a_rule(subjects=frozenset({"blood_pressure"}))
    assert bool(deserved(rule, [evidence])) is earns


def test_a_year_that_comes_at_once_earns_what_the_rule_takes_back() -> None:
    year = [on(DAY - timedelta(days=late), late=late) for late in range(365)]
    assert len(deserved(a_rule(), year)) == 8


def test_caps_hold_and_what_was_credited_stays_under_them() -> None:
    rule = a_rule(each=Each.EVIDENCE, most_a_day=4, most_a_month=6)
    first = deserved(rule, [on(DAY, "b"), on(DAY, "c"), on(DAY + timedelta(days=1), "d")])
    assert sorted(first) == ["b", "c", "d"]
    more = [on(DAY, "a"), on(DAY, "b"), on(DAY, "c"), on(DAY + timedelta(days=1), "d")]
    assert sorted(deserved(rule, more, credited=first)) == ["b", "c", "d"]


def test_a_campaign_multiplies_on_its_days_only() -> None:
    campaign = Campaign(
        key="double", rule="measuring_day", factor=2, start=DAY, end=DAY, title=Words("双倍", "x2")
    )
    awards = deserved(a_rule(), [on(DAY), on(DAY + timedelta(days=1))], [campaign])
    assert sorted(each.points for each in awards.values()) == [2, 4]


def test_a_new_version_of_a_rule_ends_the_one_before_and_an_end_adds_none() -> None:
    body = {
        "key": "measuring_day", "evidence": "measuring", "each": "day", "points": 3,
        "start": "2026-12-01", "most_a_day": 3, "most_a_month": 93, "back_days": 7,
        "zh": "测", "en": "m", "how_zh": "测", "how_en": "m",
    }  # fmt: skip
    stored = [
        {"key": "measuring_day", "start": "2026-12-01", "body": body},
        {"key": "measuring_day", "start": "2027-01-01", "body": None},
    ]
    rules = in_force([a_rule()], stored)
    assert [(each.points, str(each.start), str(each.end)) for each in rules] == [
        (2, "2026-01-01", "2026-11-30"),
        (3, "2026-12-01", "2026-12-31"),
    ]


def days(*numbers: int, month: int = 11) -> list[date]:
    return [date(2026, month, number) for number in numbers]


@pytest.mark.parametrize(
    ("done", "freezes", "ends"),
    [
        (days(1, 2, 3), 0, days(3)),
        (days(1, 2, 4), 0, []),
        (days(1, 2, 4), 1, days(4)),  # the 3rd is forgiven
        (days(1, 3, 5), 1, []),  # but not the 4th as well
        (days(1, 2, 5), 1, []),  # two days are too many
        (days(1, 2, 3, 4, 5, 6), 0, days(3, 6)),
        ([*days(29, 30, month=10), *days(1)], 1, days(1)),
        (days(1, 1, 2, 2), 0, []),
    ],
)
def test_a_streak_is_full_when_its_days_are(
    done: list[date], freezes: int, ends: list[date]
) -> None:
    rule = a_rule(each=Each.STREAK, streak_days=3, freezes_a_month=freezes)
    assert sorted(each.day for each in deserved(rule, [on(d) for d in done]).values()) == ends


def test_a_freeze_of_each_month() -> None:
    done = [date(2026, 10, 30), *days(1, 2, 4)]  # the 31st of October, the 3rd of November
    (only,) = runs(done, 1)
    assert only.frozen == [date(2026, 10, 31), date(2026, 11, 3)]
    assert freezes_left(runs(done, 1), date(2026, 11, 4), 1) == 0
    assert freezes_left(runs(done, 1), date(2026, 12, 1), 1) == 1


@pytest.mark.parametrize(
    ("today", "freezes", "goes_on"),
    [(3, 0, True), (4, 0, True), (5, 0, False), (5, 1, True), (6, 1, False)],
)
def test_a_streak_goes_on_while_today_can_still_join_it(
    today: int, freezes: int, goes_on: bool
) -> None:
    found = current(runs(days(1, 2, 3), freezes), date(2026, 11, today), freezes)
    assert (found is not None) is goes_on


_DAYS = st.lists(st.integers(0, 120).map(lambda n: date(2026, 1, 1) + timedelta(days=n)))


@given(_DAYS, st.sampled_from([0, 1]), st.randoms())
def test_awards_do_not_depend_on_the_order_of_the_evidence(
    done: list[date], freezes: int, chance: Any
) -> None:
    rule = a_rule(each=Each.STREAK, streak_days=5, freezes_a_month=freezes)
    evidence = [on(each, f"{each}-{number}") for number, each in enumerate(done)]
    shuffled = list(evidence)
    chance.shuffle(shuffled)
    assert deserved(rule, evidence) == deserved(rule, shuffled)


@given(_DAYS, st.sampled_from([0, 1]))
def test_runs_hold_every_day_once_and_freeze_one_a_month(done: list[date], freezes: int) -> None:
    found = runs(done, freezes)
    assert [day for run in found for day in run.days] == sorted(set(done))
    frozen = [(day.year, day.month) for run in found for day in run.frozen]
    assert len(frozen) == len(set(frozen))
    assert freezes or not frozen
    assert not {day for run in found for day in run.frozen} & set(done)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=60))
def test_no_cap_is_ever_passed(pairs: list[tuple[int, int]]) -> None:
    rule = a_rule(each=Each.EVIDENCE, most_a_day=4, most_a_month=10)
    evidence = [
        on(DAY + timedelta(days=day), f"{day}-{number}", late)
        for number, (day, late) in enumerate(pairs)
    ]
    awards = deserved(rule, evidence).values()
    for each in awards:
        assert sum(a.points for a in awards if a.day == each.day) <= 4
        assert sum(a.points for a in awards if str(a.day)[:7] == str(each.day)[:7]) <= 10
