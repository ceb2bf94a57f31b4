from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.clock import SHANGHAI
from backend.measurements.devices import Context, Outcome, Refusal, decode_file
from backend.measurements.devices.tabular.cells import parse_number
from backend.measurements.draft import Draft, Kind, Meal, Quantity
from tests.measurements.devices.samples import (
    CONTEXT,
    NOW,
    decoded,
    drafts,
    refusals,
    sample,
    source_ids,
)


def read(text: str | bytes, context: Context = CONTEXT) -> list[Outcome]:
    content = text.encode() if isinstance(text, str) else text
    return list(decode_file(io.BytesIO(content), "表格.csv", context))


def test_the_omron_report() -> None:
    outcomes = decoded(sample("health_connect/omron_csv/omron_report.csv"))
    first, second, third = drafts(outcomes)
    assert len(outcomes) == 3
    assert first.at == datetime(2025, 1, 12, 8, 12, tzinfo=SHANGHAI)
    assert {name: part.value for name, part in first.values.items()} == {
        "systolic": 114, "diastolic": 74, "pulse": 47,
    }  # fmt: skip
    assert (first.note, first.source.system) == (None, "omron-csv")
    assert [draft.values["pulse"].value for draft in (second, third)] == [49, 50]


def test_the_omron_report_in_chinese() -> None:
    text = (
        "日期,时间,收缩压 (mmHg),舒张压 (mmHg),脉搏 (bpm),症状,TruRead,备注\n"
        "2026年1月12日,08:12,134,84,67,-,-,晨起\n"
    )
    (draft,) = drafts(read(text))
    assert draft.source.system == "omron-csv"
    assert draft.note == "晨起"
    assert draft.at == datetime(2026, 1, 12, 8, 12, tzinfo=SHANGHAI)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_delimiters_and_line_ends(encoding: str, delimiter: str, end: str) -> None:
    rows = [
        ["日期", "时间", "收缩压（mmHg）", "舒张压（mmHg）", "脉搏", "备注"],
        ["2026-11-03", "08:12", "142", "88", "70", "晨起，未服药"],
    ]
    text = end.join(delimiter.join(row) for row in rows)
    (draft,) = drafts(read(text.encode(encoding)))
    assert draft.values["systolic"] == Quantity(142.0, "mmHg")
    assert draft.note == "晨起，未服药"


def test_units_from_the_cell_the_header_the_column_or_assumed_and_said_so() -> None:
    header = "datetime,体重(斤),血糖,体温(℉)\n"
    (weight, glucose, temperature) = drafts(read(header + "2026-11-03 08:00,140,126 mg/dL,98.6\n"))
    assert weight.values == {"weight": Quantity(140.0, "斤")}
    assert glucose.values == {"glucose": Quantity(126.0, "mg/dl")}
    assert temperature.values["temperature"].unit == "°F"
    assert weight.attributes == {}
    (own,) = drafts(read("时间,体重,单位\n2026-11-03 08:00,140,斤\n"))
    assert own.values == {"weight": Quantity(140.0, "斤")}
    (assumed,) = drafts(read("时间,体重\n2026-11-03 08:00,70\n"))
    assert assumed.values == {"weight": Quantity(70.0, "kg")}
    assert assumed.attributes == {"unit_basis": "assumed"}


def test_each_bad_row_is_refused_with_its_number_and_the_rest_imported() -> None:
    text = (
        "家庭血压记录\n\n日期,时间,收缩压,舒张压\n"
        "2026-11-01,08:00,142,88\n"
        "2026-11-02,24:00,142,88\n"
        "2025-02-29,08:00,142,88\n"
        "2026-13-01,08:00,142,88\n"
        "1900-01-01,08:00,142,88\n"
        "03/04/2026,08:00,142,88\n"
        "2026-11-03,08:00,八十,88\n"
        ",08:00,142,88\n"
        "2026-11-03,08:00,-,-\n"
        ",,,\n"
        "2026-11-04,08:00,141,87\n"
    )
    outcomes = read(text)
    assert [draft.values["systolic"].value for draft in drafts(outcomes)] == [142, 141]
    assert [(refusal.position, refusal.code) for refusal in refusals(outcomes)] == [
        ("row 5", "TIME_INVALID"),
        ("row 6", "TIME_INVALID"),
        ("row 7", "TIME_INVALID"),
        ("row 8", "TIME_PLACEHOLDER"),
        ("row 9", "TIME_AMBIGUOUS"),
        ("row 10", "RECORD_INVALID"),
        ("row 11", "RECORD_INVALID"),
        ("row 12", "RECORD_INVALID"),
    ]


def test_the_caller_may_settle_the_order_of_day_and_month() -> None:
    text = "date,time,weight (kg)\n03/04/2026,08:00,70\n"
    (draft,) = drafts(read(text, Context(received_at=NOW, day_first=True)))
    assert draft.at.month == 4


def test_a_pulse_belongs_to_the_reading_beside_it() -> None:
    cuff, oximeter, watch = drafts(
        read(
            "time,收缩压,舒张压,血氧,心率\n"
            "2026-11-03 08:00,142,88,,70\n"
            "2026-11-03 08:01,,,97,71\n"
            "2026-11-03 08:02,,,,72\n"
        )
    )
    assert cuff.values["pulse"].value == 70
    assert (oximeter.kind, oximeter.values["pulse"].value) == (Kind.SPO2, 71)
    assert (watch.kind, watch.values["rate"].value) == (Kind.HEART_RATE, 72)


def test_meals_by_column_name_and_by_cell() -> None:
    by_name = drafts(read("时间,空腹血糖,餐后2小时血糖\n2026-11-03 08:00,6.1,9.8\n"))
    assert [draft.meal for draft in by_name] == [Meal.FASTING, Meal.AFTER_MEAL]
    rows = ["早餐前", "午餐后2小时", "睡前", "bedtime", "随机", "空腹", "不知道"]
    text = "时间,血糖,时段\n" + "".join(
        f"2026-11-0{n} 08:00,6.1,{m}\n" for n, m in enumerate(rows, 1)
    )
    assert [draft.meal for draft in drafts(read(text))] == [
        Meal.BEFORE_MEAL, Meal.AFTER_MEAL, Meal.BEDTIME, Meal.BEDTIME, Meal.RANDOM,
        Meal.FASTING, None,
    ]  # fmt: skip


def test_pressures_in_one_cell() -> None:
    (draft,) = drafts(read("测量时间,血压(mmHg)\n2026-11-03 08:00,142/88\n"))
    assert draft.values == {
        "systolic": Quantity(142.0, "mmHg"),
        "diastolic": Quantity(88.0, "mmHg"),
    }


def test_a_days_steps_last_the_day_unless_it_is_today() -> None:
    past, today = drafts(read('日期,步数\n2026-11-03,"8,421"\n2026-11-21,100\n'))
    assert past.values == {"count": Quantity(8421.0, "{steps}")}
    assert past.end == past.at + timedelta(days=1)
    assert past.attributes["time_basis"] == "day"
    assert today.end is None


def test_readings_have_the_same_ids_again_in_another_encoding() -> None:
    text = "时间,体重(kg),备注\n2026-11-03 08:00,70,早\n"
    assert source_ids(read(text)) == source_ids(read(text.encode("gb18030")))
    changed = "时间,体重(kg),备注\n2026-11-03 08:00,71,早\n"
    assert source_ids(read(text)) != source_ids(read(changed))


def test_an_unclosed_quotation_mark_does_not_pass_unnoticed() -> None:
    rows = "".join(f"2026-11-03 08:00,{n},x\n" for n in range(60))
    outcomes = read(f'时间,体重(kg),其他\n2026-11-03 08:00,70,"x\n{rows}')
    assert [refusal.code for refusal in refusals(outcomes)] == ["RECORD_INVALID"]


def test_notes_keep_emoji_and_line_breaks() -> None:
    (draft,) = drafts(read('时间,体重(kg),备注\n2026-11-03 08:00,70,"好😀\n第二行"\n'))
    assert draft.note == "好😀\n第二行"


@pytest.mark.parametrize(
    ("text", "whole", "expected"),
    [
        ("6.1", False, (6.1, None)),
        ("6,1", False, (6.1, None)),
        ("１４２", False, (142.0, None)),
        ("1,234.5", False, (1234.5, None)),
        ("1.234,5", False, (1234.5, None)),
        ("8,421", True, (8421.0, None)),
        ("8.421", True, (8421.0, None)),
        ("8 421", True, (8421.0, None)),
        ("142mmHg", False, (142.0, "mmhg")),
        ("72,5 公斤", False, (72.5, "公斤")),
        ("-5", False, (-5.0, None)),
    ],
)
def test_numbers_as_people_write_them(
    text: str, whole: bool, expected: tuple[float, str | None]
) -> None:
    assert parse_number(text, "x", whole=whole) == expected


@given(value=st.decimals(0, 10_000, places=2), comma=st.booleans())
def test_a_number_comes_back_with_point_or_comma(value: object, comma: bool) -> None:
    written = str(value).replace(".", ",") if comma else str(value)
    assert parse_number(written, "x", whole=False)[0] == float(str(value))


@given(
    systolic=st.integers(90, 200),
    diastolic=st.integers(40, 89),
    at=st.datetimes(datetime(2000, 1, 2), datetime(2026, 11, 1)),  # noqa: DTZ001
)
def test_what_was_written_is_what_is_read(systolic: int, diastolic: int, at: datetime) -> None:
    text = f"time,sys,dia\n{at:%Y-%m-%d %H:%M:%S},{systolic},{diastolic}\n"
    (draft,) = drafts(read(text))
    assert draft.at == at.replace(microsecond=0, tzinfo=SHANGHAI)
    assert [part.value for part in draft.values.values()] == [systolic, diastolic]


@given(content=st.binary(max_size=300))
def test_no_bytes_under_a_header_raise(content: bytes) -> None:
    outcomes = read("时间,体重(kg),血糖,备注\n".encode() + content)
    assert all(isinstance(outcome, Draft | Refusal) for outcome in outcomes)


@given(cell=st.text(max_size=40))
def test_no_cell_raises(cell: str) -> None:
    plain = cell.replace('"', "").encode("utf-8", "replace").decode()
    for header in ("时间,体重", "时间,血压", "日期,时间,步数,单位"):
        row = ",".join(f'"{plain}"' for _ in header.split(","))
        assert all(isinstance(o, Draft | Refusal) for o in read(f"{header}\n{row}\n"))


def test_no_times_or_no_measurements_is_no_table() -> None:
    for text in ("姓名,年龄\n张三,62\n", "时间,备注\n2026-11-03,x\n", "体重\n70\n"):
        assert [refusal.code for refusal in refusals(read(text))] == ["FILE_FORMAT_UNKNOWN"]


def test_the_callers_zone_reads_times_without_offset() -> None:
    (draft,) = drafts(
        read("time,weight (kg)\n2026-11-03 08:00,70\n", Context(received_at=NOW, zone=UTC))
    )
    assert draft.at == datetime(2026, 11, 3, 8, tzinfo=UTC)
