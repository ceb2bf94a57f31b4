"""High, low, normal or abnormal: by the printed mark, else by the printed range."""

from __future__ import annotations

import re

from ocr.layout.values import Mark, Result, fold
from ocr.model import Flag, Reference

_NEGATIVE = re.compile(
    r"阴|未见|未检出|未检测到|正常|无$|^[-－—]+$|\(-\)|（-）|negative|^neg|normal", re.I
)
_SAME = (
    frozenset({"清", "透明", "清亮", "澄清", "透亮", "清晰", "清澈"}),
    frozenset({"阴性", "-", "(-)", "阴性(-)", "Negative", "NEG", "neg", "negative"}),
)
_POSITIVE = re.compile(r"阳|\+|±|检出|异常|可疑|positive|^pos|[1-4]\+", re.I)


def flag_of(
    result: Result, reference: Reference | None, mark: Mark | None, calm: bool
) -> Flag | None:
    """The flag; None where neither a mark nor a range says anything."""
    words = result.value is None and result.comparator is None
    if words:
        if mark is not None:
            return "abnormal"
        return "normal" if calm else _by_words(result.text, reference)
    by_range = _by_range(result, reference)
    if mark == "abnormal" and by_range is not None:
        return by_range
    if mark is not None:
        return mark
    return by_range if by_range is not None else ("normal" if calm else None)


def _by_range(result: Result, reference: Reference | None) -> Flag | None:
    if reference is None or (reference.low is None and reference.high is None):
        return None
    low = reference.low if reference.low is not None else float("-inf")
    high = reference.high if reference.high is not None else float("inf")
    if result.value is not None:
        open_low = reference.text.strip().startswith((">", "＞")) and "=" not in reference.text
        open_high = reference.text.strip().startswith(("<", "＜")) and "=" not in reference.text
        if result.value < low or (open_low and result.value == low):
            return "low"
        return "high" if result.value > high or (open_high and result.value == high) else "normal"
    return _bounded(result, low, high)


def _bounded(result: Result, low: float, high: float) -> Flag | None:
    """``<0.005`` and ``>1000``: normal or not, where the bound decides it."""
    bound = result.bound if result.bound is not None else 0.0
    if (result.comparator or "").startswith(("<", "≤")):
        if bound <= low and low > 0:
            return "low"
        return (
            "normal"
            if (low <= 0 and bound <= high) or (low == float("-inf") and bound <= high)
            else None
        )
    if bound >= high:
        return "high"
    return "normal" if high == float("inf") and bound >= low else None


def _by_words(text: str, reference: Reference | None) -> Flag | None:
    if reference is None or not reference.text:
        return None
    text, expected = fold(text), fold(reference.text)
    choices = re.split(r"[,，、/或~-]+|\s+", expected)
    if any(text in group and set(choices) & group for group in _SAME):
        return "normal"
    if (
        text == expected
        or text in choices
        or any(c and c in (text, text.rstrip("色")) for c in choices)
    ):
        return "normal"
    if (
        not _POSITIVE.search(text)
        and not _NEGATIVE.search(text)
        and len(text) >= 2
        and text in expected
    ):
        return "normal"
    if _POSITIVE.search(text) and not _NEGATIVE.search(text):
        return "abnormal" if _NEGATIVE.search(expected) else None
    if _NEGATIVE.search(text):
        if _NEGATIVE.search(expected):
            return "normal"
        return "abnormal" if _POSITIVE.search(expected) else None
    if (span := re.fullmatch(r"(\d+)\s*[-~]\s*(\d+)", text)) and reference.high is not None:
        low = reference.low or 0.0
        if float(span.group(1)) > reference.high:
            return "high"
        return "normal" if low <= float(span.group(2)) <= reference.high else None
    return "abnormal" if _looks_different(text, expected) else None


def _looks_different(text: str, expected: str) -> bool:
    """Words against other words (红色 where 淡黄色 is expected), as far as one word is expected."""
    if re.search(r"\d", expected):
        return False
    return not re.search(r"[(（,，、/]", expected)
