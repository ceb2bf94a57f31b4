"""A father photographs a check-up: from the camera to the trend whose reading opens the crop."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import ImageDraw

from tests.client.phone import Phone, quoted
from tests.ocr import pages

ROWS = [
    ("1", "收缩压", "SBP", "148 ↑", "mmHg", "90-139"),
    ("2", "舒张压", "DBP", "94 ↑", "mmHg", "60-89"),
    ("3", "葡萄糖", "GLU", "7.83 ↑", "mmol/L", "3.9-6.1"),
    ("4", "肌酐", "Cr", "88", "μmol/L", "57-97"),
    ("5", "白细胞", "WBC", "6.2", "10^9/L", "3.5-9.5"),
]
_HEADS = ("序号", "项目名称", "代号", "结果", "单位", "参考范围")


def photograph(path: Path) -> Path:
    """Of a paper from today, so that the trend of the last days has it."""
    image = pages.report(ROWS, head=False)
    draw, face, big = ImageDraw.Draw(image), pages.font(26), pages.font(38)
    assert face is not None
    assert big is not None
    today = datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d")
    draw.text((380, 30), "市第一人民医院体检报告单", font=big, fill=0)
    draw.text((60, 110), "姓名：张建国    性别：男    年龄：74岁", font=face, fill=0)
    for x, text in zip(pages.COLUMNS, _HEADS, strict=True):
        draw.text((x, 170), text, font=face, fill=0)
    draw.text((60, 480), f"检查日期：{today}    报告日期：{today}", font=face, fill=0)
    path.write_bytes(pages.jpeg(image))
    return path


async def chooses(phone: Phone, file: Path, button: str) -> None:
    """In the picker that the button opens."""
    await phone.page.call("Page.setInterceptFileChooserDialog", enabled=True)
    await phone.tap(button)
    await phone.page.until("document.querySelector('input[type=file]') !== null")
    picker = await phone.page.call(
        "Runtime.evaluate", expression="document.querySelector('input[type=file]')"
    )
    await phone.page.call(
        "DOM.setFileInputFiles", files=[str(file)], objectId=picker["result"]["objectId"]
    )


async def sees_the_picture(phone: Phone, label: str) -> None:
    """It is on the page, and the server gives it to this page."""
    found = f"document.querySelector('[role=img][aria-label={quoted(label)}]')"
    await phone.page.until(f"{found} !== null")
    loaded = await phone.page.run(f"""new Promise(done => {{
        const image = new Image()
        image.onload = () => done(image.naturalWidth > 0)
        image.onerror = () => done(false)
        image.src = getComputedStyle({found}).backgroundImage.slice(5, -2)
    }})""")
    assert loaded, label


async def photographs_a_report(phone: Phone, file: Path) -> None:
    await phone.tap("今天")
    await phone.tap("拍一张化验单")
    await chooses(phone, file, "拍照，或从相册里选")
    await phone.sees("核对化验单", "认出 5 项", "μmol/L", "10⁹/L")
    await sees_the_picture(phone, "化验单的照片，红框是正在看的一项")
    await phone.look("16-report")
    await phone.tap("收缩压")
    await sees_the_picture(phone, "照片上的“收缩压”")
    assert await phone.page.run("document.querySelectorAll('.frame-mark').length") == 1
    await phone.look("17-report-item")
    await phone.tap("放进档案")
    await phone.sees("已经放进档案")
    await phone.tap("返回")
    await phone.tap("返回")
    await phone.sees("186/99")  # measured later than the paper
    await phone.tap("186/99")
    await phone.sees("最近的记录", "148/94", "最低 148，最高 186")
    await phone.look("18-trend-with-paper")
    await phone.tap("148/94")
    await phone.sees("这一条是怎么来的", "化验单上的原样", "时间：今天\n")  # and no 00:00
    await sees_the_picture(phone, "化验单上这一项的照片")
    await phone.look("19-reading-from-paper")
