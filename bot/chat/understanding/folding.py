"""Text as the patterns see it: one width, one case, slips mended, numbers in digits."""

from __future__ import annotations

import re
import unicodedata
from functools import reduce

from bot.assistant.understanding.text import mended
from bot.chat.understanding.numerals import plain_digits, value

_ONE = "一二三四五六七八九"
_CLOCK = re.compile(
    r"([零〇一二两三四五六七八九十]{1,3})(?=点(?:钟|半|整|一刻|[零〇一二三四五六七八九十]{1,3}分))"
)
_THIN = re.compile(r"(?<=\d)[,](?=\d{3}(?:\D|$))")
_INNER = rf"(?P<of>\d|[{_ONE}](?![十百点刻]))(?!\d|\.\d)"
_SPOKEN = (
    # 6。8 and 6,8: the sentence's mark for the number's, as phones put it
    (re.compile(r"(?<![\d./])(?P<n>\d{1,2})。(?P<of>\d)(?!\d)"), "{n}.{of}"),
    (re.compile(r"(?<![\d./])(?P<n>\d),(?P<of>\d)(?!\d|\.\d)"), "{n}.{of}"),
    (re.compile(rf"(?P<n>\d{{2}})度{_INNER}"), "{n}.{of}度"),  # 36度8
    (re.compile(r"(?P<n>\d{2})度(?P<of>半)"), "{n}.{of}度"),
    (re.compile(rf"(?<![\d.:])(?P<n>\d{{1,2}})点{_INNER}(?![分刻点半/个:])"), "{n}.{of}"),  # 6点8
    (re.compile(rf"(?<!\d)(?P<n>[12一两])米(?P<of>\d\d?|[{_ONE}])(?!\d)"), "{n}.{of}米"),
    (re.compile(rf"(?<!\d)(?P<n>[1-4一二两三四])尺{_INNER}寸?"), "{n}.{of}尺"),  # 二尺七
    (re.compile(r"(?<![\d.])(?P<n>\d+)(?P<u>公斤|千克|市?斤)(?P<of>半)"), "{n}.{of}{u}"),
    (re.compile(rf"(?<![\d.])(?P<n>\d+)斤{_INNER}两"), "{n}.{of}斤"),
    (re.compile(r"百分之\s*(?P<n>\d+(?:\.\d)?)"), "{n}%"),
    (re.compile(r"(?<![\d.])(?P<k>\d+(?:\.\d+)?)(?P<m>[千万])步"), "{k}步"),
)
_HALF, _TIMES = "5", {"千": 1_000, "万": 10_000}


def fold(text: str) -> str:
    """NFKC, lower case, simplified, slips mended, numerals of two signs and more as digits
    (一百三十五: 135), and numbers that a unit divides as one (三十六度五: 36.5度; 斤半: .5斤)."""
    plain = unicodedata.normalize("NFKC", mended(text)).casefold().replace("．", ".")
    plain = _THIN.sub("", plain.replace("度℃", "℃"))
    plain = _CLOCK.sub(_hour, plain)
    plain = plain_digits(plain)
    return reduce(lambda kept, each: each[0].sub(_said(each[1]), kept), _SPOKEN, plain)


def cut(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with the spans blanked, so that places stay."""
    return reduce(lambda kept, s: kept[: s[0]] + " " * (s[1] - s[0]) + kept[s[1] :], spans, text)


def digit(said: str) -> str:
    """One sign as a digit: 七 is 7, 两 is 2."""
    return said if said.isdigit() else str("零一二三四五六七八九".find(said.replace("两", "二")))


class _said:
    """A replacement with the pattern's groups, their numerals as digits."""

    def __init__(self, template: str) -> None:
        self._template = template

    def __call__(self, found: re.Match[str]) -> str:
        groups = dict(found.groupdict())
        if groups.get("m"):
            groups["k"] = f"{float(groups['k']) * _TIMES[groups['m']]:.0f}"
        if groups.get("of") == "半":
            groups["of"] = _HALF
        for key in ("n", "of"):
            if groups.get(key) and len(groups[key]) == 1:
                groups[key] = digit(groups[key])
        return self._template.format(**groups)


def _hour(found: re.Match[str]) -> str:
    hour = value(found[1])
    return found[1] if hour is None else str(hour)
