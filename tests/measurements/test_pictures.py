"""A photo of a device becomes a reading to confirm; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import pytest

from backend.measurements.picture.limits import BYTES, PER_ACCOUNT
from backend.measurements.picture.pictures import read_picture
from backend.services import Services
from graphql_api.common import ids
from ocr.errors import FileCorrupt, OcrError
from ocr.meter.errors import MeterUnclear
from ocr.meter.model import Box, Meter, Shown
from tests.api import sign_in
from tests.factories import a_resident
from tests.measurements.metering import readings

T = TypeVar("T")


class Here:
    """Says of every photo what it was told to say; reading itself is tested in tests/ocr/meter."""

    def __init__(self, answer: Meter | OcrError) -> None:
        self.answer = answer

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        assert work is read_picture
        if isinstance(self.answer, OcrError):
            raise self.answer
        return self.answer  # type: ignore[return-value]

    def close(self) -> None:
        raise AssertionError("nobody closes it")


def shown(component: str, value: float, unit: str, top: float = 0.1) -> Shown:
    return Shown(component, f"{value:g}", value, unit, 0.9, Box(0.1, top, 0.5, top + 0.2))


CUFF = Meter(
    "blood_pressure",
    (
        shown("systolic", 128, "mm[Hg]", 0.1),
        shown("diastolic", 82, "mm[Hg]", 0.3),
        shown("pulse", 71, "/min", 0.5),
    ),
)


def shows(kind: str, component: str, value: float, unit: str) -> Meter:
    return Meter(kind, (shown(component, value, unit),))


def said(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


async def test_a_photo_of_a_cuff_is_proposed_and_nothing_is_stored(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    object.__setattr__(services.pictures, "_process", Here(CUFF))
    place = f"/pictures/{ids.encode('Resident', resident_id)}/reading"
    for asked in ({"kind": "BLOOD_PRESSURE"}, {}):
        answer = await client.post(place, params=asked, content=b"photo", headers=api.headers())
        assert answer.status_code == 200, answer.text
        proposal = answer.json()
        assert proposal["kind"] == "BLOOD_PRESSURE"
        assert [(each["component"], each["text"], each["unit"]) for each in proposal["values"]] == [
            ("systolic", "128", "mm[Hg]"),
            ("diastolic", "82", "mm[Hg]"),
            ("pulse", "71", "/min"),
        ]
        first = proposal["values"][0]
        assert first["confidence"] == 0.9
        assert first["box"] == {"left": 0.1, "top": 0.1, "right": 0.5, "bottom": pytest.approx(0.3)}
    assert await readings() == 0
    kept = [each for each in services.core.settings.data_dir.rglob("*") if each.is_file()]
    assert [each.name for each in kept] == ["master.key"]


async def test_what_cannot_be_told_is_refused_with_its_reason_and_never_guessed(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    stranger, _ = await sign_in(services, client)
    place = f"/pictures/{resident_id}/reading"

    async def sent(answer: Meter | OcrError, kind: str = "WEIGHT", by: Any = api) -> httpx.Response:
        object.__setattr__(services.pictures, "_process", Here(answer))
        return await client.post(
            place, params={"kind": kind}, content=b"photo", headers=by.headers()
        )

    fine = shows("weight", "weight", 130.8, "jin")
    assert (await sent(fine)).json()["values"][0]["unit"] == "jin"
    assert said(await sent(MeterUnclear())) == (400, "DISPLAY_UNCLEAR")
    assert said(await sent(FileCorrupt())) == (400, "OCR_FILE_CORRUPT")
    assert said(await sent(shows("weight", "weight", 1308, "kg"))) == (400, "PICTURE_IMPLAUSIBLE")
    rare = shows("glucose", "glucose", 45.1, "mmol/L")
    assert said(await sent(rare, "GLUCOSE")) == (400, "PICTURE_IMPLAUSIBLE")
    assert said(await sent(fine, "STEPS")) == (400, "PICTURE_KIND_UNFIT")
    assert said(await sent(fine, "nonsense")) == (400, "PICTURE_KIND_UNFIT")
    assert (await sent(fine, by=stranger)).status_code in (403, 404)
    large = await client.post(
        place, content=b"", headers=api.headers(**{"content-length": str(BYTES + 1)})
    )
    assert said(large) == (413, "PICTURE_TOO_LARGE")
    for _ in range(PER_ACCOUNT.count):
        last = await sent(fine)
    assert said(last) == (429, "PICTURE_TOO_OFTEN")
    assert await readings() == 0
