from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.measurements.devices import Context, Refusal, decode_gatt, payload_decoders
from backend.measurements.devices.gatt import glucose, glucose_context, heart_rate, pulse_oximeter
from backend.measurements.devices.gatt.mder import float32, sfloat
from backend.measurements.draft import Draft, Kind, Meal, Quantity
from backend.measurements.errors import PlausibilityImpossible
from backend.measurements.normalise import normalise
from tests.measurements.devices.samples import NOW, sample

CONTEXT = Context(received_at=NOW, device="cuff", device_id="AA:BB")
STAMP = "ea070b15071e0f"  # 2026-11-21 07:30:15
SHANGHAI = timezone(timedelta(hours=8))


def read(characteristic: int, payload: str, companion: str | None = None) -> list[Draft | Refusal]:
    other = None if companion is None else bytes.fromhex(companion)
    return list(decode_gatt(characteristic, bytes.fromhex(payload), CONTEXT, other))


def one(characteristic: int, payload: str, companion: str | None = None) -> Draft:
    (draft,) = read(characteristic, payload, companion)
    assert isinstance(draft, Draft)
    return draft


def refused(characteristic: int, payload: str, companion: str | None = None) -> str:
    (refusal,) = read(characteristic, payload, companion)
    assert isinstance(refusal, Refusal)
    return refusal.code


def vectors(prefix: str) -> list[dict[str, Any]]:
    listed = json.loads(sample("gatt/vectors.json").read_text("utf-8"))["vectors"]
    return [vector for vector in listed if vector["characteristic"].startswith(prefix)]


KNOWN = {
    "systolic": ("systolic", None),
    "diastolic": ("diastolic", None),
    "mean_arterial_pressure": ("mean", None),
    "concentration": ("glucose", None),
    "temperature": ("temperature", None),
    "heart_rate": ("rate", None),
    "spo2": ("spo2", None),
    "weight": ("weight", None),
    "bmi": ("bmi", None),
    "height": ("height", None),
    "pulse_rate": ("pulse", None),
}
UNITS = {"C": "Cel"}


def test_every_vector_from_outside_decodes_to_the_expected_values() -> None:
    seen = 0
    for vector in vectors("0x"):
        outcomes = read(int(vector["characteristic"], 16), vector["hex"])
        expected = vector["expected"]
        seen += 1
        if expected == "reject":
            assert [type(outcome) for outcome in outcomes] == [Refusal]
            continue
        values = {
            name: quantity
            for outcome in outcomes
            if isinstance(outcome, Draft)
            for name, quantity in outcome.values.items()
        }
        wanted = {KNOWN[key][0]: expected[key] for key in expected if key in KNOWN}
        assert {name: quantity.value for name, quantity in values.items()} == wanted
        if "unit" in expected:
            first = next(iter(values.values()))
            assert first.unit == UNITS.get(expected["unit"], expected["unit"])
    assert seen == 14


def test_every_number_from_outside_decodes_exactly() -> None:
    listed = vectors("IEEE-11073")
    for vector in listed:
        raw = int.from_bytes(bytes.fromhex(vector["hex"]), "little")
        decode = sfloat if len(vector["hex"]) == 4 else float32
        assert decode(raw) == vector["expected"]["value"]
    assert len(listed) == 5


def test_a_cuff_reading_keeps_status_and_user_and_takes_the_receiving_time() -> None:
    draft = one(0x2A35, "1e8a00580078000000041114293b3c00012700")
    assert draft.kind is Kind.BLOOD_PRESSURE
    assert draft.at == NOW
    assert draft.at.utcoffset() == timedelta(hours=8)
    assert draft.attributes == {
        "body_movement": "true",
        "cuff_too_loose": "true",
        "irregular_pulse": "true",
        "improper_position": "true",
        "device_user": "1",
        "time_basis": "received",
    }


def test_a_reading_in_kilopascals_keeps_them() -> None:
    draft = one(0x2A35, "15bdf00b009ff03c001200")
    assert draft.values["systolic"] == Quantity(18.9, "kPa")
    assert draft.attributes["pulse_range"] == "below"


def test_the_devices_time_is_read_in_the_callers_zone() -> None:
    draft = one(0x2A35, "028a0058007800" + STAMP)
    assert draft.at == datetime(2026, 11, 21, 7, 30, 15, tzinfo=SHANGHAI)
    assert "time_basis" not in draft.attributes


def test_thirty_kilograms_a_litre_decode_and_are_refused_by_normalise() -> None:
    draft = one(0x2A18, "1b0100e307021b0b0a1efbff1e00120501")
    assert draft.values == {"glucose": Quantity(30.0, "kg/L")}
    assert draft.at == datetime(2019, 2, 27, 11, 5, 30, tzinfo=SHANGHAI)
    assert draft.attributes["site"] == "finger"
    assert draft.attributes["sample"] == "capillary_plasma"
    with pytest.raises(PlausibilityImpossible):
        normalise(draft, now=NOW, birth_date=date(1952, 3, 4), confirmed=True)


def test_glucose_in_moles_a_litre_with_its_meal() -> None:
    # 5.6e-3 mol/L, capillary whole blood, finger; context: sequence 7, fasting
    draft = one(0x2A18, f"060700{STAMP}38c011", companion="02070003")
    assert draft.meal is Meal.FASTING
    reading = normalise(draft, now=NOW, birth_date=None)
    assert reading.values == {"glucose": 5.6}


def test_a_context_of_another_reading_is_refused() -> None:
    payload = f"060700{STAMP}38c011"
    assert refused(0x2A18, payload, companion="02080003") == "PAYLOAD_CONTEXT_MISMATCH"


def test_the_meal_stands_after_extended_flags_and_carbohydrate() -> None:
    full = "df0700" + "00" + "013c00" + "02" + "11" + "3c0032" + "010100" + "41f0"
    assert glucose_context.parse(bytes.fromhex(full)).meal is Meal.AFTER_MEAL
    assert glucose_context.parse(bytes.fromhex("000700")).meal is None
    assert glucose_context.parse(bytes.fromhex("02070009")).meal is None


def test_control_solution_is_nobodys_glucose() -> None:
    assert refused(0x2A18, f"060700{STAMP}38c01a") == "PAYLOAD_CONTROL_SOLUTION"
    assert refused(0x2A18, f"060700{STAMP}38c041") == "PAYLOAD_CONTROL_SOLUTION"


def test_a_glucose_record_without_concentration_is_no_reading() -> None:
    assert refused(0x2A18, f"000700{STAMP}") == "PAYLOAD_VALUE_MISSING"


def test_a_negative_offset_goes_back_in_time() -> None:
    sent = glucose.parse(bytes.fromhex(f"070700{STAMP}c4ff38c011"))
    assert sent.time_offset == -60
    assert sent.stamp.at == datetime(2026, 11, 21, 6, 30, 15)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("raw", "special"), [("ff07", "NaN"), ("0008", "NRes"), ("fe07", "+INF"), ("0208", "-INF")]
)
def test_a_pressure_that_was_not_measured_is_refused(raw: str, special: str) -> None:
    (refusal,) = read(0x2A35, f"00{raw}58007800")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "PAYLOAD_VALUE_MISSING"
    assert refusal.data == {"component": "systolic", "special": special}


def test_optional_numbers_that_were_not_measured_are_left_out() -> None:
    draft = one(0x2A35, "048a005800ff07ff07")
    assert set(draft.values) == {"systolic", "diastolic"}
    oximeter = one(0x2A5F, "006100ff07")
    assert oximeter.values == {"spo2": Quantity(97.0, "%")}


@pytest.mark.parametrize(
    "stamp", ["ea070d15071e0f", "ea070b1f071e0f", "ea070b1518001e", "e907021d071e0f"]
)
def test_a_time_that_does_not_exist_is_refused(stamp: str) -> None:
    assert refused(0x2A35, "028a0058007800" + stamp) == "TIME_INVALID"


def test_a_failed_weighing_is_refused() -> None:
    assert refused(0x2A9D, "00ffff") == "PAYLOAD_VALUE_MISSING"


def test_a_scale_that_knows_the_height_gives_three_readings() -> None:
    outcomes = read(0x2A9D, "0cb03605f500d606")
    kinds = [outcome.kind for outcome in outcomes if isinstance(outcome, Draft)]
    assert kinds == [Kind.WEIGHT, Kind.BMI, Kind.HEIGHT]
    ids = {outcome.source.id for outcome in outcomes if isinstance(outcome, Draft)}
    assert len(ids) == 3


def test_a_thermometer_says_where_it_was_held() -> None:
    draft = one(0x2A1C, "06b00e00fedc070c050b321b04")
    assert draft.attributes == {"site": "finger"}
    assert draft.at == datetime(2012, 12, 5, 11, 50, 27, tzinfo=SHANGHAI)


def test_heart_rate_in_sixteen_bits_and_intervals() -> None:
    sent = heart_rate.parse(bytes.fromhex("1e5532002100"))
    assert (sent.rate, sent.contact, sent.energy_expended, sent.rr) == (85, True, 50, (33,))
    assert one(0x2A37, "015500").values == {"rate": Quantity(85.0, "/min")}
    assert one(0x2A37, "0455").attributes["contact"] == "false"


def test_an_oximeter_whose_clock_was_never_set_is_not_believed() -> None:
    believed = one(0x2A5E, "01acf3bef5" + STAMP)
    assert believed.at == datetime(2026, 11, 21, 7, 30, 15, tzinfo=SHANGHAI)
    unset = one(0x2A5E, "11acf3bef5" + STAMP)
    assert unset.at == NOW
    assert unset.attributes["time_basis"] == "received"


def test_oximeter_status_is_kept_and_demonstrations_are_refused() -> None:
    draft = one(0x2A5E, "0facf3bef5e8070b1d170839204022000066e3")
    assert {"questionable_measurement", "low_perfusion"} <= set(draft.attributes)
    sent = pulse_oximeter.parse_spot_check(bytes.fromhex("0facf3bef5e8070b1d170839204022000066e3"))
    assert (sent.status, sent.sensor_status, sent.pulse_amplitude_index) == (16416, 34, 8.7)
    assert refused(0x2A5F, "0461005a000004") == "PAYLOAD_VALUE_MISSING"


FULL = {
    0x2A35: "1e8a00580078000000041114293b3c00012700",
    0x2A18: "1b0100e307021b0b0a1efbff1e00120501",
    0x2A9D: "0eb036" + STAMP + "05f500d606",
    0x2A1C: "06b00e00fedc070c050b321b04",
    0x2A37: "1e5532002100",
    0x2A5E: "0facf3bef5e8070b1d170839204022000066e3",
    0x2A5F: "0061005a00",
}


def test_every_measurement_characteristic_has_a_decoder() -> None:
    assert set(payload_decoders()) == set(FULL)


@pytest.mark.parametrize("characteristic", FULL)
def test_every_shorter_payload_is_truncated(characteristic: int) -> None:
    whole = FULL[characteristic]
    for length in range(0, len(whole), 2):
        if characteristic == 0x2A37 and length == 8:
            continue  # intervals are as many as there are
        assert refused(characteristic, whole[:length]) == "PAYLOAD_TRUNCATED"


@pytest.mark.parametrize("characteristic", set(FULL) - {0x2A37})
def test_one_byte_more_is_overlong(characteristic: int) -> None:
    assert refused(characteristic, FULL[characteristic] + "00") == "PAYLOAD_OVERLONG"


def test_half_an_interval_is_truncated_and_unannounced_ones_are_overlong() -> None:
    assert refused(0x2A37, "1e553200210000") == "PAYLOAD_TRUNCATED"
    assert refused(0x2A37, "00550000") == "PAYLOAD_OVERLONG"


def test_an_unknown_characteristic_is_named() -> None:
    assert refused(0x2A19, "64") == "CHARACTERISTIC_UNKNOWN"


@given(characteristic=st.sampled_from(sorted(FULL)), payload=st.binary(max_size=40))
def test_no_bytes_raise(characteristic: int, payload: bytes) -> None:
    outcomes = list(decode_gatt(characteristic, payload, CONTEXT))
    assert outcomes
    assert all(isinstance(outcome, Draft | Refusal) for outcome in outcomes)


def test_the_same_bytes_have_the_same_id_and_another_device_another() -> None:
    payload = bytes.fromhex("028a0058007800" + STAMP)
    later = Context(received_at=NOW + timedelta(days=1), device_id="AA:BB")
    other = Context(received_at=NOW, device_id="CC:DD")
    (first,) = decode_gatt(0x2A35, payload, CONTEXT)
    (again,) = decode_gatt(0x2A35, payload, later)
    (third,) = decode_gatt(0x2A35, payload, other)
    assert isinstance(first, Draft)
    assert isinstance(again, Draft)
    assert isinstance(third, Draft)
    assert first.source.id == again.source.id
    assert first.source.id != third.source.id
    assert first.source.system == "ble"


def test_equal_bytes_without_time_are_two_readings_at_two_times() -> None:
    (first,) = decode_gatt(0x2A37, b"\x00\x55", CONTEXT)
    (second,) = decode_gatt(
        0x2A37, b"\x00\x55", Context(received_at=datetime(2026, 11, 21, 12, 1, tzinfo=UTC))
    )
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert first.source.id != second.source.id
