"""What a phone writes into a picture stays with the phone; the pixels stay as they are."""

from __future__ import annotations

import io

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from backend.reports import scrub
from backend.reports.inspecting import inspect, without_traces

_GPS, _MAKE, _ORIENTATION = 0x8825, 0x010F, 0x0112
_PLACE = b"PLACE-31.2304N-121.4737E"


def _photo() -> Image.Image:
    image = Image.new("RGB", (240, 160), "white")
    image.paste((10, 20, 200), (20, 20, 90, 60))
    return image


def _exif(orientation: int = 6) -> Image.Exif:
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    exif[_MAKE] = _PLACE.decode()
    exif[_GPS] = {1: "N", 2: (31.0, 13.0, 49.4), 3: "E", 4: (121.0, 28.0, 25.3)}
    return exif


def _saved(kind: str, orientation: int = 6) -> bytes:
    buffer, image = io.BytesIO(), _photo()
    if kind == "jpeg":
        image.save(
            buffer, "JPEG", exif=_exif(orientation), comment=_PLACE, xmp=b"<x>" + _PLACE + b"</x>"
        )
    elif kind == "png":
        texts = PngInfo()
        texts.add_text("Location", _PLACE.decode())
        image.save(buffer, "PNG", exif=_exif(orientation), pnginfo=texts)
    else:
        heif = pillow_heif.from_pillow(image)
        heif.save(buffer, exif=_exif(1).tobytes(), xmp=b"<x>" + _PLACE + b"</x>")
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["jpeg", "png", "heic"])
def test_place_and_device_go_and_the_picture_stays_as_it_is_shown(kind: str) -> None:
    pillow_heif.register_heif_opener()
    before = _saved(kind)
    assert _PLACE in before
    found = inspect(before, f"a.{kind}")
    assert _PLACE not in found.data
    with Image.open(io.BytesIO(found.data)) as after, Image.open(io.BytesIO(before)) as sent:
        assert after.tobytes() == sent.tobytes()
        assert not after.getexif().get_ifd(_GPS)
        kept = set(after.getexif()) - {_ORIENTATION}
        assert not kept
    again = inspect(found.data, f"a.{kind}")
    assert again.pages == found.pages


@given(orientation=st.integers(1, 8), kind=st.sampled_from(["jpeg", "png"]))
@settings(max_examples=16, deadline=None)
def test_the_orientation_is_kept(orientation: int, kind: str) -> None:
    data = without_traces(_saved(kind, orientation), kind)
    with Image.open(io.BytesIO(data)) as after:
        assert after.getexif().get(_ORIENTATION, 1) == orientation


def test_what_a_phone_appends_to_a_photo_is_cut_off() -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + _PLACE
    assert _PLACE not in without_traces(_saved("jpeg") + film, "jpeg")


def test_a_progressive_photo_is_whole() -> None:
    buffer = io.BytesIO()
    _photo().save(buffer, "JPEG", progressive=True, exif=_exif())
    data = without_traces(buffer.getvalue(), "jpeg")
    with Image.open(io.BytesIO(data)) as after, Image.open(buffer) as sent:
        assert after.tobytes() == sent.tobytes()


def test_a_photo_within_a_pdf_loses_its_place_in_its_place() -> None:
    photo = _saved("jpeg")
    before = b"%PDF-1.4\nstream\n" + photo + b"\nendstream\n"
    after = scrub.in_place(before, [])
    assert len(after) == len(before)
    assert after != before
    start = after.index(b"\xff\xd8\xff")
    with Image.open(io.BytesIO(after[start:])) as shown, Image.open(io.BytesIO(photo)) as sent:
        assert shown.tobytes() == sent.tobytes()
        assert not shown.getexif()


@given(data=st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    assert scrub.jpeg(b"\xff\xd8" + data, 1).startswith(b"\xff\xd8")
    assert scrub.png(b"\x89PNG\r\n\x1a\n" + data, 1).startswith(b"\x89PNG")
    assert len(scrub.in_place(data, [data[:5]])) == len(data)
