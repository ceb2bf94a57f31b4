"""Sleep and exercise by free words: of which night, from when to when, and what is no record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.core.clock import SHANGHAI, FixedClock
from backend.identity.viewer import Language
from backend.measurements.draft import Kind
from backend.services import Services
from bot.chat.understanding import Lack, understand
from tests.bot.chat.talking import Talker, stored
from tests.factories import a_key, a_resident

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)  # a Sunday


async def test_a_night_is_shown_recorded_for_that_night_after_a_yes_and_taken_back(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)

    assert await father.says("昨晚睡了七个半小时") == (
        "给张建国记下：\n• 睡眠 7小时30分钟（昨晚）\n对吗？"
    )
    assert await stored(resident_id) == []
    assert "已给张建国记下" in await father.says("对")

    [kept] = await stored(resident_id)
    assert (kept["kind"], kept["values"], kept["entered"], kept["end"]) == (
        "sleep",
        {"duration": 450},
        {"duration": [7.5, "h"]},
        None,
    )
    assert kept["at"] == datetime(2026, 11, 20, 14, tzinfo=UTC)  # 22:00 in Shanghai
    assert await father.says("撤销") == "已撤销张建国的：\n• 睡眠 7小时30分钟（昨晚）"
    assert await stored(resident_id) == []
    assert len(await stored(resident_id, "withdrawn")) == 1


async def test_hours_across_midnight_are_kept_as_they_were_said(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)

    shown = await father.says("昨晚十一点睡早上六点起，早上血压135/85")
    assert "• 睡眠 7小时（昨天 23:00 到 今天 06:00）" in shown
    assert "• 血压 135/85 mmHg（今天 07:30）" in shown
    await father.presses("记下")

    night, _ = await stored(resident_id)
    assert (night["at"], night["end"], night["values"]) == (
        datetime(2026, 11, 20, 15, tzinfo=UTC),
        datetime(2026, 11, 20, 22, tzinfo=UTC),
        {"duration": 420},
    )


async def test_a_slip_in_the_hours_is_put_right_before_and_after_the_yes(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)

    await father.says("昨晚睡了7小时")
    assert "睡眠 6小时30分钟（昨晚）" in await father.says("不对，是六个半小时")
    await father.says("对")
    clock.advance(timedelta(seconds=20))
    assert "改成：\n• 睡眠 6小时（昨晚）" in await father.says("不对，昨晚睡了6小时")
    assert "已改好" in await father.says("对")

    [kept] = await stored(resident_id)
    assert kept["values"] == {"duration": 360}


async def test_what_is_rare_needs_its_own_yes(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)

    assert (await father.says("昨晚睡了20小时")).startswith(
        "请再看一眼：睡眠时长 20小时 少见（通常 10分钟到18小时）。"
    )
    assert father.labels == ["数值没错，记下", "不对，不记"]
    await father.says("不对")
    assert await stored(resident_id) == []


@pytest.mark.parametrize(
    "said",
    [
        "没睡好",
        "睡了一会儿",
        "我睡了",
        "昨晚睡了几小时",
        "上周平均睡多久",
        "我每天睡7小时",
        "走路10分钟就累",
    ],
)
async def test_what_names_no_night_goes_on_to_the_assistant(services: Services, said: str) -> None:
    viewer, resident_id = await a_resident(services)
    [accepted] = accepted_now(Purpose.ASSISTANT)
    await services.consents.change(
        viewer, resident_id, accepted, given=True, idempotency_key=a_key()
    )
    father = Talker(services, viewer)

    await father.says(said)

    assert father.talk.offered.things == {}
    assert father.talk.conversation_id is not None
    assert await stored(resident_id) == []


async def test_a_night_that_was_said_is_what_a_question_about_it_is_answered_with(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    [accepted] = accepted_now(Purpose.ASSISTANT)
    await services.consents.change(
        viewer, resident_id, accepted, given=True, idempotency_key=a_key()
    )
    father = Talker(services, viewer)
    await father.says("昨晚睡了7小时")
    await father.says("对")
    clock.advance(timedelta(minutes=1))

    said = await father.says("昨晚睡了几小时")
    assert said.startswith("睡眠时长最近一次是 7 小时（2026年11月20日")

    assert len(await stored(resident_id)) == 1


async def test_exercise_is_recorded_with_what_was_done(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)

    assert "• 散步 30分钟（今天 09:30）" in await father.says("散步半小时")
    await father.says("对")
    assert "• 跑步 30分钟，距离 5 公里" in await father.says("昨天下午跑步5公里，30分钟")
    await father.says("不对")
    assert "• 体质指数 23.5 kg/m²" in await father.says("BMI 23.5")

    [kept] = await stored(resident_id)
    assert (kept["kind"], kept["values"], kept["attributes"]) == (
        "exercise",
        {"duration": 30},
        {"activity": "walking"},
    )


async def test_in_english_it_reads_so(services: Services) -> None:
    viewer, _ = await a_resident(services)
    viewer.language = Language.EN
    talker = Talker(services, viewer)

    assert "• Sleep 6 h 30 min (last night)" in await talker.says("I slept 6.5 hours")
    assert "• Walking 30 min (today 09:30)" in await talker.says("walked 30 minutes")
    assert "Which night was it?" in await talker.says("yesterday I slept 7 hours")


@pytest.mark.parametrize(
    ("said", "now", "begins", "ends"),
    [
        ("昨晚睡了7小时", "11-22 23:30", "11-21 22:00", None),
        ("昨晚睡了12小时", "11-22 07:00", "11-21 19:00", None),
        ("11点睡6点起", "11-22 05:00", "11-20 23:00", "11-21 06:00"),
        ("11点睡6点起", "11-22 23:30", "11-21 23:00", "11-22 06:00"),
        ("12点睡7点起", "11-22 10:00", "11-22 00:00", "11-22 07:00"),
        ("昨晚11点睡，早上6点起来血压135/85", "11-22 10:00", "11-21 23:00", "11-22 06:00"),
        ("昨天夜里两点睡的，六点醒的", "11-22 10:00", "11-22 02:00", "11-22 06:00"),
        ("昨天凌晨2点睡，8点起", "11-22 10:00", "11-21 02:00", "11-21 08:00"),
        ("早上八点睡，下午三点起", "11-22 18:00", "11-22 08:00", "11-22 15:00"),
        ("slept from 11 to 6 last night", "11-22 10:00", "11-21 23:00", "11-22 06:00"),
        ("20号晚上睡了6小时", "11-22 02:00", "11-20 22:00", None),
        ("12月31日晚上十点睡，早上六点起", "01-01 09:00", "12-31 22:00", "01-01 06:00"),
    ],
)
def test_the_night_is_the_one_that_was_meant(
    said: str, now: str, begins: str, ends: str | None
) -> None:
    understood = understand(said, _at(now))

    assert understood.lacks == ()
    night = understood.found[0].draft
    assert night.kind is Kind.SLEEP
    assert f"{night.at:%m-%d %H:%M}" == begins
    assert (night.end and f"{night.end:%m-%d %H:%M}") == ends
    assert night.at.tzinfo is SHANGHAI


@pytest.mark.parametrize(
    ("said", "now", "lack"),
    [
        ("昨晚睡了5小时", "11-22 02:00", Lack.NIGHT),
        ("今晚睡了5小时", "11-22 10:00", Lack.FUTURE),
        ("昨晚11点睡，今天早上6点起", "11-22 05:00", Lack.FUTURE),
        ("昨晚11点睡6点起，睡了9小时", "11-22 10:00", Lack.SLEEP),
        ("6点睡，4点起", "11-22 10:00", Lack.SLEEP),
        ("昨晚十点多睡，六点起", "11-22 10:00", Lack.SLEEP),
        ("昨晚25点睡，6点起", "11-22 10:00", Lack.TIME),
        ("下午2点睡到3点", "11-22 18:00", Lack.NAP),
        ("明天散步30分钟", "11-22 10:00", Lack.FUTURE),
    ],
)
def test_what_is_no_one_night_is_asked_about(said: str, now: str, lack: Lack) -> None:
    understood = understand(said, _at(now))

    assert understood.found == ()
    assert understood.lacks == (lack,)


def test_the_hours_of_a_night_are_nobody_elses_time() -> None:
    found = understand("我爸血压135/85昨晚睡了7小时，心率72", NOW).found

    assert [(each.draft.kind, each.draft.at) for each in found] == [
        (Kind.SLEEP, NOW.replace(day=21, hour=22)),
        (Kind.BLOOD_PRESSURE, NOW),
        (Kind.HEART_RATE, NOW),
    ]


@given(
    bed=st.integers(19 * 60, 29 * 60),
    asleep=st.integers(60, 11 * 60),
    now=st.integers(0, 24 * 60 - 1),
)
def test_any_two_clock_times_are_the_last_night_that_is_over(
    bed: int, asleep: int, now: int
) -> None:
    """Said as a clock of 24 hours there is one way to read them."""
    when = NOW.replace(hour=now // 60, minute=now % 60)
    up = bed + asleep
    said = f"{_clock(bed)}睡，{_clock(up)}起"

    [found] = understand(said, when).found

    assert found.draft.end is not None
    assert (found.draft.end - found.draft.at) == timedelta(minutes=asleep)
    assert when - timedelta(days=1) < found.draft.end <= when


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _at(written: str) -> datetime:
    year = 2027 if written.startswith("01") else 2026
    return datetime.strptime(f"{year}-{written}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
