"""What people upload beside good photos: each ends in a clear state, with the real engine."""

from __future__ import annotations

import io
import random
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from backend.reports.limits import PAGES
from backend.reports.reader import ReportReader
from tests.evals.ocr import papers as drawn
from tests.ocr import pages
from tests.reports.graphql import report_of
from tests.reports.people import Person

_HEAD = ("项目名称", "结果", "单位", "参考范围")


async def _read(person: Person, reader: ReportReader, *images: Image.Image) -> dict[str, Any]:
    files = [(f"{n}.jpg", pages.jpeg(each)) for n, each in enumerate(images)]
    report = await person.uploaded(*files)
    assert await reader.drain() == 1
    return await report_of(person.api, report)


async def test_what_is_no_report_gives_no_result(person: Person, reader: ReportReader) -> None:
    rng = random.Random(7)
    blank = await _read(person, reader, Image.new("RGB", (900, 1200), "white"))
    assert blank["state"] == "FAILED"
    assert blank["progress"]["failure"]["code"] == "REPORT_NOTHING_READ"
    assert blank["progress"]["failure"]["advice"] == ["no_text"]
    chat = await _read(person, reader, drawn.chat(rng)[0])
    assert (chat["state"], chat["kind"], chat["items"]) == ("READY", "OTHER", [])
    view = await _read(person, reader, drawn.landscape(rng)[0])
    assert view["items"] == []
    assert view["state"] in {"FAILED", "READY"}


async def test_bad_light_and_bad_angles_are_read_or_say_what_to_do(
    person: Person, reader: ReportReader
) -> None:
    page = pages.report()
    turned = await _read(person, reader, page.rotate(180))
    assert [each["text"] for each in turned["items"]][:2] == ["7.83", "88"]
    assert turned["items"][0]["evidence"]["box"]["left"] > 600
    dark = await _read(person, reader, ImageEnhance.Brightness(page).enhance(0.12))
    assert "dark" in dark["pages"][0]["advice"]
    half = await _read(person, reader, page.crop((0, 190, 1200, 520)))
    assert half["state"] == "READY"
    assert "7.83" in [each["text"] for each in half["items"]]


async def test_two_peoples_reports_on_one_photo_are_marked_throughout(
    person: Person, reader: ReportReader
) -> None:
    one, other = pages.report(), pages.report(pages.ROWS[:3])
    both = Image.fromarray(np.vstack([np.asarray(one), np.asarray(other)]))
    again = await _read(person, reader, _named(both, "李秀英"))
    assert again["state"] == "READY"
    assert again["warnings"] == ["several_patients"]
    assert all(each["uncertain"] for each in again["items"])


async def test_pages_of_one_report_are_read_as_one(person: Person, reader: ReportReader) -> None:
    first, second = pages.report(pages.ROWS[:3]), pages.report(pages.ROWS[3:], head=False)
    found = await _read(person, reader, first, second)
    assert [each["text"] for each in found["items"]] == [
        "7.83", "88", "12.1", "3.2", "<0.005", "阳性(++)",
    ]  # fmt: skip
    assert {each["evidence"]["page"] for each in found["items"]} == {1, 2}
    assert len(found["pages"]) == 2


async def test_forty_pages_with_their_own_text_are_read(
    person: Person, reader: ReportReader
) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(500, 300))
    for number in range(PAGES):
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(30, 260, "市第一人民医院检验报告单")
        row = ("葡萄糖", f"{4 + number / 100:.2f}", "mmol/L", "3.9-6.1")
        for y, texts in ((220, _HEAD), (200, row)):
            for x, text in zip((30, 150, 250, 350), texts, strict=True):
                canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    report = await person.uploaded(("a.pdf", buffer.getvalue()))
    assert await reader.drain() == 1
    found = await report_of(person.api, report)
    assert (found["state"], len(found["pages"])) == ("READY", PAGES)
    assert [each["evidence"]["page"] for each in found["items"]] == list(range(1, PAGES + 1))


def _named(image: Image.Image, name: str) -> Image.Image:
    """Another name on the lower half."""
    draw = ImageDraw.Draw(image)
    draw.rectangle((50, 760 + 100, 320, 760 + 150), fill="white")
    draw.text((60, 760 + 110), f"姓名：{name}", font=pages.font(26), fill=0)
    return image
