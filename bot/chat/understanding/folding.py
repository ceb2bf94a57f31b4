"""Text as the patterns see it: one width, one case, numbers in digits."""

from __future__ import annotations

import re
import unicodedata
from functools import reduce

_DIGITS = {
    word: value
    for value, words in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for word in words
}
_TENS = {"十": 10, "百": 100, "千": 1_000}
_NUMERAL = re.compile(
    r"[零〇一二两三四五六七八九十百千]+(?:点[零〇一二三四五六七八九]+(?![十百]))?"
)
_CLOCK = re.compile(
    r"([零〇一二两三四五六七八九十]{1,3})(?=点(?:钟|半|整|一刻|[零〇一二三四五六七八九十]{1,3}分))"
)
_THIN = re.compile(r"(?<=\d)[,](?=\d{3}(?:\D|$))")


def fold(text: str) -> str:
    """NFKC, lower case, Chinese numerals of two signs and more as digits (一百三十五: 135)."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("．", ".")
    plain = _THIN.sub("", plain.replace("度℃", "℃"))
    plain = _CLOCK.sub(lambda found: _whole(found[1]) or found[0], plain)
    return _NUMERAL.sub(_digits, plain)


def _digits(found: re.Match[str]) -> str:
    said = found[0]
    whole, _, decimals = said.partition("点")
    number = _whole(whole)
    if number is None or len(said) == 1:
        return said  # 一下, 两次: no number that was measured
    return f"{number}.{''.join(str(_DIGITS[each]) for each in decimals)}" if decimals else number


def _whole(said: str) -> str | None:
    """一百三十五, 一百三 (130) or 一三五; None where it is no number."""
    if not any(each in _TENS for each in said):
        return "".join(str(_DIGITS[each]) for each in said)
    total, digit, unit = 0, 0, 1
    for each in said:
        if each in _TENS:
            unit = _TENS[each]
            total, digit = total + (digit or 1) * unit, 0
        else:
            digit = _DIGITS[each]
            unit = 1 if each in "零〇" else unit
    short = said[-1] not in _TENS and unit >= 100 and said[-2:-1] in _TENS
    return str(total + digit * (unit // 10 if short else 1))


def cut(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with the spans blanked, so that places stay."""
    return reduce(lambda kept, s: kept[: s[0]] + " " * (s[1] - s[0]) + kept[s[1] :], spans, text)
