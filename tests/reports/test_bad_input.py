"""Files that are refused: each with its own code, and nothing of them stored."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import httpx
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from backend.reports.limits import FILE_BYTES, FILES, PAGES
from backend.services import Services
from tests.api import Api
from tests.ocr import pages
from tests.reports.papers import a_photo
from tests.reports.people import NOTHING_STORED, Person, a_person, code_of, stored


def _png(width: int, height: int) -> bytes:
    """A picture that says how large it is, and hardly holds a pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * min(height, 20_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _pdf(count: int, size: tuple[float, float] = (200, 200), **options: object) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, **options)
    for number in range(count):
        canvas.drawString(20, 100, f"page {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _locked() -> bytes:
    return _pdf(1, encrypt=StandardEncryption("secret", canPrint=0))


def _jpeg() -> bytes:
    return pages.jpeg(Image.new("RGB", (300, 300), "white"))


BAD: dict[str, tuple[str, Callable[[], bytes], int, str]] = {
    "empty": ("a.jpg", lambda: b"", 400, "OCR_FILE_EMPTY"),
    "wrong extension": ("a.pdf", _jpeg, 400, "OCR_EXTENSION_WRONG"),
    "no picture": ("a.jpg", lambda: b"MZ" + bytes(500), 415, "OCR_FORMAT_UNSUPPORTED"),
    "a zip": ("a.jpg", lambda: b"PK\x03\x04" + bytes(99), 415, "OCR_FORMAT_UNSUPPORTED"),
    "cut off": ("a.jpg", lambda: _jpeg()[:-400], 400, "OCR_FILE_CORRUPT"),
    "three bytes of a photo": ("a.jpg", lambda: b"\xff\xd8\xffabcde", 400, "OCR_FILE_CORRUPT"),
    "a zip behind a picture": (
        "a.jpg", lambda: _jpeg() + b"PK\x05\x06" + bytes(18), 400, "OCR_FILE_POLYGLOT",
    ),
    "a page behind a picture": (
        "a.jpg", lambda: _jpeg() + b"<script>alert(1)</script>", 400, "OCR_FILE_POLYGLOT",
    ),
    "a locked PDF": ("a.pdf", _locked, 400, "OCR_PDF_ENCRYPTED"),
    "a broken PDF": ("a.pdf", lambda: b"%PDF-1.7 nothing more", 400, "OCR_FILE_CORRUPT"),
    "41 pages": ("a.pdf", lambda: _pdf(41), 413, "OCR_TOO_MANY_PAGES"),
    "a PDF bomb": ("a.pdf", lambda: _pdf(1, (14_000, 14_000)), 413, "OCR_TOO_MANY_PIXELS"),
    "100 megapixels": ("a.png", lambda: _png(10_000, 10_000), 413, "OCR_TOO_MANY_PIXELS"),
    "a decompression bomb": ("a.png", lambda: _png(60_000, 60_000), 413, "OCR_TOO_MANY_PIXELS"),
    "one pixel": ("a.png", lambda: _png(1, 1), 400, "OCR_PICTURE_TOO_SMALL"),
}  # fmt: skip


async def test_bad_files_are_refused_each_with_its_code_and_nothing_stored(
    services: Services, person: Person
) -> None:
    found = {}
    for what, (name, make, _, _) in BAD.items():
        answer = await person.send((name, make()))
        assert answer.json()["error"]["message"]
        found[what] = (answer.status_code, code_of(answer))
    assert found == {what: (status, code) for what, (_, _, status, code) in BAD.items()}
    assert await stored(services) == NOTHING_STORED


async def test_one_bad_file_among_good_ones_refuses_all(services: Services, person: Person) -> None:
    answer = await person.send(("1.png", a_photo(1)), ("2.png", b"\x89PNG\r\n\x1a\nbroken"))
    assert code_of(answer) == "OCR_FILE_CORRUPT"
    assert await stored(services) == NOTHING_STORED


async def test_200_megabytes_are_refused_before_they_are_read(
    services: Services, person: Person
) -> None:
    read = 0

    async def body() -> object:
        nonlocal read
        for _ in range(200):
            read += 1
            yield bytes(1024 * 1024)

    headers = person.api.headers(**{
        "content-type": "multipart/form-data; boundary=b",
        "content-length": str(200 * 1024 * 1024),
    })  # fmt: skip
    url = f"/reports/{person.id}"
    answer = await person.api.client.post(url, content=body(), headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, code_of(answer)) == (413, "REPORT_UPLOAD_TOO_LARGE")
    assert await stored(services) == NOTHING_STORED


async def test_a_body_that_does_not_say_its_length_is_cut_off(
    services: Services, person: Person
) -> None:
    async def body() -> object:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        for _ in range(100):
            yield bytes(1024 * 1024)

    headers = person.api.headers(**{"content-type": "multipart/form-data; boundary=b"})
    url = f"/reports/{person.id}"
    answer = await person.api.client.post(url, content=body(), headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, code_of(answer)) == (413, "REPORT_UPLOAD_TOO_LARGE")
    assert await stored(services) == NOTHING_STORED


async def test_a_file_over_its_limit_is_refused(services: Services, person: Person) -> None:
    answer = await person.send(("a.jpg", b"\xff\xd8\xff" + bytes(FILE_BYTES)))
    assert (answer.status_code, code_of(answer)) == (413, "OCR_FILE_TOO_LARGE")
    assert await stored(services) == NOTHING_STORED


async def test_no_file_and_too_many_files(services: Services, person: Person) -> None:
    url, headers = f"/reports/{person.id}", person.api.headers()
    empty = await person.api.client.post(url, files={"other": ("a", b"x")}, headers=headers)
    assert code_of(empty) == "REPORT_NO_FILE"
    many = await person.send(*((f"{n}.png", a_photo(n)) for n in range(FILES + 1)))
    assert code_of(many) == "REPORT_TOO_MANY_FILES"
    assert await stored(services) == NOTHING_STORED


async def test_a_report_has_at_most_40_pages_however_they_come(
    services: Services, person: Person
) -> None:
    report = await person.uploaded(("a.pdf", _pdf(PAGES - 1)))
    before = await stored(services)
    answer = await person.send(("b.pdf", _pdf(2)), report=report)
    assert (answer.status_code, code_of(answer)) == (413, "OCR_TOO_MANY_PAGES")
    assert await stored(services) == before


async def test_a_body_that_is_no_form_is_refused(services: Services, person: Person) -> None:
    url = f"/reports/{person.id}"
    headers = person.api.headers(**{"content-type": "multipart/form-data"})
    answer = await person.api.client.post(url, content=b"x", headers=headers)
    assert (answer.status_code, code_of(answer)) == (400, "UPLOAD_HEADER_WRONG")
    assert await stored(services) == NOTHING_STORED


async def test_strangers_and_caregivers_without_the_grant_cannot_upload(
    services: Services, client: httpx.AsyncClient, person: Person
) -> None:
    stranger = await a_person(services, client)
    answer = await stranger.send(("a.png", a_photo()), to=person.id)
    assert (answer.status_code, code_of(answer)) == (403, "ACCESS_DENIED")
    nobody = await Person(Api(client), person.viewer, person.resident_id).send(("a", a_photo()))
    assert (nobody.status_code, code_of(nobody)) == (401, "TOKEN_MISSING")
    assert await stored(services) == NOTHING_STORED
