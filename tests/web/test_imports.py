"""Measurement files over HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from bson import ObjectId

from backend.identity.viewer import Viewer
from backend.main import build_app
from backend.services import Services, build_services
from graphql_api.common import ids
from tests.api import Api, sign_in
from tests.factories import a_profile, a_resident
from tests.measurements.metering import readings
from tests.measurements.test_importing import EXPORT, steps


def export(count: int) -> bytes:
    return EXPORT.format("".join(steps(index) for index in range(count))).encode()


async def a_person(services: Services, client: httpx.AsyncClient) -> tuple[Api, Viewer, ObjectId]:
    api, viewer = await sign_in(services, client)
    # The example files are of people of all ages.
    _, resident_id = await a_resident(services, viewer, a_profile(born=None))
    return api, viewer, resident_id


async def send(
    api: Api, resident: object, content: Any, filename: str = "export.xml", **headers: str
) -> httpx.Response:
    return await api.client.post(
        f"/imports/{resident}/measurements",
        params={"filename": filename},
        content=content,
        headers=api.headers(**headers),
    )


def code(response: httpx.Response) -> str:
    found: str = response.json()["error"]["code"]
    return found


async def test_the_answer_is_the_report(services: Services, client: httpx.AsyncClient) -> None:
    api, _, resident_id = await a_person(services, client)
    content = export(300)
    response = await send(api, resident_id, content)
    assert response.status_code == 200, response.text
    assert response.json() == {
        "filename": "export.xml",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "counts": {"recorded": 300, "unchanged": 0, "duplicate": 0, "refused": 0},
        "skipped": [],
        "refusals": [],
        "broken": None,
    }
    again = await send(api, ids.encode("Resident", resident_id), content)
    assert again.json()["counts"]["unchanged"] == 300
    assert await readings() == 300


async def test_a_real_file_of_each_kind_goes_in_over_http(
    services: Services, client: httpx.AsyncClient, shared_data: Path
) -> None:
    api, _, resident_id = await a_person(services, client)
    for name in (
        "apple_health/jdecool_exporter.xml",
        "health_connect/webhook/healthconnect_android_mixed.json",
        "health_connect/withings_api/withings-body-measures.json",
        "health_connect/omron_csv/omron_report.csv",
    ):
        path = shared_data / name
        response = await send(api, resident_id, path.read_bytes(), path.name)
        assert response.json()["counts"]["recorded"] > 0, response.text


async def test_refusals_are_told_in_the_readers_language(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, _, resident_id = await a_person(services, client)
    content = EXPORT.format(steps(0, "900000000") + steps(1)).encode()
    response = await send(api, resident_id, content, **{"accept-language": "en"})
    [refusal] = response.json()["refusals"]
    assert (refusal["position"], refusal["code"]) == ("reading 1", "PLAUSIBILITY_IMPOSSIBLE")
    assert "cannot have this value" in refusal["message"]


async def test_a_stream_without_length_is_taken(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, _, resident_id = await a_person(services, client)
    content = export(50)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 100):
            yield content[start : start + 100]

    response = await send(api, resident_id, pieces())
    assert response.json()["counts"]["recorded"] == 50


async def test_nothing_is_left_on_the_disk(
    services: Services, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    api, _, resident_id = await a_person(services, client)
    await send(api, resident_id, export(10))
    folder = services.core.settings.data_dir / "uploads"
    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.fixture
async def small(services: Services) -> AsyncIterator[tuple[Services, httpx.AsyncClient]]:
    """A server that takes one megabyte."""
    from dataclasses import replace

    settings = services.core.settings.model_copy(update={"largest_import_mb": 1})
    limited = build_services(replace(services.core, settings=settings))
    transport = httpx.ASGITransport(app=build_app(limited), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield limited, client


async def test_a_file_beyond_the_setting_is_refused_with_and_without_length(
    small: tuple[Services, httpx.AsyncClient],
) -> None:
    services, client = small
    api, _, resident_id = await a_person(services, client)
    content = export(8_000)
    assert len(content) > 1_000_000

    async def endless() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]

    for body in (content, endless()):
        response = await send(api, resident_id, body)
        assert (response.status_code, code(response)) == (413, "FILE_TOO_LARGE")
        assert response.json()["error"]["data"] == {"limit_mb": 1}
    assert await readings() == 0


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", b"nothing that anybody knows", "FILE_FORMAT_UNKNOWN"),
        ("", b"", "FILE_FORMAT_UNKNOWN"),
        ("a.zip", b"PK\x03\x04nothing", "FILE_MALFORMED"),
    ],
)
async def test_a_file_that_is_none_is_refused(
    services: Services, client: httpx.AsyncClient, name: str, content: bytes, expected: str
) -> None:
    api, _, resident_id = await a_person(services, client)
    response = await send(api, resident_id, content, name)
    assert (response.status_code, code(response)) == (400, expected)
    assert await readings() == 0


async def test_a_stranger_and_nobody_are_refused_before_the_file_is_read(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, _, resident_id = await a_person(services, client)
    stranger, _ = await sign_in(services, client)
    read: list[bytes] = []

    async def watched() -> AsyncIterator[bytes]:
        read.append(b"x")
        yield export(1)

    for api, status, expected in (
        (stranger, 403, "ACCESS_DENIED"),
        (Api(client), 401, "TOKEN_MISSING"),
        (Api(client, "nonsense"), 401, "TOKEN_INVALID"),
    ):
        response = await send(api, resident_id, watched())
        assert (response.status_code, code(response)) == (status, expected)
    assert await readings() == 0


async def test_an_address_without_a_residents_id_is_not_found(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, _, _ = await a_person(services, client)
    response = await send(api, "nobody", export(1))
    assert (response.status_code, code(response)) == (404, "RESIDENT_UNKNOWN")
