"""Small pages for tests: drawn here, read by the real engine."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)

ROWS = [
    ("1", "葡萄糖", "GLU", "7.83 ↑", "mmol/L", "3.9-6.1"),
    ("2", "肌酐", "Cr", "88", "μmol/L", "男:57-97 女:41-73"),
    ("3", "白细胞计数", "WBC", "12.1↑", "×10^9/L", "3.5~9.5"),
    ("4", "钾", "K", "3.2 L", "mmol/L", "3.5--5.3"),
    ("5", "乙肝表面抗原", "HBsAg", "<0.005", "IU/mL", "<0.05"),
    ("6", "尿蛋白", "PRO", "阳性(++)", "", "阴性"),
]
COLUMNS = (60, 130, 380, 520, 680, 860)


def font(size: int) -> ImageFont.FreeTypeFont | None:
    """A Chinese font, None where the machine has none."""
    path = next((p for p in _FONTS if Path(p).exists()), None)
    return (
        ImageFont.truetype(path, size, index=2 if path and "noto" in path else 0) if path else None
    )


def report(rows: Sequence[tuple[str, ...]] | None = None, head: bool = True) -> Image.Image:
    """A small laboratory report."""
    face, big = font(26), font(38)
    assert face is not None
    assert big is not None
    image = Image.new("RGB", (1200, 760), "white")
    draw = ImageDraw.Draw(image)
    if head:
        draw.text((380, 30), "市第一人民医院检验报告单", font=big, fill=0)
        draw.text(
            (60, 110), "姓名：张建国    性别：男    年龄：62岁    标本：血清", font=face, fill=0
        )
        for x, text in zip(
            COLUMNS, ("序号", "项目名称", "代号", "结果", "单位", "参考范围"), strict=True
        ):
            draw.text((x, 170), text, font=face, fill=0)
    y = 220
    for row in ROWS if rows is None else rows:
        for x, text in zip(COLUMNS, row, strict=True):
            draw.text((x, y), text, font=face, fill=0)
        y += 48
    if head:
        draw.text(
            (60, y + 30),
            "采集时间：2026-11-03 08:12    报告时间：2026-11-03 10:40",
            font=face,
            fill=0,
        )
    return image


def png(image: Image.Image) -> bytes:
    """The picture as a PNG file."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def jpeg(image: Image.Image, **options: object) -> bytes:
    """The picture as a JPEG file."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90, **options)
    return buffer.getvalue()


def pdf(pages: list[Image.Image], dpi: int = 200) -> bytes:
    """Pictures as a scanned PDF."""
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=dpi)
    return buffer.getvalue()
