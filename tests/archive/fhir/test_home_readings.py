"""Which Observations are home readings, and how readings go out."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.archive.fhir import (
    EntryDraft,
    Export,
    OutPerson,
    OutReading,
    ReadingDraft,
    dump,
    read_bundle,
    reading_as_entry,
    write_bundle,
)
from backend.archive.fhir.home_kinds import home_kinds
from backend.archive.sections import Section
from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source
from tests.archive.fhir.samples import NOW, PERSON_ID, encoded, observation, read

CHINA = timezone(timedelta(hours=8))
AT = datetime(2026, 11, 3, 8, 12, tzinfo=CHINA)
LOINC = "http://loinc.org"


def part(loinc: str, value: float, unit: str = "mm[Hg]") -> dict[str, Any]:
    quantity = {"value": value, "system": "http://unitsofmeasure.org", "code": unit}
    return {"code": {"coding": [{"system": LOINC, "code": loinc}]}, "valueQuantity": quantity}


def only(resource: dict[str, Any]) -> Any:
    (draft,) = read(resource).drafts
    return draft


@pytest.mark.parametrize(
    ("loinc", "kind", "component"),
    [
        ("8867-4", Kind.HEART_RATE, "rate"),
        ("14743-9", Kind.GLUCOSE, "glucose"),
        ("29463-7", Kind.WEIGHT, "weight"),
        ("8302-2", Kind.HEIGHT, "height"),
        ("39156-5", Kind.BMI, "bmi"),
        ("8280-0", Kind.WAIST, "waist"),
        ("59408-5", Kind.SPO2, "spo2"),
        ("8310-5", Kind.TEMPERATURE, "temperature"),
        ("93832-4", Kind.SLEEP, "duration"),
        ("55423-8", Kind.STEPS, "count"),
    ],
)
def test_the_codes_of_the_clinical_reference_are_readings(
    loinc: str, kind: Kind, component: str
) -> None:
    draft = only(observation(loinc, {"value": 7.5, "unit": "printed", "code": "coded"}))
    assert isinstance(draft, ReadingDraft)
    assert draft.draft.kind is kind
    assert draft.draft.values == {component: Quantity(7.5, "coded")}
    assert draft.draft.at == AT
    assert draft.draft.at.utcoffset() == timedelta(hours=8)
    assert draft.draft.source == Source(system="fhir:clinic", id="o1")


@pytest.mark.parametrize("panel", ["85354-9", "55284-4"])
def test_a_blood_pressure_panel_is_one_reading(panel: str) -> None:
    parts = [part("8480-6", 142), part("8462-4", 88), part("8867-4", 71, "/min")]
    draft = only(observation(panel, component=parts))
    assert draft.draft.kind is Kind.BLOOD_PRESSURE
    assert draft.draft.values == {
        "systolic": Quantity(142, "mm[Hg]"),
        "diastolic": Quantity(88, "mm[Hg]"),
        "pulse": Quantity(71, "/min"),
    }


def test_a_fasting_code_says_the_meal() -> None:
    draft = only(observation("14770-2", {"value": 5.6, "code": "mmol/L"}))
    assert draft.draft.meal is Meal.FASTING


def test_a_unit_without_ucum_is_taken_as_printed() -> None:
    value = {"value": 130, "unit": "斤", "system": "urn:local", "code": "J"}
    assert only(observation("29463-7", value)).draft.values["weight"].unit == "斤"


def test_a_day_without_a_time_begins_at_midnight_in_shanghai_and_says_so() -> None:
    value = {"value": 60, "code": "kg"}
    draft = only(observation("29463-7", value, effectiveDateTime="2026-11-03"))
    assert draft.draft.at.isoformat() == "2026-11-03T00:00:00+08:00"
    assert draft.draft.attributes == {"precision": "day"}


@pytest.mark.parametrize(
    "resource",
    [
        observation("8480-6", {"value": 142, "code": "mm[Hg]"}),  # systolic alone
        observation("85354-9", component=[part("8480-6", 142)]),
        observation("14749-6", {"value": 5.6, "code": "mmol/L"}),  # serum: a laboratory result
        observation("29463-7", {"value": 60, "code": "kg"}, effectiveDateTime="2026-11"),
        observation("29463-7", {"value": 60}),
        observation("29463-7", {"value": 60, "code": "kg", "comparator": "<"}),
        observation("29463-7", {"value": 60, "code": "kg"}, status="cancelled"),
        observation("29463-7"),
    ],
)
def test_what_falls_short_of_a_reading_stays_an_entry(resource: dict[str, Any]) -> None:
    draft = only(resource)
    assert isinstance(draft, EntryDraft)
    assert draft.section is Section.OBSERVATION


def test_a_value_that_no_double_holds_stays_an_entry() -> None:
    data = encoded(observation("29463-7", {"value": 60, "code": "kg"})).replace(b"60", b"1e320")
    (draft,) = read_bundle(data, source_system="clinic").drafts
    assert isinstance(draft, EntryDraft)
    assert b"1E+320" in draft.raw


def test_a_reading_that_is_not_taken_can_be_an_entry_with_the_same_receipt() -> None:
    reading = only(observation("29463-7", {"value": 6000, "code": "kg"}))
    entry = reading_as_entry(reading)
    assert (entry.identity, entry.raw, entry.digest) == (
        reading.identity,
        reading.raw,
        reading.digest,
    )
    assert entry.section is Section.OBSERVATION
    assert "6000 kg" in entry.body.title("zh")


def exported(draft: Draft, **fields: Any) -> dict[str, Any]:
    out = OutReading(id="65f000000000000000000001", draft=draft, **fields)
    bundle = write_bundle(Export(person=OutPerson(id=PERSON_ID), at=NOW, readings=[out]))
    Bundle.model_validate(bundle)
    return bundle


finite = st.floats(-1e6, 1e6, allow_nan=False)
notes = st.none() | st.text("血压ab1", min_size=1, max_size=5)
moments = st.datetimes(
    AT.replace(year=1990, tzinfo=None),
    AT.replace(year=2090, tzinfo=None),
    timezones=st.just(CHINA),
).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))


@settings(deadline=None, max_examples=60)
@given(
    kind=st.sampled_from(list(Kind)),
    number=finite,
    at=moments,
    lasts=st.none() | st.timedeltas(timedelta(minutes=1), timedelta(hours=9)),
    meal=st.none() | st.sampled_from(list(Meal)),
    note=notes,
)
def test_a_reading_survives_export_and_import(
    kind: Kind,
    number: float,
    at: datetime,
    lasts: timedelta | None,
    meal: Meal | None,
    note: str | None,
) -> None:
    home = home_kinds()[kind]
    names = {home.value, *home.components, *home.required} - {None}
    values = {str(name): Quantity(number, "斤") for name in names}
    end = None if lasts is None else at + timedelta(seconds=lasts // timedelta(seconds=1))
    attributes = {"activity": "散步"}
    draft = Draft(
        kind=kind, at=at, end=end, values=values, meal=meal, note=note, attributes=attributes
    )
    back = read_bundle(dump(exported(draft)), source_system="kangban").drafts[0]
    assert isinstance(back, ReadingDraft)
    found = back.draft
    assert (found.kind, found.at, found.end, dict(found.values)) == (kind, at, end, values)
    assert (found.note, dict(found.attributes)) == (note, attributes)
    assert found.meal is meal


def test_a_changed_reading_keeps_what_was_not_changed() -> None:
    resource = observation(
        "29463-7",
        {"value": 60.0, "code": "kg", "unit": "kg"},
        method={"text": "站立"},
        interpretation=[{"text": "正常"}],
    )
    received = only(resource)
    changed = Draft(
        kind=Kind.WEIGHT,
        at=AT,
        values={"weight": Quantity(61.5, "kg")},
        source=received.draft.source,
    )
    bundle = exported(changed, raw=received.raw, changed=True, source_system="clinic")
    (out,) = [
        entry["resource"]
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] == "Observation"
    ]
    assert str(out["valueQuantity"]["value"]) == "61.5"
    assert out["method"] == {"text": "站立"}
    assert out["interpretation"] == [{"text": "正常"}]
    assert out["id"] == "o1"
    assert out["code"] == resource["code"]
