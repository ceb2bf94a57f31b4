"""Meters over HTTP: what goes over the wire, and how each attack is answered."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from backend.core.clock import FixedClock
from backend.services import Services
from tests.measurements.metering import (
    PATH,
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


async def send(
    client: httpx.AsyncClient,
    firmware: Firmware,
    counter: int = 1,
    body: bytes | None = None,
    *,
    signed: bytes | None = None,
    **changed: str,
) -> httpx.Response:
    """``signed`` is what was signed where another body is sent."""
    body = body or a_body()
    headers = {**firmware.headers(counter, signed or body), **changed}
    names = {f"X-Kangban-{name.title()}": value for name, value in headers.items()}
    return await client.post(
        PATH, content=body, headers={**names, "content-type": "application/json"}
    )


async def refusal(response: httpx.Response, status: int) -> str:
    assert response.status_code == status, response.text
    code: str = response.json()["error"]["code"]
    return code


@pytest.fixture
async def bound(services: Services) -> Bound:
    return await a_bound(services)


async def test_an_upload_is_answered_item_by_item(client: httpx.AsyncClient, bound: Bound) -> None:
    response = await send(client, bound.firmware, 3, a_body(a_bp(), a_bp(900, 88)))
    assert response.status_code == 200
    answer = response.json()
    assert answer["counter"] == 3
    assert [each["outcome"] for each in answer["readings"]] == ["recorded", "refused"]
    assert answer["readings"][1]["error"]["code"] == "PLAUSIBILITY_IMPOSSIBLE"
    assert await readings() == 1
    log = bound.services.core.store.db["access_log"]
    noted = await log.find({"resident_id": bound.resident_id, "why": "meter"}).to_list()
    assert [(n["channel"], n["action"], n["category"]) for n in noted] == [
        ("device", "record", "readings")
    ]


async def test_a_retry_gets_the_very_same_answer(client: httpx.AsyncClient, bound: Bound) -> None:
    first = await send(client, bound.firmware)
    again = await send(client, bound.firmware)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert await readings() == 1


async def test_a_tampered_body_is_refused(client: httpx.AsyncClient, bound: Bound) -> None:
    response = await send(client, bound.firmware, 1, a_body(a_bp(120, 70)), signed=a_body())
    assert await refusal(response, 401) == "METER_SIGNATURE_INVALID"
    assert await readings() == 0


async def test_an_unknown_serial_is_answered_like_a_bad_signature(
    client: httpx.AsyncClient, bound: Bound
) -> None:
    unknown = await send(client, Firmware("KB-UNKNOWN", b"k" * 32, bound.firmware.clock))
    forged = await send(client, bound.firmware.with_key(b"k" * 32))
    assert await refusal(forged, 401) == "METER_SIGNATURE_INVALID"
    assert (unknown.status_code, unknown.content) == (forged.status_code, forged.content)
    assert await readings() == 0


async def test_a_signature_for_another_path_is_refused(
    client: httpx.AsyncClient, bound: Bound
) -> None:
    headers = bound.firmware.headers(1, a_body(), path="/devices/v1/other")
    response = await send(client, bound.firmware, signature=headers["signature"])
    assert await refusal(response, 401) == "METER_SIGNATURE_INVALID"
    assert await readings() == 0


async def test_a_replay_after_ten_minutes_is_stale(
    client: httpx.AsyncClient, bound: Bound, clock: FixedClock
) -> None:
    captured = bound.firmware.headers(1, a_body())
    assert (await send(client, bound.firmware, **captured)).status_code == 200
    clock.advance(timedelta(minutes=10, seconds=1))
    replay = await send(client, bound.firmware, **captured)
    assert await refusal(replay, 401) == "METER_TIMESTAMP_STALE"
    assert await readings() == 1


async def test_a_clone_stops_both(client: httpx.AsyncClient, bound: Bound) -> None:
    await send(client, bound.firmware, 4)
    clone = await send(client, bound.firmware, 4, a_body(a_bp(99, 60)))
    assert await refusal(clone, 409) == "METER_SUSPECT"
    owner = await send(client, bound.firmware, 5)
    assert await refusal(owner, 409) == "METER_SUSPECT"
    assert await readings() == 1
    assert (await stored_meter(bound.firmware.serial))["state"] == "suspect"


async def test_unbound_and_revoked_meters_are_refused(
    client: httpx.AsyncClient, services: Services, bound: Bound
) -> None:
    unbound, _ = await a_registered(services)
    assert await refusal(await send(client, unbound), 409) == "METER_UNBOUND"
    await services.meter_registry.revoke(an_operator(), bound.firmware.serial)
    assert await refusal(await send(client, bound.firmware), 403) == "METER_REVOKED"
    assert await readings() == 0


async def test_missing_headers_are_named(client: httpx.AsyncClient) -> None:
    response = await client.post(PATH, content=a_body())
    assert await refusal(response, 400) == "METER_HEADER_INVALID"
    assert response.json()["error"]["data"] == {"header": "serial"}


async def test_a_body_that_is_no_json_is_refused(client: httpx.AsyncClient, bound: Bound) -> None:
    response = await send(client, bound.firmware, 1, b"{nothing")
    assert await refusal(response, 400) == "METER_BODY_INVALID"
    assert await readings() == 0


async def test_a_body_beyond_any_meters_is_not_read(
    client: httpx.AsyncClient, bound: Bound
) -> None:
    response = await send(client, bound.firmware, 1, b" " * 65_537)
    assert await refusal(response, 413) == "BODY_TOO_LARGE"
    assert await readings() == 0


async def test_a_persons_token_opens_nothing_here(client: httpx.AsyncClient) -> None:
    response = await client.post(PATH, content=a_body(), headers={"authorization": "Bearer x"})
    assert await refusal(response, 400) == "METER_HEADER_INVALID"
    assert await readings() == 0
