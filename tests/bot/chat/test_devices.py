"""A photographed display in the chat: compared, said yes to, recorded; any other is a report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from backend.measurements.picture.limits import PER_ACCOUNT
from backend.reports.documents import ReportDocument
from backend.services import Services
from bot.chat.chat import Chat
from bot.chat.talk import Talk, dumped, loaded
from ocr.errors import OcrError
from ocr.meter.errors import MeterKindUnknown, MeterUnclear
from ocr.meter.model import Meter
from tests.bot.chat.talking import Talker, stored
from tests.client.metering import a_thermometer
from tests.factories import a_resident
from tests.measurements.test_pictures import CUFF, Here, shows
from tests.reports.papers import SANDBOX, a_photo

T = TypeVar("T")
AS_A_REPORT = "收到了，正在识别"


class Never:
    """Nobody reads a photo of a device here."""

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        raise AssertionError("no display is looked for")

    def close(self) -> None: ...


async def sent(talker: Talker, data: bytes, looked: Any) -> str:
    services = talker.services
    services.pictures._process = looked
    for room in (services.reports.reports, services.reports.intake):
        room._sandbox = SANDBOX
    talker.replies = await Chat(services).file(talker.viewer, talker.talk, data, "")
    return "\n".join(each.text for each in talker.replies)


async def reports() -> int:
    return await ReportDocument.find_all().count()


async def test_a_thermometers_photo_is_read_compared_and_recorded_after_a_yes(
    services: Services, tmp_path: Path
) -> None:
    viewer, resident_id = await a_resident(services)
    talker = Talker(services, viewer)
    photo = tmp_path / "t.jpg"
    degrees = a_thermometer(photo)

    told = await sent(talker, photo.read_bytes(), SANDBOX)

    assert told.startswith("照片上认出了下面的数，请和仪器比一比。\n")
    assert f"体温 {degrees} ℃" in told
    assert await stored(resident_id) == []
    assert (await talker.says("对")).startswith("已给张建国记下")
    [kept] = await stored(resident_id)
    assert kept["kind"] == "temperature"
    assert await reports() == 0


async def test_a_pressure_with_its_pulse_is_recorded_and_taken_back(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    talker = Talker(services, viewer)

    told = await sent(talker, b"photo", Here(CUFF))

    assert "128/82" in told
    assert "71" in told
    await talker.presses("记下")
    assert [each["kind"] for each in await stored(resident_id)] == ["blood_pressure"]
    await talker.says("撤销")
    assert await stored(resident_id) == []


async def test_a_photo_of_what_was_just_said_is_not_offered_twice(services: Services) -> None:
    viewer, _ = await a_resident(services)
    talker = Talker(services, viewer)
    await talker.says("血压128/82")
    assert await sent(talker, b"photo", Here(CUFF)) == "照片上也是这个数，记下上面的就好。"
    # An older offer has its own time, and is not what this photo shows.
    await talker.says("体重62公斤")
    assert "128/82" in await sent(talker, b"photo", Here(CUFF))
    await talker.says("血压129/82")
    assert "128/82" in await sent(talker, b"photo", Here(CUFF))


@pytest.mark.parametrize("no", ["不对", None])
async def test_after_a_no_the_next_photo_is_a_report_whatever_it_shows(
    services: Services, no: str | None
) -> None:
    viewer, resident_id = await a_resident(services)
    talker = Talker(services, viewer)
    await sent(talker, b"photo", Here(CUFF))

    said = await (talker.says(no) if no else talker.presses("不"))

    assert said.startswith("好，没有记。请直接打字")
    talker.talk = loaded(dumped(talker.talk))
    assert AS_A_REPORT in await sent(talker, a_photo(), Never())
    assert "照片上认出了" in await sent(talker, b"photo", Here(CUFF))
    assert await stored(resident_id) == []
    assert await reports() == 1


@pytest.mark.parametrize("error", [MeterUnclear(), MeterKindUnknown()])
async def test_a_photo_without_a_clear_display_is_taken_for_a_report(
    services: Services, error: OcrError
) -> None:
    viewer, _ = await a_resident(services)
    talker = Talker(services, viewer)
    assert AS_A_REPORT in await sent(talker, a_photo(), Here(error))
    assert await reports() == 1


async def test_who_sent_many_photos_sends_reports(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    for _ in range(PER_ACCOUNT.count):
        await services.pictures.require(viewer, resident_id, None)
    assert AS_A_REPORT in await sent(Talker(services, viewer), a_photo(), Never())


@pytest.mark.parametrize(
    "display", [shows("temperature", "temperature", 50.0, "Cel"), shows("spo2", "spo2", 12, "%")]
)
async def test_numbers_that_cannot_well_be_true_are_neither_offered_nor_a_report(
    services: Services, display: Meter
) -> None:
    viewer, _ = await a_resident(services)
    talker = Talker(services, viewer)
    said = await sent(talker, a_photo(), Here(display))
    assert said == "照片上读出的数字不太合理，怕读错了。请再拍一张，或者直接按数字。"
    assert talker.talk.offered.things == {}
    assert await reports() == 0


async def test_a_talk_of_an_older_program_is_read(services: Services) -> None:
    assert loaded(b"{}") == Talk()
