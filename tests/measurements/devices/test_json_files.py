from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from backend.measurements.devices import Context, Outcome, decode_file
from backend.measurements.draft import Draft, Kind, Meal, Quantity
from backend.measurements.errors import ValueInfinite, ValueNotANumber
from backend.measurements.normalise import normalise
from tests.measurements.devices.samples import (
    CONTEXT,
    NOW,
    SHARED,
    decoded,
    drafts,
    refusals,
    sample,
    skipped,
    source_ids,
)

EXAMPLES = sorted(SHARED.glob("health_connect/*/*")) + sorted(SHARED.glob("apple_health/*.xml"))


def read(document: Any) -> list[Outcome]:
    stream = io.BytesIO(json.dumps(document).encode())
    return list(decode_file(stream, "posted.json", CONTEXT))


def only(outcomes: list[Outcome]) -> Draft:
    (draft,) = outcomes
    assert isinstance(draft, Draft)
    return draft


@pytest.mark.skipif(not EXAMPLES, reason="the example data are not beside this checkout")
def test_every_example_imports_whole_plausibly_and_twice_with_the_same_ids() -> None:
    for path in EXAMPLES:
        outcomes = decoded(path)
        assert refusals(outcomes) == [], path.name
        names = source_ids(outcomes)
        assert None not in names
        assert len(set(names)) == len(names)
        assert source_ids(decoded(path)) == names
        for draft in drafts(outcomes):
            normalise(draft, now=NOW, birth_date=None)


def test_health_connect_in_one_list_per_type() -> None:
    outcomes = decoded(sample("health_connect/webhook/healthconnect_android_mixed.json"))
    steps, rate, weight = drafts(outcomes)
    assert steps.values == {"count": Quantity(8421.0, "{steps}")}
    assert steps.at == datetime(2024, 1, 1, tzinfo=UTC)
    assert steps.end == datetime(2024, 1, 1, 1, tzinfo=UTC)
    assert rate.values == {"rate": Quantity(72.0, "/min")}
    assert weight.values == {"weight": Quantity(72.5, "kg")}
    assert weight.at.utcoffset() == timedelta(hours=8)
    assert skipped(outcomes) == {"active_calories": 1, "distance": 1}


def test_health_connect_in_one_list_of_records() -> None:
    outcomes = decoded(sample("health_connect/webhook/healthconnect_mixed.json"))
    steps, rate = drafts(outcomes)
    assert (steps.kind, rate.kind) == (Kind.STEPS, Kind.HEART_RATE)
    assert rate.at == datetime(2024, 4, 18, 13, 20, tzinfo=UTC)


def test_health_connect_sleep_with_stages_and_without() -> None:
    times = [f"2026-11-01T{clock}:00Z" for clock in ("15:00", "18:00", "18:10", "20:10")]
    stages = [
        {"stage": stage, "start_time": times[n], "end_time": times[n + 1]}
        for n, stage in enumerate(("4", "awake", 5))
    ]
    session = {"session_end_time": "2026-11-01T20:10:00Z", "duration_seconds": 18_600}
    document = {"timestamp": "x", "app_version": "1", "sleep": [{**session, "stages": stages}]}
    night = only(read(document))
    assert {name: part.value for name, part in night.values.items()} == {
        "duration": 300, "light": 180, "deep": 120, "awake": 10,
    }  # fmt: skip
    assert night.at == datetime(2026, 11, 1, 15, tzinfo=UTC)
    plain = only(read({"timestamp": "x", "app_version": "1", "sleep": [session]}))
    assert plain.values == {"duration": Quantity(310.0, "min")}
    assert plain.at == datetime(2026, 11, 1, 15, tzinfo=UTC)


def test_one_bad_record_does_not_hold_up_the_others() -> None:
    good = {"bpm": 70, "time": "2026-11-01T08:00:00Z"}
    rows: list[Any] = [
        good,
        {"bpm": "much", "time": "2026-11-01T08:00:00Z"},
        {"bpm": 70, "time": "2026-11-01T24:00:00Z"},
        {"bpm": 70, "time": "2025-02-29T08:00:00Z"},
        {"bpm": True, "time": "2026-11-01T08:00:00Z"},
        {"time": "2026-11-01T08:00:00Z"},
        "no record",
        {"bpm": 71, "time": "2026-11-01T08:01:00Z"},
    ]
    outcomes = read({"timestamp": "x", "app_version": "1", "heart_rate": rows})
    assert [draft.values["rate"].value for draft in drafts(outcomes)] == [70, 71]
    assert [(refusal.position, refusal.code) for refusal in refusals(outcomes)] == [
        ("heart_rate[1]", "RECORD_INVALID"),
        ("heart_rate[2]", "TIME_INVALID"),
        ("heart_rate[3]", "TIME_INVALID"),
        ("heart_rate[4]", "RECORD_INVALID"),
        ("heart_rate[5]", "RECORD_INVALID"),
        ("heart_rate[6]", "RECORD_INVALID"),
    ]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "9" * 400])
def test_numbers_that_are_none_reach_normalise_and_are_refused_there(value: str) -> None:
    text = (
        f'{{"app_version": "1", "heart_rate": [{{"bpm": {value}, "time": "2026-11-01T08:00Z"}}]}}'
    )
    draft = only(list(decode_file(io.BytesIO(text.encode()), "x.json", CONTEXT)))
    with pytest.raises((ValueNotANumber, ValueInfinite)):
        normalise(draft, now=NOW, birth_date=None)


@pytest.mark.parametrize(
    "content",
    [
        b'{"records": [{"record_type": "weight"',
        b'{"app_version": "1", "weight": ' + b"[" * 100_000,
        b'{"app_version": "1", "weight": [' + b"9" * 10_000 + b"]}",
        b'["record_type"]',
        b'{"record_type": "\xff"}',
    ],
)
def test_malformed_json_is_refused_as_a_whole(content: bytes) -> None:
    (refusal,) = refusals(list(decode_file(io.BytesIO(content), "x.json", CONTEXT)))
    assert (refusal.code, refusal.position) == ("FILE_MALFORMED", "file")


def test_an_unknown_file_is_refused() -> None:
    for content in (b"", b"{}", b"%PDF-1.7", b"\x00\x01\x02", b"<html></html>", b"hello, world\n"):
        (refusal,) = refusals(list(decode_file(io.BytesIO(content), "x", CONTEXT)))
        assert refusal.code == "FILE_FORMAT_UNKNOWN"


def test_google_fit_points_are_taken_at_their_end() -> None:
    outcomes = decoded(sample("health_connect/googlefit_api/googlefit-merge-weight.json"))
    last = drafts(outcomes)[-1]
    assert last.values["weight"] == Quantity(75.75070190429688, "kg")
    assert last.at == datetime(2015, 7, 8, 3, 17, 10, 20_000, tzinfo=UTC)
    assert last.end is None
    assert last.source.device == "com.google.android.apps.fitness"
    assert decoded(sample("health_connect/googlefit_api/googlefit-empty.json")) == []


def test_google_fit_glucose_steps_and_sleep() -> None:
    def point(name: str, start: int, end: int, *values: dict[str, float]) -> dict[str, Any]:
        return {
            "dataTypeName": name,
            "startTimeNanos": f"{start}000000000",
            "endTimeNanos": f"{end}000000000",
            "originDataSourceId": "raw:x:app:",
            "value": list(values),
        }

    night = 1_790_000_000
    outcomes = read(
        {
            "dataSourceId": "x",
            "point": [
                point("com.google.blood_glucose", night, night, {"fpVal": 5.6}, {"intVal": 2}),
                point("com.google.step_count.delta", night, night + 60, {"intVal": 100}),
                point("com.google.sleep.segment", night, night + 3600, {"intVal": 4}),
                point("com.google.sleep.segment", night + 3600, night + 7200, {"intVal": 6}),
                point("com.google.calories.expended", night, night + 60, {"fpVal": 1.0}),
                point("com.google.weight", night, night),
                point("com.google.sleep.segment", night, night, {"fpVal": float("nan")}),
            ],
        }
    )
    glucose, steps, sleep = drafts(outcomes)
    assert glucose.meal is Meal.FASTING
    assert steps.end is not None
    assert sleep.values["duration"] == Quantity(120.0, "min")
    assert sleep.values["rem"] == Quantity(60.0, "min")
    assert skipped(outcomes)["com.google.calories.expended"] == 1
    assert [refusal.position for refusal in refusals(outcomes)] == ["point[5]"]


def test_ihealth_times_are_local_and_zero_means_absent() -> None:
    first, second = drafts(decoded(sample("health_connect/ihealth_api/ihealth-bp.json")))
    assert first.at == datetime(2015, 9, 17, 12, 4, 23, tzinfo=timezone(-timedelta(hours=8)))
    assert first.values == {
        "systolic": Quantity(120.0, "mm[Hg]"),
        "diastolic": Quantity(90.0, "mm[Hg]"),
        "pulse": Quantity(100.0, "/min"),
    }
    assert (first.note, second.note) == (None, "BP on the up and up.")
    assert second.attributes == {"entry": "manual"}
    still = only(decoded(sample("health_connect/ihealth_api/ihealth-spo2-no-heart-rate.json")))
    assert still.values == {"spo2": Quantity(99.0, "%")}
    empty = decoded(sample("health_connect/ihealth_api/ihealth-weight-no-weight-value.json"))
    assert drafts(empty) == []
    assert skipped(empty) == {"WeightDataList without weight": 1}


def test_ihealth_glucose_has_unit_and_meal() -> None:
    before, after = drafts(decoded(sample("health_connect/ihealth_api/ihealth-glucose.json")))
    assert before.values == {"glucose": Quantity(60.0, "mg/dL")}
    assert (before.meal, after.meal) == (Meal.BEFORE_MEAL, Meal.AFTER_MEAL)


@pytest.mark.parametrize(
    ("code", "unit", "high"), [(0, "mm[Hg]", 120), (1, "kPa", 16), (7, None, 16)]
)
def test_ihealth_units_by_their_code(code: int, unit: str | None, high: float) -> None:
    row = {"HP": high, "LP": 10, "HR": 0, "MDate": 1_442_491_463, "TimeZone": "+0800"}
    outcomes = read({"BPDataList": [row], "BPUnit": code})
    if unit is None:
        assert [refusal.code for refusal in refusals(outcomes)] == ["RECORD_INVALID"]
    else:
        assert only(outcomes).values["systolic"] == Quantity(float(high), unit)


def test_ihealth_sleep_is_in_minutes() -> None:
    night = drafts(decoded(sample("health_connect/ihealth_api/ihealth-sleep.json")))[0]
    assert night.values == {"duration": Quantity(345.0, "min")}
    assert night.end is not None
    assert night.end - night.at == timedelta(minutes=445)


def test_withings_groups_become_readings_of_each_kind() -> None:
    outcomes = decoded(sample("health_connect/withings_api/withings-body-measures.json"))
    kinds = [draft.kind for draft in drafts(outcomes)]
    assert kinds == [
        Kind.BLOOD_PRESSURE, Kind.WEIGHT, Kind.WEIGHT, Kind.HEART_RATE, Kind.HEART_RATE,
        Kind.HEIGHT, Kind.TEMPERATURE,
    ]  # fmt: skip
    pressure, weight = drafts(outcomes)[:2]
    assert pressure.values["pulse"] == Quantity(41.0, "/min")
    assert weight.values == {"weight": Quantity(74.126, "kg")}
    assert weight.at.utcoffset() == timedelta(hours=-7)
    assert weight.source.id == "weight:366956482"
    assert drafts(outcomes)[4].note == "a few minutes after a walk"
    assert skipped(outcomes) == {"measure type 18": 3}


def test_withings_goals_are_no_readings() -> None:
    group = {
        "category": 2, "date": 1_433_052_383, "grpid": 1,
        "measures": [{"type": 1, "unit": 0, "value": 70}],
    }  # fmt: skip
    outcomes = read({"status": 0, "body": {"measuregrps": [group]}})
    assert drafts(outcomes) == []
    assert skipped(outcomes) == {"goal": 1}


def test_withings_sleep_and_daily_steps() -> None:
    night = drafts(decoded(sample("health_connect/withings_api/withings-sleep-summary.json")))[0]
    reading = normalise(night, now=NOW, birth_date=None)
    assert reading.values == {"duration": 186, "deep": 130, "light": 56, "awake": 0, "latency": 4}
    path = sample("health_connect/withings_api/withings-activity-measures.json")
    day = drafts(decoded(path))[0]
    assert day.values == {"count": Quantity(2934.0, "{steps}")}
    assert day.at.isoformat() == "2015-06-18T00:00:00-07:00"
    same_day = Context(received_at=datetime(2015, 6, 18, 20, tzinfo=UTC))
    unfinished = decoded(path, same_day)
    assert skipped(unfinished) == {"activity of an unfinished day": 3}
