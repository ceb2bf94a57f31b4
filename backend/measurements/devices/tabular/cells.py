"""Numbers as people type them into tables."""

from __future__ import annotations

import re
import unicodedata

from backend.measurements.devices.errors import RecordInvalid

ABSENT = frozenset({"", "-", "--", "—", "——", "/", "n/a", "na", "null", "none", "无", "未测"})
_NUMBER = re.compile(r"(?P<number>[+-]?(?:\d[\d.,' ]*|[.,]\d+)|nan|[+-]?inf(?:inity)?)(?P<unit>.*)")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,.]\d{3})+")
_PAIR = re.compile(r"\s*([\d.,]+)\s*[/／]\s*([\d.,]+)\s*(\D*)")


def absent(text: str) -> bool:
    """Whether a cell says that there is nothing."""
    return unicodedata.normalize("NFKC", text).strip().casefold() in ABSENT


def parse_number(text: str, column: str, *, whole: bool) -> tuple[float, str | None]:
    """The number in a cell and the unit after it, if any: ``6.1``, ``6,1``, ``142 mmHg``.

    ``whole``: the column counts whole things, so that ``8,421`` and
    ``8.421`` are eight thousand; elsewhere a single comma is the decimal sign.
    Raises ``RecordInvalid``.
    """
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip().casefold())
    if match is None:
        raise RecordInvalid(field=column)
    written = match["number"].strip().replace(" ", "").replace("'", "")
    try:
        number = float(_with_point(written, whole))
    except ValueError:
        raise RecordInvalid(field=column) from None
    return number, match["unit"].strip() or None


def parse_pair(text: str, column: str) -> tuple[float, float, str | None]:
    """``142/88`` or ``142/88 mmHg``. Raises ``RecordInvalid``."""
    match = _PAIR.fullmatch(unicodedata.normalize("NFKC", text))
    if match is None:
        raise RecordInvalid(field=column)
    high, _ = parse_number(match[1], column, whole=False)
    low, _ = parse_number(match[2], column, whole=False)
    return high, low, match[3].strip() or None


def _with_point(written: str, whole: bool) -> str:
    """``1.234,5`` and ``1,234.5`` have their last sign as the decimal one."""
    if whole and _GROUPED.fullmatch(written):
        return written.replace(",", "").replace(".", "")
    if written.rfind(".") > written.rfind(","):
        return written.replace(",", "")
    return written.replace(".", "").replace(",", ".")
