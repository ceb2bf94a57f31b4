from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from backend.measurements.devices import Outcome, decode_file, sniff
from backend.measurements.devices.apple import archive, pressure, sleep
from backend.measurements.draft import Kind, Meal, Quantity
from backend.measurements.normalise import fingerprint, normalise
from tests.measurements.devices.samples import (
    CONTEXT,
    NOW,
    decoded,
    drafts,
    refusals,
    sample,
    skipped,
    source_ids,
)

SHANGHAI = timezone(timedelta(hours=8))
START = "2026-11-03 07:30:00 +0800"


def export(*elements: str, prolog: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    body = "\n".join(elements)
    return f'{prolog}\n<HealthData locale="zh_CN">\n{body}\n</HealthData>'.encode()


def record(
    kind: str,
    value: str,
    unit: str | None = None,
    start: str = START,
    end: str | None = None,
    source: str = "Watch",
    metadata: dict[str, str] | None = None,
    **others: str,
) -> str:
    attributes = {"type": kind, "sourceName": source, "startDate": start, "endDate": end or start}
    if unit:
        attributes["unit"] = unit
    attributes |= {"value": value, **others}
    written = " ".join(f'{name}="{text}"' for name, text in attributes.items())
    inner = "".join(
        f'<MetadataEntry key="{key}" value="{text}"/>' for key, text in (metadata or {}).items()
    )
    return f"<Record {written}>{inner}</Record>"


def quantity(name: str, value: str, unit: str | None = None, **others: Any) -> str:
    return record(f"HKQuantityTypeIdentifier{name}", value, unit, **others)


def systolic(value: str, **others: str) -> str:
    return quantity("BloodPressureSystolic", value, "mmHg", **others)


def diastolic(value: str, **others: str) -> str:
    return quantity("BloodPressureDiastolic", value, "mmHg", **others)


def correlation(*records: str, start: str = START) -> str:
    return (
        '<Correlation type="HKCorrelationTypeIdentifierBloodPressure" sourceName="Watch" '
        f'startDate="{start}" endDate="{start}">{"".join(records)}</Correlation>'
    )


def asleep(stage: str, start: str, end: str, source: str = "Watch") -> str:
    value = f"HKCategoryValueSleepAnalysis{stage}"
    name = "HKCategoryTypeIdentifierSleepAnalysis"
    return record(name, value, start=f"{start} +0800", end=f"{end} +0800", source=source)


def read(content: bytes, filename: str = "export.xml") -> list[Outcome]:
    return list(decode_file(io.BytesIO(content), filename, CONTEXT))


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return target.getvalue()


def test_an_export_with_its_document_type_counts_what_is_not_held() -> None:
    outcomes = decoded(sample("apple_health/jdecool_exporter.xml"))
    assert [draft.kind for draft in drafts(outcomes)] == [
        Kind.STEPS, Kind.HEIGHT, Kind.HEART_RATE, Kind.WEIGHT,
    ]  # fmt: skip
    assert refusals(outcomes) == []
    assert skipped(outcomes) == {
        f"HKQuantityTypeIdentifier{name}": 1
        for name in (
            "ActiveEnergyBurned", "AppleExerciseTime", "BasalEnergyBurned",
            "DistanceWalkingRunning", "FlightsClimbed", "HeartRateVariabilitySDNN",
            "RestingHeartRate", "VO2Max", "WalkingHeartRateAverage",
        )
    }  # fmt: skip


def test_bmi_workout_and_time_zone_of_an_old_export() -> None:
    outcomes = decoded(sample("apple_health/dogsheep.xml"))
    bmi, rate, run = drafts(outcomes)
    assert bmi.values == {"bmi": Quantity(22.5312, "kg/m2")}
    assert rate.source.device == "Apple Watch"
    assert run.at.isoformat() == "2016-11-14T06:25:41-08:00"
    assert run.attributes == {"activity": "running"}
    reading = normalise(run, now=NOW, birth_date=None)
    assert reading.values == {
        "duration": pytest.approx(5.194, abs=0.001),
        "distance": pytest.approx(800.13, abs=0.01),
        "energy": pytest.approx(48.745),
    }
    assert skipped(outcomes) == {"ActivitySummary": 2}


def test_statistics_of_a_workout_win_over_the_old_totals() -> None:
    outcomes = decoded(sample("apple_health/paulstaab.xml"))
    workouts = [draft for draft in drafts(outcomes) if draft.kind is Kind.EXERCISE]
    assert len(workouts) == 8
    assert workouts[0].values == {
        "distance": Quantity(10.0, "km"),
        "duration": Quantity(55.0, "min"),
    }
    assert workouts[3].values["distance"] == Quantity(2.5, "km")
    assert workouts[3].values["energy"] == Quantity(900.0, "kJ")
    assert workouts[4].attributes == {"activity": "running", "entry": "manual"}
    assert workouts[5].attributes == {"activity": "cycling"}
    rates = [draft for draft in drafts(outcomes) if draft.kind is Kind.HEART_RATE]
    assert [draft.values["rate"].value for draft in rates] == [150, 152, 160, 162, 170]
    assert rates[0].end == rates[0].at + timedelta(minutes=2)


def test_sleep_of_the_example() -> None:
    night = drafts(decoded(sample("apple_health/tagbug_example.xml")))[-1]
    assert night.values == {"duration": Quantity(440.0, "min"), "light": Quantity(440.0, "min")}


@pytest.mark.parametrize(
    ("name", "value", "unit", "expected"),
    [
        ("OxygenSaturation", "0.97", "%", {"spo2": 97.0}),
        ("BloodGlucose", "126", "mg/dL", {"glucose": pytest.approx(6.993, abs=0.001)}),
        ("BloodGlucose", "5.6", "mmol&lt;180.1558800000541&gt;/L", {"glucose": 5.6}),
        ("BodyTemperature", "98.6", "degF", {"temperature": 37.0}),
        ("BodyMass", "154", "lb", {"weight": pytest.approx(69.853, abs=0.001)}),
        ("BodyMass", "11", "st", {"weight": pytest.approx(69.853, abs=0.001)}),
        ("Height", "5.9", "ft", {"height": pytest.approx(179.832)}),
        ("WaistCircumference", "90", "cm", {"waist": 90.0}),
        ("BodyMassIndex", "22.5", "count", {"bmi": 22.5}),
        ("HeartRate", "72", "count/min", {"rate": 72.0}),
        ("StepCount", "14", "count", {"count": 14.0}),
    ],
)
def test_healthkit_units_mean_what_apple_means(
    name: str, value: str, unit: str, expected: dict[str, float]
) -> None:
    (draft,) = drafts(read(export(quantity(name, value, unit))))
    assert normalise(draft, now=NOW, birth_date=None).values == expected


def test_the_meal_of_a_glucose() -> None:
    element = record(
        "HKQuantityTypeIdentifierBloodGlucose", "9.8", "mmol/L",
        metadata={"HKBloodGlucoseMealTime": "2", "HKWasUserEntered": "1"},
    )  # fmt: skip
    (draft,) = drafts(read(export(element)))
    assert draft.meal is Meal.AFTER_MEAL
    assert draft.attributes == {"entry": "manual"}


def test_a_blood_pressure_in_records_and_correlation_counts_once() -> None:
    halves = [systolic("142"), diastolic("88")]
    outcomes = read(export(*halves, correlation(*halves)))
    (draft,) = drafts(outcomes)
    assert draft.values == {
        "systolic": Quantity(142.0, "mmHg"),
        "diastolic": Quantity(88.0, "mmHg"),
    }
    assert len(outcomes) == 1


def test_a_blood_pressure_is_one_reading_from_either_form_in_any_order() -> None:
    halves = [systolic("142"), diastolic("88")]
    forms = [
        export(*halves),
        export(*reversed(halves)),
        export(correlation(*halves)),
        export(correlation(*halves), *halves),
    ]
    ids = [source_ids(read(form)) for form in forms]
    assert ids == [ids[0]] * 4
    assert len(ids[0]) == 1


def test_two_pressures_in_one_minute_stay_two() -> None:
    halves = [systolic("142"), systolic("150"), diastolic("88"), diastolic("90")]
    pairs = [
        {name: part.value for name, part in draft.values.items()}
        for draft in drafts(read(export(*halves)))
    ]
    assert pairs == [{"systolic": 142, "diastolic": 88}, {"systolic": 150, "diastolic": 90}]


def test_half_a_blood_pressure_is_refused_with_its_line() -> None:
    outcomes = read(export(systolic("142"), correlation(diastolic("88"))))
    assert drafts(outcomes) == []
    assert [(refusal.position, refusal.code) for refusal in refusals(outcomes)] == [
        ("line 4", "RECORD_WITHOUT_COUNTERPART"),
        ("line 3", "RECORD_WITHOUT_COUNTERPART"),
    ]


def test_waiting_halves_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressure, "MOST_WAITING", 3)
    halves = [systolic("142", start=f"2026-11-0{day} 07:30:00 +0800") for day in range(1, 6)]
    codes = [refusal.position for refusal in refusals(read(export(*halves)))]
    assert codes == ["line 3", "line 4", "line 5", "line 6", "line 7"]


def test_segments_of_sleep_become_one_night_with_stages() -> None:
    (night,) = drafts(
        read(
            export(
                asleep("InBed", "2026-11-02 22:30:00", "2026-11-03 06:30:00"),
                asleep("AsleepDeep", "2026-11-03 00:00:00", "2026-11-03 01:00:00"),
                asleep("AsleepCore", "2026-11-02 23:00:00", "2026-11-03 00:00:00"),
                asleep("Awake", "2026-11-03 01:00:00", "2026-11-03 01:15:00"),
                asleep("AsleepREM", "2026-11-03 01:15:00", "2026-11-03 02:00:00"),
                asleep("AsleepCore", "2026-11-03 02:00:00", "2026-11-03 06:00:00"),
            )
        )
    )
    assert {name: part.value for name, part in night.values.items()} == {
        "duration": 405, "deep": 60, "light": 300, "rem": 45, "awake": 15,
    }  # fmt: skip
    assert night.at == datetime(2026, 11, 2, 23, tzinfo=SHANGHAI)
    assert night.end == datetime(2026, 11, 3, 6, tzinfo=SHANGHAI)


def test_a_nap_and_another_tracker_are_sleeps_of_their_own() -> None:
    outcomes = read(
        export(
            asleep("Asleep", "2026-11-02 23:00:00", "2026-11-03 06:00:00"),
            asleep("Asleep", "2026-11-03 13:00:00", "2026-11-03 13:30:00"),
            asleep("Asleep", "2026-11-02 23:10:00", "2026-11-03 06:00:00", source="Ring"),
            asleep("InBed", "2026-11-02 22:10:00", "2026-11-03 06:00:00", source="iPhone"),
        )
    )
    assert [draft.values["duration"].value for draft in drafts(outcomes)] == [420, 30, 410]
    assert skipped(outcomes) == {"HKCategoryTypeIdentifierSleepAnalysis InBed": 1}


def test_overlapping_segments_count_once() -> None:
    (night,) = drafts(
        read(
            export(
                asleep("AsleepUnspecified", "2026-11-03 00:00:00", "2026-11-03 06:00:00"),
                asleep("AsleepDeep", "2026-11-03 01:00:00", "2026-11-03 02:00:00"),
            )
        )
    )
    assert night.values["duration"].value == 360
    assert night.values["deep"].value == 60


def test_gathered_segments_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sleep, "MOST_SEGMENTS", 2)
    segments = [
        asleep("Asleep", f"2026-11-0{day} 00:00:00", f"2026-11-0{day} 06:00:00")
        for day in range(1, 6)
    ]
    assert len(drafts(read(export(*segments)))) == 5


def test_ids_do_not_change_with_the_export() -> None:
    first = quantity(
        "BodyMass", "70", "kg",
        device="&lt;&lt;HKDevice: 0x282a45810&gt;, name:Scale&gt;",
        creationDate="2026-11-03 07:31:00 +0800",
    )  # fmt: skip
    # Another phone zone, another address of the device object, weights shown in pounds.
    second = quantity(
        "BodyMass", "154.3235835294143", "lb", start="2026-11-02 23:30:00 +0000",
        device="&lt;&lt;HKDevice: 0x999999999&gt;, name:Scale&gt;",
        creationDate="2026-11-04 10:00:00 +0000",
    )  # fmt: skip
    assert source_ids(read(export(first))) == source_ids(read(export(second)))


def test_the_same_reading_by_bluetooth_has_the_same_fingerprint() -> None:
    (phone,) = drafts(read(export(systolic("142"), diastolic("88"))))
    table = "时间,收缩压,舒张压,脉搏\n2026-11-03 07:30,142,88,70\n".encode()
    (cuff,) = drafts(list(decode_file(io.BytesIO(table), "x.csv", CONTEXT)))
    marks = {fingerprint(normalise(draft, now=NOW, birth_date=None)) for draft in (phone, cuff)}
    assert len(marks) == 1


def test_a_bad_record_is_refused_with_its_line_and_the_rest_imported() -> None:
    outcomes = read(
        export(
            quantity("HeartRate", "72", "count/min"),
            quantity("HeartRate", "fast", "count/min"),
            quantity("HeartRate", "72", "count/min", start="2026-11-03 24:00:00 +0800"),
            quantity("HeartRate", "72", "count/min", start="2025-02-29 08:00:00 +0800"),
            quantity("HeartRate", "72", "count/min", start="2026-13-03 08:00:00 +0800"),
            quantity("HeartRate", "72", "count/min", start="1970-01-01 00:00:00 +0000"),
            quantity("BodyMass", "70"),
            '<Record type="HKQuantityTypeIdentifierHeartRate" value="72"/>',
            quantity("HeartRate", "73", "count/min"),
        )
    )
    assert [draft.values["rate"].value for draft in drafts(outcomes)] == [72, 73]
    assert [(refusal.position, refusal.code) for refusal in refusals(outcomes)] == [
        ("line 4", "RECORD_INVALID"),
        ("line 5", "TIME_INVALID"),
        ("line 6", "TIME_INVALID"),
        ("line 7", "TIME_INVALID"),
        ("line 8", "TIME_PLACEHOLDER"),
        ("line 9", "RECORD_INVALID"),
        ("line 10", "RECORD_INVALID"),
    ]


def test_a_truncated_export_gives_what_it_holds_and_says_so() -> None:
    whole = export(
        quantity("HeartRate", "72", "count/min"),
        asleep("Asleep", "2026-11-03 00:00:00", "2026-11-03 06:00:00"),
        quantity("HeartRate", "73", "count/min"),
    )
    outcomes = read(whole[:-60])
    assert [draft.kind for draft in drafts(outcomes)] == [Kind.HEART_RATE, Kind.SLEEP]
    assert [(refusal.position, refusal.code) for refusal in refusals(outcomes)] == [
        ("file", "FILE_MALFORMED")
    ]


def test_what_ios_16_gets_wrong_is_read() -> None:
    broken = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE HealthData [\n'
        "<!ELEMENT HealthData (ExportDate,Me,(Record)*)>\n"
        "<!ATTLIST VisionPrescription\n  type CDATA #REQUIRED\n<!ELEMENT Device EMPTY>\n]>"
    )
    content = export(quantity("HeartRate", "72", "count/min", source="W\x0batch"), prolog=broken)
    (draft,) = drafts(read(content))
    assert draft.source.device == "Watch"
    bad = export(quantity("HeartRate", "x", "count/min"), prolog=broken)
    line = next(number for number, text in enumerate(bad.splitlines(), 1) if b"<Record" in text)
    assert refusals(read(bad))[0].position == f"line {line}"


def entities(*declarations: str) -> str:
    inner = "\n".join(declarations)
    return f'<?xml version="1.0"?>\n<!DOCTYPE HealthData [\n{inner}\n]>'


@pytest.mark.parametrize(
    "declarations",
    [
        ['<!ENTITY a "aaaaaaaaaa">', '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'],
        ['<!ENTITY x SYSTEM "file:///etc/passwd">'],
        ['<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;'],
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_before_anything_is_read(
    declarations: Iterable[str], encoding: str
) -> None:
    content = export(
        quantity("HeartRate", "72", "count/min", source="&b;"), prolog=entities(*declarations)
    )
    outcomes = read(content.decode().encode(encoding))
    assert [refusal.code for refusal in refusals(outcomes)] == ["FILE_ENTITY_REFUSED"]
    assert drafts(outcomes) == []


def test_an_external_document_type_is_not_fetched() -> None:
    prolog = '<?xml version="1.0"?><!DOCTYPE HealthData SYSTEM "http://127.0.0.1:9/x.dtd">'
    outcomes = read(export(quantity("HeartRate", "72", "count/min"), prolog=prolog))
    assert len(drafts(outcomes)) == 1
    assert refusals(outcomes) == []


def test_a_tag_without_end_is_refused_before_it_fills_the_memory() -> None:
    content = b'<HealthData><Record type="' + b"x" * (20 << 20)
    outcomes = read(content)
    assert [refusal.code for refusal in refusals(outcomes)] == ["FILE_MALFORMED"]


@pytest.mark.parametrize(
    "name", ["apple_health_export/export.xml", "apple_health_export/导出.xml", "export.xml"]
)
def test_the_export_is_found_in_the_archive(name: str) -> None:
    content = export(quantity("HeartRate", "72", "count/min"))
    packed = zipped(
        {
            "apple_health_export/export_cda.xml": b"<?xml version='1.0'?><ClinicalDocument/>",
            name: content,
            "apple_health_export/workout-routes/route.gpx": b"<gpx/>",
        }
    )
    assert source_ids(read(packed, "导出.zip")) == source_ids(read(content))
    decoder = sniff("导出.zip", packed)
    assert decoder is not None
    assert decoder.name == "Apple Health export.zip"


def test_archives_that_hold_no_export_are_refused() -> None:
    content = export(quantity("HeartRate", "72", "count/min"))
    good = zipped({"export.xml": content})
    cases = {
        "FILE_FORMAT_UNKNOWN": zipped({"readme.txt": b"hello"}),
        "FILE_MALFORMED": good[: len(good) // 2],
    }
    for code, packed in cases.items():
        assert [refusal.code for refusal in refusals(read(packed, "x.zip"))] == [code]
    flipped = bytearray(good)
    flipped[6] |= 1
    flipped[good.rindex(b"PK\x01\x02") + 8] |= 1
    assert [refusal.code for refusal in refusals(read(bytes(flipped), "x.zip"))] == [
        "FILE_ENCRYPTED"
    ]


def test_a_damaged_archive_is_refused_after_what_could_be_read() -> None:
    content = export(*[quantity("HeartRate", f"{rate}", "count/min") for rate in range(60, 200)])
    packed = bytearray(zipped({"export.xml": content}))
    packed[len(packed) // 2] ^= 0xFF
    assert [refusal.code for refusal in refusals(read(bytes(packed), "x.zip"))] == [
        "FILE_MALFORMED"
    ]


def test_a_bomb_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_FREE_BYTES", 1 << 20)
    content = export("<Record/>\n" * 10, " " * (64 << 20))
    outcomes = read(zipped({"export.xml": content}), "x.zip")
    assert [refusal.code for refusal in refusals(outcomes)] == ["FILE_COMPRESSION_BOMB"]


def test_utf_16_exports_are_read() -> None:
    content = export(
        quantity("HeartRate", "72", "count/min", source="手表"),
        prolog='<?xml version="1.0" encoding="UTF-16"?>',
    )
    (draft,) = drafts(read(content.decode().encode("utf-16")))
    assert draft.source.device == "手表"


def test_healthkit_times_are_utc_instants() -> None:
    (draft,) = drafts(read(export(quantity("HeartRate", "72", "count/min"))))
    assert draft.at == datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
    assert draft.at.utcoffset() == timedelta(hours=8)
