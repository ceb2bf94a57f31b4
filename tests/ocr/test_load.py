"""What is refused before anything is read, and why."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.errors import (
    ExtensionWrong,
    FileCorrupt,
    FileEmpty,
    FileMissing,
    FilePolyglot,
    FileTooLarge,
    FormatUnsupported,
    OcrError,
    PdfEncrypted,
    PictureTooSmall,
    TooManyPages,
    TooManyPixels,
)
from ocr.image import limits, load
from tests.ocr import pages


def _pages(data: bytes, name: str = "") -> list[load.Page]:
    return list(load.load_bytes(data, name))


def _white(width: int, height: int) -> Image.Image:
    return Image.new("RGB", (width, height), "white")


def _bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it holds width x height pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 4096, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_pictures_come_as_displayed() -> None:
    image = Image.fromarray(np.zeros((100, 200, 3), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    page = _pages(pages.jpeg(image, exif=exif), "a.jpg")[0]
    assert page.image.shape == (200, 100, 3)


def test_heic_is_read() -> None:
    import io

    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(_white(320, 200)).save(buffer)
    assert _pages(buffer.getvalue(), "IMG_1.HEIC")[0].image.shape == (200, 320, 3)


def test_transparency_becomes_white_paper() -> None:
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    assert int(_pages(pages.png(image))[0].image.min()) == 255


def test_sixteen_bit_grey_is_read() -> None:
    image = Image.fromarray(np.full((80, 90), 40000, np.uint16))
    assert 100 < int(_pages(pages.png(image))[0].image.mean()) < 200


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (b"", "a.png", FileEmpty),
        (b"hello world" * 9, "a.png", FormatUnsupported),
        (b"GIF89a" + b"\0" * 50, "a.gif", FormatUnsupported),
        (b"PK\x03\x04" + b"\0" * 50, "a.jpg", FormatUnsupported),
        (pages.png(_white(100, 100)), "a.jpg", ExtensionWrong),
        (pages.jpeg(_white(100, 100)), "a.pdf", ExtensionWrong),
        (pages.png(_white(100, 100)), "a.exe", ExtensionWrong),
        (pages.jpeg(_white(100, 100)) + b"%PDF-1.7\n1 0 obj", "a.jpg", FilePolyglot),
        (pages.png(_white(100, 100)) + b"PK\x05\x06" + b"\0" * 18, "a.png", FilePolyglot),
        (pages.jpeg(_white(100, 100)) + b"<script>alert(1)</script>", "a.jpg", FilePolyglot),
        (pages.png(_white(100, 100))[:60], "a.png", FileCorrupt),
        (pages.jpeg(_white(400, 400))[:300], "a.jpg", FileCorrupt),
        (b"%PDF-1.7\nnothing here", "a.pdf", FileCorrupt),
        (pages.png(_white(1, 1)), "a.png", PictureTooSmall),
        (_bomb(60000, 60000), "a.png", TooManyPixels),
        (_bomb(10000, 10000), "a.png", TooManyPixels),
        (pages.pdf([_white(200, 200)])[:400], "a.pdf", FileCorrupt),
    ],
)
def test_bad_files_are_refused(data: bytes, name: str, error: type[OcrError]) -> None:
    with pytest.raises(error) as caught:
        _pages(data, name)
    assert type(caught.value) is error
    assert caught.value.message("zh")
    assert caught.value.code.startswith("OCR_")


def test_a_file_over_the_limit_is_not_even_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = tmp_path / "a.png"
    with big.open("wb") as file:
        file.truncate(200 * 1024 * 1024)

    def never(self: Path) -> bytes:
        raise AssertionError("read")

    monkeypatch.setattr(Path, "read_bytes", never)
    with pytest.raises(FileTooLarge):
        list(load.load(big))


def test_a_missing_file_and_a_folder_are_missing(tmp_path: Path) -> None:
    for path in (tmp_path / "none.png", tmp_path):
        with pytest.raises(FileMissing):
            list(load.load(path))


def test_pdf_pages_are_at_two_hundred_dpi() -> None:
    found = _pages(pages.pdf([_white(400, 600), _white(400, 600)]), "a.pdf")
    assert [p.number for p in found] == [1, 2]
    assert all(abs(p.image.shape[0] - 600) <= 2 and abs(p.image.shape[1] - 400) <= 2 for p in found)
    assert all(p.tokens is None for p in found)


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    with pytest.raises(TooManyPages) as caught:
        _pages(pages.pdf([_white(70, 70)] * (limits.MAX_PAGES + 1)))
    assert caught.value.data == {"pages": limits.MAX_PAGES + 1, "limit": limits.MAX_PAGES}


def test_a_pdf_page_of_giant_size_is_refused() -> None:
    data = pages.pdf([_white(100, 100)]).replace(
        b"/MediaBox [ 0 0 36.0 36.0 ]", b"/MediaBox [ 0 0 14400 14400 ]"
    )
    assert b"14400" in data
    with pytest.raises(TooManyPixels):
        _pages(data)


def test_an_encrypted_pdf_asks_for_its_password_to_be_removed() -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    import io

    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, encrypt="secret")
    page.drawString(100, 700, "hidden")
    page.save()
    with pytest.raises(PdfEncrypted):
        _pages(buffer.getvalue(), "a.pdf")


def test_errors_survive_the_way_between_processes() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(TooManyPages(pages=41, limit=40)))
    assert isinstance(error, TooManyPages)
    assert "41" in error.message("zh")
