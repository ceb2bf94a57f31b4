"""Which kind of question it is, and the limit it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from bot.assistant.lexicon.kinds import read_toml


class Ask(StrEnum):
    COMPARE = "compare"
    AVERAGE = "average"
    EXTREMES = "extremes"
    HIGHEST = "highest"
    LOWEST = "lowest"
    TOTAL = "total"
    COUNT = "count"
    LAST_N = "last_n"
    TREND = "trend"
    FIRST = "first"
    NORMAL_RANGE = "normal_range"
    WHEN = "when"
    JUDGE = "judge"
    WHAT_IS = "what_is"
    LATEST = "latest"
    HOW_OFTEN = "how_often"
    VALUE = "value"  # nothing but the data is named


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in the question: strict or not, above or below; two figures for a pressure.

    ``up_to`` makes it a range, both ends included: 在4.4到7之间.
    """

    above: bool
    strict: bool
    first: Decimal
    second: Decimal | None = None
    up_to: Decimal | None = None


_NUMBER = (
    r"(\d+(?:\.\d+)?)(?:\s*(?:mmhg|mmol/l|毫米汞柱|umol/l|mg/dl|kg|公斤|斤|度|"
    r"℃|%|次|步|小时|kpa))?(?:\s*(?:/|比|over|和|或|、)\s*(\d{2,3}(?:\.\d+)?)(?"
    r"!\d|个|天|次|月|年|周))?"
)
_LIMITS = (
    (
        re.compile(
            (
                rf"(?:不低于|不少于|大于等于|大于或等于|大于或者等于|至少|达到|≥|>=|到了|"
                rf"满|at least|reach(?:ed|es)?)\s*(?:了|过)?{_NUMBER}"
            )
        ),
        True,
        False,
    ),
    (
        re.compile(
            rf"(?:不超过|不高于|小于等于|小于或等于|≤|<=|at most|no more than|"
            rf"不大于)\s*(?:了|过)?{_NUMBER}"
        ),
        False,
        False,
    ),
    (
        re.compile(
            rf"(?:超过|超出|高于|大于|高过|多于|突破|破|>|过了|超|"
            rf"(?<![经通难吃做得患低跌少小超])过(?=\s*\d{{2,3}}(?![\d天周个月年次号日回分点岁小]))|"
            rf"(?<![早晚以往之朝晌])上(?:过|了)?(?=\s*\d{{2,3}}(?![\d天周个月年次号日回]))|"
            rf"above|over|higher than|more than|greater than|exceed(?:ed|s|ing)?|beyond)\s*"
            rf"(?:了|过|the|my)?\s*{_NUMBER}(?!\s*(?:个月|天|周|次以|months|days|weeks|years))"
        ),
        True,
        True,
    ),
    (
        re.compile(
            rf"(?:低于|低过|跌破|小于|少于|不到|不足|没到|<|掉到|below|under|less than|lower "
            rf"than|fewer than)\s*(?:了|过)?{_NUMBER}(?!\s*(?:个月|天|周|months|days|"
            rf"weeks|years))"
        ),
        False,
        True,
    ),
    (
        re.compile(
            rf"{_NUMBER}\s*(?:及|或|和)?(?:以上|之上|往上|朝上|and above|or above|or "
            rf"higher|or more)"
        ),
        True,
        False,
    ),
    (
        re.compile(
            rf"{_NUMBER}\s*(?:及|或|和)?(?:以下|之下|往下|and below|or below|or lower|"
            rf"or less)"
        ),
        False,
        False,
    ),
)
_BETWEEN = re.compile(
    r"(?<![\d.])(\d{1,5}(?:\.\d+)?)\s*(?:到|至|-|~|和|与)\s*(\d{1,5}(?:\.\d+)?)(?:mmhg|mmol/l|次|步|度|斤)?"
    r"(?:之间|中间|以内|这个范围|的范围|范围内)|"
    r"between (\d{1,5}(?:\.\d+)?) and (\d{1,5}(?:\.\d+)?)(?! ?(?:am|pm|days|weeks|months))"
)
_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}


_SPELT = "two|three|four|five|six|seven|eight|nine|ten"
_STREAK = re.compile(
    r"(?:连续|接连|1连)\D{0,6}?(?:(\d+)|几|多少)\s*(?:天|日)|"
    rf"(?:(\d+|{_SPELT})|how many) (?:days in a row|consecutive days|straight days|days running)"
)
_TOP = re.compile(
    r"最[高低]的?前?(\d+)[次回个条]|前(\d+)(?:次|个)?最?[高低]|(\d+)[次回个条]最[高低]|"
    rf"(?:top )?(\d+|{_SPELT}) (?:highest|lowest)|(?:highest|lowest|top) (\d+|{_SPELT})\b"
)


def limit_in(text: str) -> Limit | None:
    """The limit a question names, if it names one."""
    span = _BETWEEN.search(text)
    if span:
        low, high = sorted(Decimal(each) for each in filter(None, span.groups()))
        return Limit(True, False, low, up_to=high)
    for pattern, above, strict in _LIMITS:
        match = pattern.search(text)
        if match:
            second = Decimal(match[2]) if match[2] else None
            return Limit(above, strict, Decimal(match[1]), second)
    return None


def ask_in(text: str) -> Ask:
    for ask, pattern in _numeric():
        if pattern.search(text):
            return ask
    return Ask.VALUE


def says(ask: Ask, text: str) -> bool:
    """Whether the words of one kind of question are there, whichever kind won."""
    return any(pattern.search(text) for key, pattern in _numeric() if key is ask)


def last_n(text: str) -> int | None:
    for source in read_toml(__package__, "asks.toml")["numeric"]["last_n"]:
        match = re.search(source, text)
        if match:
            number = match["n"]
            return _WORDS.get(number) or int(number)
    return None


def streak_in(text: str) -> int | None:
    """Days in a row that a question names; 0 where it asks how many; None where it does not."""
    match = _STREAK.search(text)
    if match is None:
        return None
    number = next(filter(None, match.groups()), "")
    return _WORDS.get(number) or (int(number) if number.isdigit() else 0)


def top_in(text: str) -> int | None:
    """How many of the highest or lowest a question wants (最高的三次); None for one."""
    match = _TOP.search(text)
    if match is None:
        return None
    number = next(filter(None, match.groups()), "")
    count = _WORDS.get(number) or int(number)
    return count if count > 1 else None


def side_in(text: str) -> str | None:
    """``above``, ``below`` or ``within`` where a question says high, low, or on target."""
    return next((side for side, pattern in _sides() if pattern.search(text)), None)


@cache
def _numeric() -> list[tuple[Ask, re.Pattern[str]]]:
    rows = read_toml(__package__, "asks.toml")["numeric"]
    return [
        (Ask(key), re.compile("|".join(f"(?:{p})" for p in _unnamed(v)))) for key, v in rows.items()
    ]


def _unnamed(patterns: list[str]) -> list[str]:
    return [p.replace("(?P<n>", "(?:") for p in patterns]


@cache
def _sides() -> list[tuple[str, re.Pattern[str]]]:
    rows = read_toml(__package__, "asks.toml")["high_words"]
    return [(key, re.compile("|".join(f"(?:{p})" for p in v))) for key, v in rows.items()]
