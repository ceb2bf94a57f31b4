"""Free words as readings: what is taken, what is asked about, what is no reading at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.clock import SHANGHAI
from backend.measurements.draft import Kind, Meal
from bot.chat.understanding import Found, Lack, Understood, understand
from bot.chat.understanding.folding import fold
from bot.chat.understanding.reading import LONGEST

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=SHANGHAI)  # a Saturday
Read = tuple[str, dict[str, tuple[float, str]], str, str | None]


def read(text: str, now: datetime = NOW) -> list[Read]:
    understood = understand(text, now)
    assert understood.lacks == ()
    return [_read(each) for each in understood.found]


def _read(found: Found) -> Read:
    draft = found.draft
    values = {name: (each.value, each.unit) for name, each in draft.values.items()}
    return draft.kind.value, values, f"{draft.at:%m-%d %H:%M}", draft.meal and draft.meal.value


def pressure(high: float, low: float, at: str, unit: str = "mm[Hg]") -> Read:
    return "blood_pressure", {"systolic": (high, unit), "diastolic": (low, unit)}, at, None


def one(kind: str, part: str, value: float, unit: str, at: str, meal: str | None = None) -> Read:
    return kind, {part: (value, unit)}, at, meal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "早上血压135/85心率72",
            [
                pressure(135, 85, "11-21 07:30"),
                one("heart_rate", "rate", 72, "/min", "11-21 07:30"),
            ],
        ),
        ("空腹血糖6.8", [one("glucose", "glucose", 6.8, "mmol/L", "11-21 10:00", "fasting")]),
        ("空腹6.8", [one("glucose", "glucose", 6.8, "mmol/L", "11-21 10:00", "fasting")]),
        ("空腹六点八", [one("glucose", "glucose", 6.8, "mmol/L", "11-21 10:00", "fasting")]),
        (
            "早餐后两小时血糖8.5",
            [one("glucose", "glucose", 8.5, "mmol/L", "11-21 10:00", "after_meal")],
        ),
        ("睡前血糖7", [one("glucose", "glucose", 7, "mmol/L", "11-20 22:00", "bedtime")]),
        ("血糖126mg/dl", [one("glucose", "glucose", 126, "mg/dL", "11-21 10:00")]),
        ("体重 62公斤", [one("weight", "weight", 62, "kg", "11-21 10:00")]),
        ("体重124斤", [one("weight", "weight", 124, "jin", "11-21 10:00")]),
        ("６２公斤", [one("weight", "weight", 62, "kg", "11-21 10:00")]),
        ("体温36度8", [one("temperature", "temperature", 36.8, "Cel", "11-21 10:00")]),
        ("体温三十六点八度", [one("temperature", "temperature", 36.8, "Cel", "11-21 10:00")]),
        ("血氧98%", [one("spo2", "spo2", 98, "%", "11-21 10:00")]),
        ("今天走了8,000步", [one("steps", "count", 8000, "{steps}", "11-21 10:00")]),
        ("135/85", [pressure(135, 85, "11-21 10:00")]),
        ("高压135低压85", [pressure(135, 85, "11-21 10:00")]),
        ("收缩压是135，舒张压85", [pressure(135, 85, "11-21 10:00")]),
        ("血压一百三十五 八十五", [pressure(135, 85, "11-21 10:00")]),
        ("血压一百四比九十", [pressure(140, 90, "11-21 10:00")]),
        ("血压18/11kpa", [pressure(18, 11, "11-21 10:00", "kPa")]),
        ("昨晚8点血压 142 比 90", [pressure(142, 90, "11-20 20:00")]),
        ("晚上血压130/80", [pressure(130, 80, "11-20 20:00")]),
        ("11月20日血压130/80", [pressure(130, 80, "11-20 10:00")]),
        ("30分钟前心率90", [one("heart_rate", "rate", 90, "/min", "11-21 09:30")]),
        ("两小时前血压130/80", [pressure(130, 80, "11-21 08:00")]),
        ("刚才量的血压是135/85", [pressure(135, 85, "11-21 10:00")]),
        (
            "前天早上七点半血压130/80，晚上血压140/90",
            [pressure(130, 80, "11-19 07:30"), pressure(140, 90, "11-19 20:00")],
        ),
        (
            "心率72，血压120/80，血糖5.6",
            [
                one("heart_rate", "rate", 72, "/min", "11-21 10:00"),
                pressure(120, 80, "11-21 10:00"),
                one("glucose", "glucose", 5.6, "mmol/L", "11-21 10:00"),
            ],
        ),
        (
            "bp 128/79 pulse 70 this morning",
            [
                pressure(128, 79, "11-21 07:30"),
                one("heart_rate", "rate", 70, "/min", "11-21 07:30"),
            ],
        ),
        ("weight 136 lb", [one("weight", "weight", 136, "[lb_av]", "11-21 10:00")]),
        ("temp 101 f", [one("temperature", "temperature", 101, "[degF]", "11-21 10:00")]),
        (
            "fasting glucose 6.8 yesterday at 7 am",
            [one("glucose", "glucose", 6.8, "mmol/L", "11-20 07:00", "fasting")],
        ),
        ("Blood pressure 150 over 95 last night", [pressure(150, 95, "11-20 20:00")]),
    ],
)
def test_words_become_readings_with_unit_time_and_meal(text: str, expected: list[Read]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "lack"),
    [
        ("血压135", Lack.DIASTOLIC),
        ("刚才高压135", Lack.DIASTOLIC),
        ("血压有点高", Lack.NUMBER),
        ("体重轻了", Lack.NUMBER),
        ("135", Lack.KIND),
        ("11/20", Lack.KIND),
        ("血糖6.8 7.2", Lack.SEVERAL),
        ("明天血压120/80", Lack.FUTURE),
        ("今晚血压120/80", Lack.FUTURE),
        ("13月5日血压130/80", Lack.TIME),
        ("昨天25点血压130/80", Lack.TIME),
    ],
)
def test_what_is_not_clear_is_asked_about(text: str, lack: Lack) -> None:
    assert lack in understand(text, NOW).lacks


@pytest.mark.parametrize(
    "text",
    [
        "血压135/85正常吗",
        "上个月血压平均多少？",
        "目标血压130/80",
        "医生说血压要控制在130/80以下",
        "如果血压140/90该怎么办",
        "is 135/85 a normal blood pressure?",
        "买了62斤苹果",
        "你好",
        "我住在3号楼502",
        "血压" + "1" * LONGEST,
        "",
    ],
)
def test_questions_goals_and_chat_are_no_readings(text: str) -> None:
    assert understand(text, NOW) == Understood(relative=understand(text, NOW).relative)


def test_somebody_else_is_noticed() -> None:
    assert understand("我妈血压150/95", NOW).relative == "我妈"
    assert understand("my mother's bp 150/95", NOW).relative == "mother"
    assert understand("血压150/95", NOW).relative is None


def test_a_weight_without_a_unit_is_marked_for_kg_or_jin() -> None:
    assert [each.other_unit for each in understand("体重124", NOW).found] == ["jin"]
    assert [each.other_unit for each in understand("体重124斤", NOW).found] == [None]


def test_a_part_of_the_day_that_has_only_begun_is_now() -> None:
    early = NOW.replace(hour=6, minute=40)

    assert read("早上血压135/85", early) == [pressure(135, 85, "11-21 06:40")]


def test_midnight_of_the_evening_is_the_end_of_that_day() -> None:
    assert read("昨晚12点血压135/85") == [pressure(135, 85, "11-21 00:00")]


@settings(max_examples=60, deadline=None)
@given(
    high=st.integers(90, 220),
    low=st.integers(45, 89),
    form=st.sampled_from(["血压{}/{}", "血压 {} 比 {}", "高压{}低压{}", "bp {}/{}", "{}/{}"]),
    before=st.sampled_from(["", "早上", "昨晚8点", "刚才测的", "今天上午9点半"]),
)
def test_every_way_to_write_a_pressure_gives_its_numbers_and_no_time_to_come(
    high: int, low: int, form: str, before: str
) -> None:
    found = understand(before + form.format(high, low), NOW)

    assert found.lacks == ()
    values = found.found[0].draft.values
    assert (values["systolic"].value, values["diastolic"].value) == (high, low)
    assert found.found[0].draft.kind is Kind.BLOOD_PRESSURE
    assert NOW - timedelta(days=2) < found.found[0].draft.at <= NOW


@settings(max_examples=60, deadline=None)
@given(st.integers(20, 333), st.sampled_from(list(Meal)))
def test_every_glucose_keeps_its_decimal_and_meal(tenths: int, meal: Meal) -> None:
    said = {"fasting": "空腹", "before_meal": "餐前", "after_meal": "餐后", "bedtime": "睡前"}
    found = understand(f"{said.get(meal.value, '随机')}血糖{tenths / 10}", NOW)

    draft = found.found[0].draft
    assert (draft.values["glucose"].value, draft.meal) == (tenths / 10, meal)


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=80)
    | st.text("血压糖体重心率早上昨晚点半一二三十百0123456789/.,， 斤", max_size=40)
)
def test_whatever_is_written_nothing_breaks_and_nothing_is_invented(text: str) -> None:
    found = understand(text, NOW)

    plain = fold(text)
    for each in found.found:
        assert each.draft.at <= NOW
        for quantity in each.draft.values.values():
            assert f"{quantity.value:g}"[:2].rstrip(".") in plain.replace("度", ".")


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("一百三十五", "135"),
        ("一百零五", "105"),
        ("一百三", "130"),
        ("三千五", "3500"),
        ("一三五", "135"),
        ("六点八", "6.8"),
        ("十二", "12"),
        ("一下", "一下"),
    ],
)
def test_chinese_numerals_are_digits(said: str, digits: str) -> None:
    assert fold(said) == digits


@pytest.mark.parametrize(
    "words",
    ["血压" + "量的" * 200, "血压" + "测了" * 200, "散步" + "用了" * 200, "睡" + "大约" * 200,
     "昨晚11点" + "大约" * 200, "今早" * 200, "睡1" + " " * 480],
)  # fmt: skip
def test_words_said_many_times_over_keep_nobody_waiting(words: str) -> None:
    begun = perf_counter()

    assert understand(words, NOW).found == ()

    assert perf_counter() - begun < 3  # seconds; the server answers nobody else meanwhile
