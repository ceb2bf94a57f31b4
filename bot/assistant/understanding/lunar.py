"""Days and months of the lunar calendar (农历): 正月初一, 腊月二十三, 腊八, 冬月."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Window
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.understanding import spans

_MONTHS = {"正": 1, "冬": 11, "腊": 12}
_DIGITS = {each: at for at, each in enumerate("一二三四五六七八九十", 1)}
_YEARS = {"今年": 0, "去年": 1, "前年": 2}
_YEAR = r"(?:(?P<yw>今年|去年|前年)的?)?"
_DAY = r"(?P<d>初[一二三四五六七八九十]|初\d{1,2}|廿[一二三四五六七八九]?|廿\d|\d{1,2})[日号]?"
_WHOLE = r"(?:那[天日]|当天|这天)?"
DAY = (
    rf"{_YEAR}(?:(?:农历|阴历|旧历|老历)的?(?P<m>正|冬|腊|\d{{1,2}})月{_DAY}|"
    rf"(?P<m2>正|冬|腊)月{_DAY.replace('<d>', '<d2>')}|"
    r"(?P<m3>\d{1,2})月(?P<d3>初[一二三四五六七八九十]|初\d{1,2}(?!天|周)|廿[一二三四五六七八九]?)|"
    r"大年(?P<d4>初[一二三四五六七八九十]|初\d)|"
    rf"(?P<name>腊8|腊八|小年(?=那|当|血|的|前|晚|早)|中元节?|7月半|鬼节|龙抬头|2月二)节?){_WHOLE}"
)
MONTH = (
    rf"{_YEAR}(?:(?:农历|阴历|旧历|老历)的?(?P<m>正|冬|腊|\d{{1,2}})月份?|(?P<m2>正|冬|腊)月份?)"
    r"(?:里头?|期间|的时候)?"
)
# source: 中国传统节日: 腊八 12/8, 小年 12/23 (north of China), 中元 7/15, 龙抬头 2/2
_NAMED = {"腊": (12, 8), "小": (12, 23), "中": (7, 15), "7": (7, 15), "鬼": (7, 15)}
_NAMED |= {"龙": (2, 2), "2": (2, 2)}


def lunar_day(m: re.Match[str], now: datetime) -> Window | None:
    """The latest such day that has come, of the lunar year named where one is."""
    groups = m.groupdict()
    if groups["name"]:
        month, number = _NAMED[groups["name"][0]]
    else:
        said = groups["m"] or groups["m2"] or groups["m3"] or "正"
        day = groups["d"] or groups["d2"] or groups["d3"] or groups["d4"]
        month, number = _month(said), _number(day)
    for year in _years(groups["yw"], now):
        first, length = _span(year, month)
        if number <= length:
            on = first + timedelta(days=number - 1)
            if on <= _today(now) or groups["yw"]:
                return spans.capped(spans.days(on, on), now)
    return None


def lunar_month(m: re.Match[str], now: datetime) -> Window | None:
    groups = m.groupdict()
    month = _month(groups["m"] or groups["m2"])
    for year in _years(groups["yw"], now):
        first, length = _span(year, month)
        if first <= _today(now) or groups["yw"]:
            return spans.capped(spans.days(first, first + timedelta(days=length - 1)), now)
    return None


def _today(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


def _years(word: str | None, now: datetime) -> list[int]:
    this = _today(now).year
    return [this - _YEARS[word]] if word else [this, this - 1, this - 2]


def _month(said: str) -> int:
    return _MONTHS.get(said) or int(said)


def _number(said: str) -> int:
    if said.startswith("廿"):
        rest = said[1:]
        return 20 + (int(rest) if rest.isdigit() else _DIGITS.get(rest, 0))
    rest = said.removeprefix("初")
    return int(rest) if rest.isdigit() else _DIGITS[rest]


def _span(year: int, month: int) -> tuple[date, int]:
    """First day and length of a month; the one before its leap month. Raises ``KeyError``."""
    row = read_toml(__package__, "lunar_years.toml")[str(year)]
    leap = row["leap"]
    if not 1 <= month <= 12:
        raise KeyError(month)
    index = month - 1 + (1 if leap and month > leap else 0)
    lengths = [29 + int(each) for each in row["months"]]
    first = date.fromisoformat(f"{year}-{row['first']}") + timedelta(days=sum(lengths[:index]))
    return first, lengths[index]
