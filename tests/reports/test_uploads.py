"""A file in pieces: cut off, gone on with, refused, abandoned, expired."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from backend.core.clock import FixedClock
from backend.reports.errors import UploadNotFound
from backend.reports.limits import FILE_BYTES, OPEN_UPLOADS
from backend.services import Services
from tests.ocr import pages
from tests.reports.graphql import operation, report_of
from tests.reports.papers import a_photo
from tests.reports.people import NOTHING_STORED, Person, a_person, code_of, stored

TUS = {"tus-resumable": "1.0.0"}


async def _begin(person: Person, length: int, name: str = "a.png", **more: str) -> httpx.Response:
    said = f"filename {base64.b64encode(name.encode()).decode()}"
    for key, value in more.items():
        said += f",{key} {base64.b64encode(value.encode()).decode()}"
    headers = person.api.headers(**TUS, **{"upload-length": str(length), "upload-metadata": said})
    return await person.api.client.post(f"/uploads/{person.id}", headers=headers)


async def _send(
    person: Person, place: str, offset: int, content: bytes | AsyncIterator[bytes]
) -> httpx.Response:
    headers = person.api.headers(**TUS, **{
        "upload-offset": str(offset), "content-type": "application/offset+octet-stream",
    })  # fmt: skip
    return await person.api.client.patch(place, content=content, headers=headers)


async def _offset(person: Person, place: str) -> int:
    answer = await person.api.client.head(place, headers=person.api.headers(**TUS))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return int(answer.headers["upload-offset"])


async def test_a_file_arrives_in_pieces_and_is_the_file(services: Services, person: Person) -> None:
    data = pages.png(pages.report()) if pages.font(20) else a_photo()
    begun = await _begin(person, len(data))
    assert begun.status_code == 201
    place = begun.headers["location"]
    half = len(data) // 2
    first = await _send(person, place, 0, data[:half])
    assert (first.status_code, first.headers["upload-offset"]) == (204, str(half))
    assert await _offset(person, place) == half
    shown = await person.api.ask(operation("reports"), id=person.id)
    waiting = shown["resident"]["unfinishedUploads"]
    assert [(each["offset"], each["length"]) for each in waiting] == [(half, len(data))]
    last = await _send(person, place, half, data[half:])
    assert last.status_code == 204
    report = last.headers["kangban-report"]
    assert (await report_of(person.api, report))["state"] == "READING"
    found = await stored(services)
    assert (found["reports"], found["blobs.files"], found["report_pieces"]) == (1, 1, 0)
    outcome = await person.api.client.get(place, headers=person.api.headers())
    assert outcome.json()["report"] == report
    again = await _send(person, place, len(data), b"")
    assert (again.status_code, again.headers["kangban-report"]) == (204, report)


async def test_what_arrived_before_the_line_broke_is_kept(
    services: Services, person: Person
) -> None:
    data = a_photo()
    place = (await _begin(person, len(data))).headers["location"]
    path = httpx.URL(place).path

    # A client that goes away: its request ends with http.disconnect instead of the rest.
    sent = [
        {"type": "http.request", "body": data[:100], "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return sent.pop(0) if sent else {"type": "http.disconnect"}

    async def send(_: object) -> None:
        pass

    headers = person.api.headers(**TUS, **{
        "upload-offset": "0", "content-type": "application/offset+octet-stream",
        "host": "127.0.0.1:8000",
    })  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "PATCH",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 1), "root_path": "", "state": {},
    }  # fmt: skip
    transport = person.api.client._transport
    assert isinstance(transport, httpx.ASGITransport)
    await transport.app(scope, receive, send)
    assert await _offset(person, place) == 100
    assert (await stored(services))["reports"] == 0
    done = await _send(person, place, 100, data[100:])
    assert "kangban-report" in done.headers


async def test_who_knows_no_patch_sends_the_pieces_by_post(person: Person) -> None:
    data = a_photo()
    place = (await _begin(person, len(data))).headers["location"]
    piece = {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
    headers = person.api.headers(**TUS, **piece)
    plain = await person.api.client.post(place, content=data[:50], headers=headers)
    assert code_of(plain) == "UPLOAD_HEADER_WRONG"
    assert await _offset(person, place) == 0
    headers["x-http-method-override"] = "PATCH"
    sent = await person.api.client.post(place, content=data[:50], headers=headers)
    assert (sent.status_code, sent.headers["upload-offset"]) == (204, "50")


async def test_what_cannot_go_on_says_where_or_why(services: Services, person: Person) -> None:
    data = a_photo()
    place = (await _begin(person, len(data))).headers["location"]
    await _send(person, place, 0, data[:50])
    wrong = await _send(person, place, 10, data[10:20])
    assert (wrong.status_code, code_of(wrong)) == (409, "UPLOAD_OFFSET_WRONG")
    assert wrong.json()["error"]["data"] == {"offset": 50}
    more = await _send(person, place, 50, data[50:] + b"more")
    assert (more.status_code, code_of(more)) == (413, "REPORT_UPLOAD_TOO_LARGE")
    assert await _offset(person, place) == 50
    bare = await person.api.client.patch(place, content=b"x", headers=person.api.headers())
    assert (bare.status_code, code_of(bare)) == (412, "UPLOAD_VERSION_WRONG")
    headers = person.api.headers(**TUS, **{"upload-offset": "50"})
    kind = await person.api.client.patch(place, content=b"x", headers=headers)
    assert code_of(kind) == "UPLOAD_HEADER_WRONG"
    large = await _begin(person, FILE_BYTES + 1)
    assert (large.status_code, code_of(large)) == (413, "REPORT_UPLOAD_TOO_LARGE")
    unnumbered = await person.api.client.post(
        f"/uploads/{person.id}", headers=person.api.headers(**TUS, **{"upload-length": "many"})
    )
    assert code_of(unnumbered) == "UPLOAD_HEADER_WRONG"
    able = await person.api.client.options(f"/uploads/{person.id}")
    assert able.headers["tus-version"] == "1.0.0"
    assert able.headers["tus-max-size"] == str(FILE_BYTES)
    assert (await stored(services))["report_uploads"] == 1


async def test_a_refused_file_leaves_nothing(services: Services, person: Person) -> None:
    place = (await _begin(person, 8, "a.jpg")).headers["location"]
    refused = await _send(person, place, 0, b"\xff\xd8\xffabcde")
    assert (refused.status_code, code_of(refused)) == (400, "OCR_FILE_CORRUPT")
    assert await stored(services) == NOTHING_STORED
    gone = await person.api.client.head(place, headers=person.api.headers(**TUS))
    assert gone.status_code == 404


async def test_abandoned_expired_and_somebody_elses_are_not_found(
    services: Services, person: Person, clock: FixedClock, client: httpx.AsyncClient
) -> None:
    place = (await _begin(person, 100)).headers["location"]
    other = await a_person(services, client)
    theirs = place.replace(person.id, other.id)
    found = await client.get(theirs, headers=other.api.headers())
    assert (found.status_code, code_of(found)) == (404, "UPLOAD_NOT_FOUND")
    strange = await client.get(place, headers=other.api.headers())
    assert (strange.status_code, code_of(strange)) == (403, "ACCESS_DENIED")
    dropped = await client.delete(place, headers=person.api.headers(**TUS))
    assert dropped.status_code == 204
    assert await stored(services) == NOTHING_STORED
    begin, viewer = services.reports.uploads.begin, person.viewer
    upload = await begin(viewer, person.resident_id, length=10)
    clock.advance(timedelta(days=8))
    viewer.memo.clear()
    assert await services.reports.uploads.unfinished(viewer, person.resident_id) == []
    with pytest.raises(UploadNotFound):
        await services.reports.uploads.get(viewer, person.resident_id, upload.id)


async def test_unfinished_uploads_are_limited(services: Services, person: Person) -> None:
    for _ in range(OPEN_UPLOADS):
        await services.reports.uploads.begin(person.viewer, person.resident_id, length=10)
    answer = await _begin(person, 10)
    assert (answer.status_code, code_of(answer)) == (429, "TOO_MANY_UPLOADS")
    assert (await stored(services))["report_uploads"] == OPEN_UPLOADS


async def test_pieces_go_to_the_report_they_are_meant_for(
    services: Services, person: Person
) -> None:
    report = await person.uploaded(("a.png", a_photo(1)))
    data = a_photo(2)
    place = (await _begin(person, len(data), report=report)).headers["location"]
    done = await _send(person, place, 0, data)
    assert done.headers["kangban-report"] == report
    assert len((await report_of(person.api, report))["pages"]) == 2
