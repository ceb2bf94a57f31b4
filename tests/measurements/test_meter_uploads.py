"""Uploads of meters: what is taken, and every attack refused with nothing stored."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backend.core.clock import FixedClock
from backend.core.errors import KangbanError
from backend.core.outbox import OutboxEntry
from backend.measurements.batch import Outcome
from backend.measurements.documents import MeterState, ReadingDocument
from backend.measurements.meter_body import MOST_READINGS
from backend.measurements.meter_errors import (
    MeterBodyInvalid,
    MeterHeaderInvalid,
    MeterRevoked,
    MeterSignatureInvalid,
    MeterSuspect,
    MeterTimestampStale,
    MeterUnbound,
)
from backend.measurements.meter_upload import ItemAnswer
from backend.measurements.readings import ReadingFilter
from backend.measurements.recording import Recording
from backend.measurements.write_errors import BatchTooLarge
from backend.services import Services
from tests.factories import a_caregiver, a_resident, many_bp
from tests.measurements.metering import (
    Bound,
    Firmware,
    a_body,
    a_bound,
    a_bp,
    a_registered,
    an_operator,
    readings,
    stored_meter,
)

# 142/88 mmHg, pulse 71, 2026-11-21 09:58:00 as a cuff sends it (flags: time stamp, pulse).
CUFF = "06" + "8e00" + "5800" + "6a00" + "ea070b15093a00" + "4700"
NO_TIME = "00" + "8e00" + "5800" + "6a00"


def outcomes(answers: list[ItemAnswer]) -> list[Outcome]:
    return [each.outcome.outcome for each in answers]


def codes(answers: list[ItemAnswer]) -> list[str | None]:
    return [each.outcome.error.code if each.outcome.error else None for each in answers]


async def refused(bound: Bound, error: type[KangbanError], *args: Any, **how: Any) -> KangbanError:
    """The refusal, with the meter's counter and the readings as before."""
    before, count = (await stored_meter(bound.firmware.serial))["counter"], await readings()
    with pytest.raises(error) as refusal:
        await bound.send(*args, **how)
    assert await readings() == count
    assert (await stored_meter(bound.firmware.serial))["counter"] == before
    return refusal.value


async def test_a_plain_reading_is_recorded_under_the_binders_name(services: Services) -> None:
    bound = await a_bound(services)
    [answer] = await bound.send(1)
    assert answer.outcome.reading_id is not None
    reading = await services.readings.get(
        bound.viewer, bound.resident_id, answer.outcome.reading_id
    )
    assert reading.values == {"systolic": 142, "diastolic": 88}
    assert (reading.source.system, reading.source.id, reading.source.device) == (
        f"meter:{bound.firmware.serial}",
        "1.1.0.0",
        "康伴血压计 A1",
    )
    by = reading.recorded_by
    assert (by.account_id, by.relation, by.channel) == (
        bound.viewer.account_id,
        "self",
        "device",
    )


async def test_what_a_daughter_bound_is_recorded_by_the_daughter(services: Services) -> None:
    firmware, scanned = await a_registered(services)
    viewer, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    await services.meters.bind(daughter, resident_id, scanned)
    await Bound(services, firmware, daughter, resident_id, scanned).send(1)
    page = await services.readings.page(viewer, resident_id, ReadingFilter(), first=1)
    by = page.items[0].recorded_by
    assert (by.account_id, by.kinship, by.channel) == (daughter.account_id, "daughter", "device")


async def test_bluetooth_payloads_are_decoded(services: Services) -> None:
    bound = await a_bound(services)
    body = a_body(
        {"characteristic": "2a35", "value": CUFF},
        {"characteristic": "0x2A35", "value": NO_TIME, "at": "2026-11-21T09:55:00+08:00"},
    )
    assert outcomes(await bound.send(1, body)) == [Outcome.RECORDED] * 2
    page = await services.readings.page(bound.viewer, bound.resident_id, ReadingFilter(), first=9)
    assert [each.at.isoformat() for each in page.items] == [
        "2026-11-21T09:58:00+08:00",
        "2026-11-21T09:55:00+08:00",
    ]
    assert page.items[0].values["pulse"] == 71


async def test_each_item_is_answered_on_its_own(services: Services) -> None:
    bound = await a_bound(services)
    body = a_body(
        a_bp(),
        a_bp(900, 88),
        a_bp(at="2026-11-21T10:30:00+08:00"),
        a_bp(at="2026-11-21T09:00:00"),
        {"kind": "glucose", "at": "2026-11-21T09:50:00+08:00", "values": {}},
        {"kind": "aura", "at": "2026-11-21T09:50:00+08:00", "values": {}},
        {"characteristic": "2a35", "value": "06"},
        {"characteristic": "ffff", "value": "06"},
        {"characteristic": "2a35", "value": "xyz"},
        "a text",
        {**a_bp(), "values": {"systolic": {"value": "142", "unit": "mmHg"}}},
        a_bp(130, 80, at="2026-11-21T09:59:00+08:00"),
    )
    answers = await bound.send(1, body)
    assert [each.position for each in answers] == list(range(12))
    assert codes(answers) == [
        None,
        "PLAUSIBILITY_IMPOSSIBLE",
        "TIME_IN_FUTURE",
        "TIME_WITHOUT_OFFSET",
        "COMPONENT_MISSING",
        "RECORD_INVALID",
        "PAYLOAD_TRUNCATED",
        "CHARACTERISTIC_UNKNOWN",
        "RECORD_INVALID",
        "RECORD_INVALID",
        "RECORD_INVALID",
        None,
    ]
    assert await readings() == 2


async def test_what_was_refused_stays_visible_to_the_resident(services: Services) -> None:
    bound = await a_bound(services)
    await bound.send(1, a_body(a_bp(), a_bp(900, 88)))
    [refusal] = (await bound.meter()).refusals
    assert (refusal.position, refusal.error.code) == (2, "PLAUSIBILITY_IMPOSSIBLE")


async def test_an_alarming_pressure_is_taken_though_nobody_confirms_it(
    services: Services,
) -> None:
    bound = await a_bound(services)
    assert outcomes(await bound.send(1, a_body(a_bp(265, 150)))) == [Outcome.RECORDED]


async def test_what_was_measured_before_the_binding_is_nobodys(services: Services) -> None:
    bound = await a_bound(services)
    body = a_body(a_bp(at="2026-11-21T09:49:00+08:00"), a_bp(at="2026-11-21T09:51:00+08:00"))
    assert codes(await bound.send(1, body)) == ["READING_BEFORE_BINDING", None]
    assert await readings() == 1


async def test_a_heartbeat_without_readings_shows_that_the_meter_lives(
    services: Services,
) -> None:
    bound = await a_bound(services)
    assert await bound.send(1, b'{"readings": []}') == []
    assert (await bound.meter()).last_seen_at == services.core.clock.now()
    assert await readings() == 0


async def test_a_retry_on_a_bad_line_gets_the_first_answer(
    services: Services, clock: FixedClock
) -> None:
    bound = await a_bound(services)
    body = a_body(a_bp(), a_bp(900, 88), {"characteristic": "2a35", "value": NO_TIME})
    first = await bound.send(1, body)
    clock.advance(timedelta(minutes=3))
    again = await bound.send(1, body)
    assert [each.outcome.to_raw() for each in again] == [each.outcome.to_raw() for each in first]
    assert outcomes(first) == [Outcome.RECORDED, Outcome.REFUSED, Outcome.RECORDED]
    assert await readings() == 2


async def test_an_earlier_upload_that_comes_late_again_is_no_clone(services: Services) -> None:
    bound = await a_bound(services)
    bodies = [a_body(a_bp(130 + number)) for number in range(4)]
    for number, body in enumerate(bodies, 1):
        await bound.send(number, body)
    await bound.send(2, bodies[1])
    assert (await bound.meter()).state is MeterState.BOUND
    assert await readings() == 4


async def test_a_captured_upload_sent_again_later_is_stale(
    services: Services, clock: FixedClock
) -> None:
    bound = await a_bound(services)
    captured = bound.firmware.upload(1, a_body())
    await services.meter_uploads.take(captured)
    clock.advance(timedelta(minutes=11))
    with pytest.raises(MeterTimestampStale):
        await services.meter_uploads.take(captured)
    assert await readings() == 1


@pytest.mark.parametrize("seconds", [-601, 601, -86_400 * 365])
async def test_a_wrong_clock_is_told_the_time(services: Services, seconds: int) -> None:
    bound = await a_bound(services)
    refusal = await refused(bound, MeterTimestampStale, 1, seconds=seconds)
    assert refusal.data == {
        "tolerance_minutes": 10,
        "now": int(services.core.clock.now().timestamp()),
    }


@pytest.mark.parametrize("seconds", [-600, 600])
async def test_a_clock_within_the_tolerance_is_taken(services: Services, seconds: int) -> None:
    bound = await a_bound(services)
    assert outcomes(await bound.send(1, seconds=seconds)) == [Outcome.RECORDED]


async def test_an_unknown_serial_answers_like_a_bad_signature(services: Services) -> None:
    bound = await a_bound(services)
    stranger = Firmware("KB-UNKNOWN", bound.firmware.key, services.core.clock)
    forger = bound.firmware.with_key(secrets.token_bytes(32))
    refusals = []
    for firmware in (stranger, forger):
        with pytest.raises(MeterSignatureInvalid) as refusal:
            await services.meter_uploads.take(firmware.upload(1, a_body()))
        refusals.append((refusal.value.code, refusal.value.data))
    assert refusals[0] == refusals[1]
    assert await readings() == 0


async def test_an_unknown_serial_costs_the_same_work(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound = await a_bound(services)
    opened: list[int] = []
    keys = services.meter_uploads._keys
    monkeypatch.setattr(type(keys), "open", _counting(type(keys).open, opened))
    for serial in (bound.firmware.serial, "KB-UNKNOWN"):
        firmware = Firmware(serial, b"wrong" * 4, services.core.clock)
        with pytest.raises(MeterSignatureInvalid):
            await services.meter_uploads.take(firmware.upload(1, a_body()))
    assert opened == [32, 32]


def _counting(open_key: Any, opened: list[int]) -> Any:
    def counted(self: Any, meter: Any) -> bytes:
        key: bytes = open_key(self, meter)
        opened.append(len(key))
        return key

    return counted


@pytest.mark.parametrize(
    "tampered",
    [
        {"body": a_body(a_bp(120, 70))},
        {"counter": "2"},
        {"timestamp": "1795226401"},
        {"method": "PUT"},
        {"path": "/devices/v2/readings"},
        {"signature": "0" * 64},
    ],
    ids=["body", "counter", "timestamp", "method", "path", "signature"],
)
async def test_what_was_changed_on_the_way_is_refused(
    services: Services, tampered: dict[str, Any]
) -> None:
    bound = await a_bound(services)
    upload = replace(bound.firmware.upload(1, a_body()), **tampered)
    with pytest.raises(MeterSignatureInvalid):
        await services.meter_uploads.take(upload)
    assert await readings() == 0
    assert (await bound.meter()).state is MeterState.BOUND


async def test_another_meters_signature_is_refused(services: Services) -> None:
    bound, other = await a_bound(services), await a_bound(services)
    upload = replace(other.firmware.upload(1, a_body()), serial=bound.firmware.serial)
    with pytest.raises(MeterSignatureInvalid):
        await services.meter_uploads.take(upload)
    assert await readings() == 0


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("serial", ""),
        ("serial", "a:b:c"),
        ("counter", ""),
        ("counter", "0"),
        ("counter", "01"),
        ("counter", "-1"),
        ("counter", "1.0"),
        ("counter", "9" * 19),
        ("timestamp", "2026-11-21"),
        ("timestamp", "٣"),
        ("signature", ""),
        ("signature", "A" * 64),
    ],
)
async def test_malformed_headers_are_named(services: Services, header: str, value: str) -> None:
    bound = await a_bound(services)
    upload = replace(bound.firmware.upload(1, a_body()), **{header: value})
    with pytest.raises(MeterHeaderInvalid) as refusal:
        await services.meter_uploads.take(upload)
    assert refusal.value.data == {"header": header}
    assert await readings() == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"readings": 1}', b'{"readings": [NaN]}', b"\xff", b'{"readings": ['],
)
async def test_a_body_that_is_none_burns_no_counter(services: Services, body: bytes) -> None:
    bound = await a_bound(services)
    upload = bound.firmware.upload(1, body)
    with pytest.raises(MeterBodyInvalid):
        await services.meter_uploads.take(upload)
    assert outcomes(await bound.send(1)) == [Outcome.RECORDED]


async def test_too_many_readings_at_once_are_refused(services: Services) -> None:
    bound = await a_bound(services)
    await refused(bound, BatchTooLarge, 1, a_body(*[a_bp()] * (MOST_READINGS + 1)))


async def test_an_unbound_meter_is_refused(services: Services) -> None:
    firmware, scanned = await a_registered(services)
    viewer, resident_id = await a_resident(services)
    await refused(Bound(services, firmware, viewer, resident_id, scanned), MeterUnbound, 1)


async def test_after_unbinding_nothing_reaches_the_record(services: Services) -> None:
    bound = await a_bound(services)
    await bound.send(1)
    await services.meters.unbind(bound.viewer, bound.resident_id, (await bound.meter()).id)
    await refused(bound, MeterUnbound, 2)
    await refused(bound, MeterUnbound, 1)


async def test_a_revoked_meter_is_refused(services: Services) -> None:
    bound = await a_bound(services)
    await services.meter_registry.revoke(an_operator(), bound.firmware.serial)
    await refused(bound, MeterRevoked, 1)


@pytest.mark.parametrize("counter", [1, 3, 5])
async def test_a_clone_makes_the_meter_suspect_and_both_are_refused(
    services: Services, counter: int
) -> None:
    bound = await a_bound(services)
    for number in (1, 3, 5):
        await bound.send(number, a_body(a_bp(130 + number)))
    await refused(bound, MeterSuspect, counter, a_body(a_bp(99, 60)))
    await refused(bound, MeterSuspect, 6)
    await refused(bound, MeterSuspect, 5, a_body(a_bp(135)))
    meter = await bound.meter()
    assert (meter.state, meter.suspected_at) == (
        MeterState.SUSPECT,
        services.core.clock.now(),
    )
    events = await OutboxEntry.find({"name": "meter_suspected"}).to_list()
    assert [each.resident_id for each in events] == [bound.resident_id]


async def test_a_counter_that_was_left_out_is_not_taken_later(services: Services) -> None:
    bound = await a_bound(services)
    await bound.send(5)
    await refused(bound, MeterSuspect, 4, a_body(a_bp(131)))


async def test_with_another_key_the_meter_goes_on_and_the_clone_does_not(
    services: Services,
) -> None:
    bound = await a_bound(services)
    await bound.send(7)
    await refused(bound, MeterSuspect, 7, a_body(a_bp(99, 60)))
    fresh = secrets.token_bytes(32)
    await services.meter_registry.rekey(an_operator(), bound.firmware.serial, fresh.hex())
    with pytest.raises(MeterSignatureInvalid):
        await bound.send(8)
    again = replace(bound, firmware=bound.firmware.with_key(fresh))
    assert outcomes(await again.send(1, a_body(a_bp(150, 92)))) == [Outcome.RECORDED]
    meter = await bound.meter()
    assert (meter.state, meter.suspected_at) == (MeterState.BOUND, None)
    assert await readings() == 2


async def test_of_two_uploads_at_once_with_one_counter_one_counts(services: Services) -> None:
    bound = await a_bound(services)
    bodies = [a_body(a_bp(130 + number)) for number in range(4)]
    answers = await asyncio.gather(
        *(bound.send(1, body) for body in bodies), return_exceptions=True
    )
    refusals = [each for each in answers if isinstance(each, MeterSuspect)]
    assert await readings() == 1
    assert len(refusals) == 3
    assert (await bound.meter()).state is MeterState.SUSPECT


async def test_one_upload_twice_at_once_is_stored_once(services: Services) -> None:
    bound = await a_bound(services)
    body = a_body(a_bp(), a_bp(151, 93))
    answers = await asyncio.gather(*(bound.send(1, body) for _ in range(4)))
    assert await readings() == 2
    ids = {tuple(each.outcome.reading_id for each in answer) for answer in answers}
    assert len(ids) == 1
    assert (await bound.meter()).state is MeterState.BOUND


async def test_an_upload_cut_off_after_its_counter_is_finished_by_the_retry(
    services: Services, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    bound = await a_bound(services)
    body = a_body({"characteristic": "2a35", "value": NO_TIME}, a_bp())

    async def cut_off(*_: Any, **__: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(Recording, "store", cut_off)
        with pytest.raises(ConnectionError):
            await bound.send(1, body)
    assert await readings() == 0
    clock.advance(timedelta(minutes=2))
    assert outcomes(await bound.send(1, body)) == [Outcome.RECORDED] * 2
    assert await readings() == 2


async def test_a_cut_off_upload_does_not_reach_the_next_owner(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound = await a_bound(services)

    async def cut_off(*_: Any, **__: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(Recording, "store", cut_off)
        with pytest.raises(ConnectionError):
            await bound.send(1)
    await services.meters.unbind(bound.viewer, bound.resident_id, (await bound.meter()).id)
    other, other_id = await a_resident(services)
    await services.meters.bind(other, other_id, bound.scanned)
    with pytest.raises(MeterUnbound):
        await bound.send(1)
    assert await readings() == 0


async def test_the_body_cannot_be_guessed_from_what_is_kept_of_it(services: Services) -> None:
    bound = await a_bound(services)
    await bound.send(1)
    [taken] = (await stored_meter(bound.firmware.serial))["uploads"]
    assert taken["body"] != hashlib.sha256(a_body()).digest()
    [answer] = taken["answer"]
    del answer["reading_id"]
    assert answer == {"position": 0, "outcome": "recorded", "code": None, "data": None}


async def test_a_reading_that_the_phone_recorded_too_counts_once(services: Services) -> None:
    bound = await a_bound(services)
    [draft] = many_bp(1, start=services.core.clock.now())
    body = a_body(
        {
            "kind": "blood_pressure",
            "at": draft.at.isoformat(),
            "values": {n: {"value": q.value, "unit": q.unit} for n, q in draft.values.items()},
        }
    )
    await services.recording.record_batch(
        bound.viewer, bound.resident_id, [draft], idempotency_key=None
    )
    assert outcomes(await bound.send(1, body)) == [Outcome.DUPLICATE]
    assert await ReadingDocument.find({"state": "live"}).count() == 1
