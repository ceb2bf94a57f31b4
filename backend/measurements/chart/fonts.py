"""A font that has Chinese, where the machine has one. matplotlib is loaded here, late."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

# Simplified forms first: the Japanese face draws 骨, 直 and 糖 another way.
FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Noto Sans CJK TC",
    "Noto Sans CJK JP",
    "Droid Sans Fallback",
)


@cache
def chinese_family(needed: str) -> str | None:
    """The first installed family whose font has every character of ``needed``, else None."""
    from matplotlib import font_manager

    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in FAMILIES if name in installed and _has_all(name, needed)), None)


def _has_all(family: str, needed: str) -> bool:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    path = findfont(FontProperties(family=family))
    if not Path(path).exists():
        return False
    font = get_font(path)
    return all(font.get_char_index(ord(character)) for character in needed)


def font(family: str | None, size: float) -> Any:
    """``FontProperties`` of that size in points; None is matplotlib's own DejaVu Sans."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=family or "DejaVu Sans", size=size)
