from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source
from backend.measurements.errors import (
    ComponentMissing,
    ComponentUnknown,
    MealUnfit,
    NeedsConfirmation,
    NoteMissing,
    TextControlCharacter,
    TextEmpty,
    TextLoneSurrogate,
    TextNullByte,
    TextTooLong,
    TimeWithoutOffset,
    TooManyAttributes,
    UnitUnknown,
    ValueNotANumber,
)
from backend.measurements.normalise import Normal, fingerprint, normalise

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))
AT = datetime(2026, 11, 21, 7, 30, 15, 123_456, tzinfo=SHANGHAI)
PRESSURE = Draft(
    kind=Kind.BLOOD_PRESSURE,
    at=AT,
    values={"systolic": Quantity(16, "kPa"), "diastolic": Quantity(80, "mmHg")},
)


def normal(draft: Draft, **options: Any) -> Normal:
    return normalise(draft, now=NOW, birth_date=date(1952, 3, 4), **options)


def test_a_reading_is_canonical_and_keeps_what_was_entered() -> None:
    reading = normal(PRESSURE)
    assert reading.at == datetime(2026, 11, 20, 23, 30, 15, 123_000, tzinfo=UTC)
    assert reading.at.tzinfo is UTC
    assert reading.offset_minutes == 480
    assert reading.values == {"systolic": pytest.approx(120.0098), "diastolic": 80.0}
    assert reading.entered == {"systolic": (16, "kPa"), "diastolic": (80, "mmHg")}
    assert (reading.end, reading.meal, reading.note) == (None, None, None)


def test_nothing_is_derived() -> None:
    assert set(normal(PRESSURE).values) == {"systolic", "diastolic"}


def test_a_required_component_is_missing() -> None:
    draft = replace(PRESSURE, values={"systolic": Quantity(120, "mmHg")})
    with pytest.raises(ComponentMissing) as refused:
        normal(draft)
    assert refused.value.data == {"kind": "blood_pressure", "component": "diastolic"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"at": AT.replace(tzinfo=None)}, TimeWithoutOffset),
        ({"values": {**PRESSURE.values, "hba1c": Quantity(6, "%")}}, ComponentUnknown),
        ({"values": {**PRESSURE.values, "pulse": Quantity(70, "apples")}}, UnitUnknown),
        ({"values": {**PRESSURE.values, "pulse": Quantity(float("nan"), "bpm")}}, ValueNotANumber),
        ({"meal": Meal.FASTING}, MealUnfit),
        ({"note": "a\x00b"}, TextNullByte),
        ({"note": "a\x07b"}, TextControlCharacter),
        ({"note": "a\x9bb"}, TextControlCharacter),
        ({"note": "a\ud83db"}, TextLoneSurrogate),
        ({"note": "长" * 2_001}, TextTooLong),
        ({"note": "x" * 1_000_000}, TextTooLong),
        ({"source": Source(system="")}, TextEmpty),
        ({"source": Source(system="ble", id="")}, TextEmpty),
        ({"source": Source(system="ble", id="x" * 201)}, TextTooLong),
        ({"source": Source(system="ble", id="a\nb")}, TextControlCharacter),
        ({"source": Source(system="ble", id="a\x00")}, TextNullByte),
        ({"source": Source(system="ble", device="a\tb")}, TextControlCharacter),
        ({"attributes": {"site": "a\x00"}}, TextNullByte),
        ({"attributes": {"site": ""}}, TextEmpty),
        ({"attributes": {str(n): "x" for n in range(41)}}, TooManyAttributes),
    ],
)
def test_bad_input_has_its_own_code(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        normal(replace(PRESSURE, **changes))


def test_a_symptom_needs_words() -> None:
    symptom = Draft(kind=Kind.SYMPTOM, at=AT, values={"severity": Quantity(3, "分")})
    for empty in (None, "", " \n ", "\u200e\u202e"):
        with pytest.raises(NoteMissing):
            normal(replace(symptom, note=empty))
    assert normal(replace(symptom, note="头晕")).note == "头晕"


def test_the_unlikely_passes_when_confirmed() -> None:
    draft = Draft(kind=Kind.GLUCOSE, at=AT, values={"glucose": Quantity(40, "mmol/L")})
    with pytest.raises(NeedsConfirmation):
        normal(draft)
    assert normal(draft, confirmed=True).values == {"glucose": 40.0}


@pytest.mark.parametrize(
    "text",
    [
        "饭后头晕😵\u200d💫",
        "𠮷野家 𝒳",
        "👨\u200d👩\u200d👧\u200d👦 一起散步",
        "第一行\n\t第二行",
        "x" * 2_000,
    ],
)
def test_emoji_and_four_byte_characters_stay(text: str) -> None:
    assert normal(replace(PRESSURE, note=text)).note == text


@pytest.mark.parametrize(
    "mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
)
def test_marks_that_turn_the_text_around_are_taken_out(mark: str) -> None:
    reading = normal(
        replace(
            PRESSURE,
            note=f"血压{mark}021",
            source=Source(system="ble", device=f"cuff{mark}gpj"),
            attributes={"site": f"left{mark} arm"},
        )
    )
    assert reading.note == "血压021"
    assert reading.source.device == "cuffgpj"
    assert reading.attributes == {"site": "left arm"}


def test_text_is_composed_and_line_breaks_are_of_one_kind() -> None:
    assert normal(replace(PRESSURE, note="cafe\u0301\r\nnoir\rbien")).note == "café\nnoir\nbien"


def test_ids_are_kept_to_the_letter() -> None:
    for name in (str(10**9), str(2**53 + 1), "9" * 200, "é/e\u0301 ID", "记录-1😀"):
        assert normal(replace(PRESSURE, source=Source(system="x", id=name))).source.id == name


@given(note=st.text(max_size=300))
def test_any_text_is_either_clean_or_refused_by_code(note: str) -> None:
    try:
        cleaned = normal(replace(PRESSURE, note=note)).note
    except (TextNullByte, TextControlCharacter, TextLoneSurrogate):
        return
    if cleaned is not None:
        assert unicodedata.is_normalized("NFC", cleaned)
        assert "\u202e" not in cleaned
        cleaned.encode("utf-8")


def test_one_reading_by_two_ways_has_one_fingerprint() -> None:
    cuff = Draft(
        kind=Kind.BLOOD_PRESSURE,
        at=datetime(2026, 11, 21, 7, 30, 2, tzinfo=SHANGHAI),
        values={
            "systolic": Quantity(142, "mmHg"),
            "diastolic": Quantity(88, "mmHg"),
            "pulse": Quantity(70, "/min"),
        },
        source=Source(system="ble", id="1"),
    )
    phone = Draft(
        kind=Kind.BLOOD_PRESSURE,
        at=datetime(2026, 11, 20, 23, 30, 59, tzinfo=UTC),
        values={"systolic": Quantity(142.0, "mmHg"), "diastolic": Quantity(11.7323, "kPa")},
        source=Source(system="apple-health", id="2"),
    )
    assert fingerprint(normal(cuff)) == fingerprint(normal(phone))


@pytest.mark.parametrize(
    "changes",
    [
        {"at": AT + timedelta(minutes=1)},
        {
            "kind": Kind.BLOOD_PRESSURE,
            "values": {**PRESSURE.values, "diastolic": Quantity(81, "mmHg")},
        },
        {"kind": Kind.GLUCOSE, "values": {"glucose": Quantity(5.6, "mmol/L")}},
    ],
)
def test_other_readings_have_other_fingerprints(changes: dict[str, Any]) -> None:
    assert fingerprint(normal(PRESSURE)) != fingerprint(normal(replace(PRESSURE, **changes)))


def test_glucose_in_both_units_is_one_reading() -> None:
    local = Draft(kind=Kind.GLUCOSE, at=AT, values={"glucose": Quantity(7.0, "mmol/L")})
    foreign = replace(local, values={"glucose": Quantity(126, "mg/dL")})
    assert fingerprint(normal(local)) == fingerprint(normal(foreign))


def test_symptoms_differ_by_their_words() -> None:
    dizzy = Draft(kind=Kind.SYMPTOM, at=AT, note="头晕")
    assert fingerprint(normal(dizzy)) != fingerprint(normal(replace(dizzy, note="头痛")))
