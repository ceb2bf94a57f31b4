"""What Chinese time words span: one function per way of saying it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Window
from bot.assistant.understanding import spans
from bot.assistant.understanding.spans import capped

Make = Callable[[re.Match[str], datetime], Window | None]
UNITS = {"天": "d", "日": "d", "周": "w", "星期": "w", "礼拜": "w", "月": "m", "年": "y"}
FESTIVALS = {
    "new_year_eve": r"除夕|大年30|年30",
    "spring_festival": r"春节|过年|大年初1|大年初一|大年|新春",
    "lantern": r"元宵",
    "qingming": r"清明",
    "labour_day": r"五一|51(?:劳动节|假期|那|放假|长假|节)|劳动节|5\.1假期",
    "dragon_boat": r"端午",
    "qixi": r"七夕",
    "mid_autumn": r"中秋|8月半",
    "national_day": r"国庆|十一(?:假期|黄金周|长假|那|放假|期间)|11(?:黄金周|长假)",
    "double_ninth": r"重阳",
    "winter_solstice": r"冬至",
    "new_year": r"元旦",
    "womens_day": r"三八节|妇女节|38节",
    "childrens_day": r"六一|61儿童节|儿童节",
    "christmas": r"圣诞",
    "teachers_day": r"教师节",
    "mothers_day": r"母亲节",
    "fathers_day": r"父亲节",
    "army_day": r"建军节|八一节",
    "double_eleven": r"双11|双十一|光棍节",
    "double_twelve": r"双12|双十二",
}
_THAT_DAY = re.compile(r"(?:那|当)[天日]")
_TERM_FOLLOWS = r"(?=节气|那[天几]|当天|前后|以来|之后|以后|过后)"
FESTIVALS |= {
    name: row["zh"] if row["bare"] else row["zh"] + _TERM_FOLLOWS
    for name, row in spans.solar_terms().items()
}
YEAR_WORDS = {"今年": 0, "去年": 1, "前年": 2, "大前年": 3, "上年": 1, "本年": 0, "明年": -1}
SEASONS = {"春": (3, 5), "夏": (6, 8), "秋": (9, 11)}


def local_day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


def year_of(m: re.Match[str], now: datetime, prefix: str = "") -> int | None:
    number, word = m.groupdict().get(f"{prefix}y"), m.groupdict().get(f"{prefix}yw")
    if number:
        return int(number) if len(number) == 4 else 2000 + int(number)
    if word:
        return local_day(now).year - YEAR_WORDS[word.replace("上1年", "上年").replace("一", "")]
    return None


def rolling(m: re.Match[str], now: datetime) -> Window | None:
    unit = next(v for k, v in UNITS.items() if k in m["u"])
    count = int(m["n"] or 1)
    if m.groupdict().get("half"):
        return spans.rolling(now, "m", count * 12 + 6)
    return spans.rolling(now, unit, count)


def ago(m: re.Match[str], now: datetime) -> Window | None:
    unit, count, today = m["u"], int(m["n"]), local_day(now)
    if "天" in unit or "日" in unit:
        day = today - timedelta(days=count)
        return spans.days(day, day)
    if "月" in unit:
        return spans.month_offset(today, count)
    if "年" in unit:
        return spans.year(today.year - count)
    return spans.week(today - timedelta(weeks=count))


def day_word(m: re.Match[str], now: datetime) -> Window | None:
    back = {"今": 0, "昨": 1, "前": 2, "大前": 3}
    word = m["d"] if m["d"] in back else {"当": "今"}[m["d"]]
    day = local_day(now) - timedelta(days=back[word])
    return capped(spans.days(day, day), now)


def week_word(m: re.Match[str], now: datetime) -> Window | None:
    back = m["w"].count("上")
    window = spans.week(local_day(now) - timedelta(weeks=back))
    if m["day"] is None:
        return capped(window, now)
    if m["day"] == "末":
        return capped(Window(window.end - timedelta(days=2), window.end), now)
    offset = "1234567日天".index(m["day"])
    start = (window.start + timedelta(days=min(offset, 6))).date()
    return capped(spans.days(start, start), now)


def since_weekday(m: re.Match[str], now: datetime) -> Window | None:
    day = week_word(m, now)
    return Window(day.start, now) if day else None


def month_word(m: re.Match[str], now: datetime) -> Window | None:
    window = spans.month_offset(local_day(now), m["w"].count("上"))
    return capped(part_of_month(window, m.groupdict().get("part")), now)


def part_of_month(window: Window, part: str | None) -> Window:
    if not part:
        return window
    first = window.start.date()
    last = (window.end - timedelta(days=1)).date()
    if part in ("上旬", "初"):
        return spans.days(first, first.replace(day=10))
    if part in ("中旬", "中"):
        return spans.days(first.replace(day=11), first.replace(day=20))
    if part in ("下旬", "底", "末"):
        return spans.days(first.replace(day=21), last)
    return window


def month_number(m: re.Match[str], now: datetime) -> Window | None:
    number = int(m["m"])
    if not 1 <= number <= 12:
        return None
    year = year_of(m, now) or past_year(now, number, 1)
    return capped(part_of_month(spans.month(year, number), m.groupdict().get("part")), now)


def past_year(now: datetime, month: int, day: int) -> int:
    today = local_day(now)
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def day_span(m: re.Match[str], now: datetime, prefix: str = "") -> date | None:
    try:
        month, number = int(m[f"{prefix}m"]), int(m[f"{prefix}d"])
        year = year_of(m, now, prefix) or past_year(now, month, number)
        return date(year, month, number)
    except (ValueError, IndexError):
        return None


def one_day(m: re.Match[str], now: datetime) -> Window | None:
    day = day_span(m, now)
    return capped(spans.days(day, day), now) if day else None


def day_of_month(m: re.Match[str], now: datetime) -> Window | None:
    """「3号」: of this month if past, else of the last."""
    today, number = local_day(now), int(m["d"])
    back = 1 if m.groupdict().get("last") or number > today.day else 0
    anchor = spans.months_back(today.replace(day=1), back)
    try:
        day = anchor.replace(day=number)
    except ValueError:
        return None
    return capped(spans.days(day, day), now)


def from_to(m: re.Match[str], now: datetime) -> Window | None:
    first = day_span(m, now, "a")
    if first is None:
        return None
    if m["bd"] is None:
        return None
    try:
        year = year_of(m, now, "b") or first.year
        month = int(m["bm"] or first.month)
        last = date(year, month, int(m["bd"]))
        last = last if last >= first else last.replace(year=year + 1)
    except ValueError:
        return None
    return capped(spans.days(first, last), now)


def months_from_to(m: re.Match[str], now: datetime) -> Window | None:
    first, last = int(m["am"]), int(m["bm"])
    if not (1 <= first <= 12 and 1 <= last <= 12):
        return None
    year = year_of(m, now) or past_year(now, first, 1)
    start = spans.month(year, first).start
    end = spans.month(year if last >= first else year + 1, last).end
    return capped(Window(start, end), now)


def since_day(m: re.Match[str], now: datetime) -> Window | None:
    day = day_span(m, now)
    return Window(spans.midnight(day), now) if day else None


def since_month(m: re.Match[str], now: datetime) -> Window | None:
    number = int(m["m"])
    if not 1 <= number <= 12:
        return None
    year = year_of(m, now) or past_year(now, number, 1)
    return Window(spans.month(year, number).start, now)


def since_word(m: re.Match[str], now: datetime) -> Window | None:
    today, word = local_day(now), m["w"]
    starts: dict[str, Window] = {
        "昨天": spans.days(today - timedelta(days=1), today),
        "前天": spans.days(today - timedelta(days=2), today),
        "上周": spans.week(today - timedelta(weeks=1)),
        "上星期": spans.week(today - timedelta(weeks=1)),
        "上个月": spans.month_offset(today, 1),
        "上月": spans.month_offset(today, 1),
        "去年": spans.year(today.year - 1),
        "前年": spans.year(today.year - 2),
        "今年": spans.year(today.year),
        "年初": spans.year(today.year),
        "月初": spans.month_offset(today, 0),
    }
    return Window(starts[word].start, now)


def year_part(m: re.Match[str], now: datetime) -> Window | None:
    year = year_of(m, now) or local_day(now).year
    part = m["part"]
    months = {
        "上半年": (1, 6),
        "下半年": (7, 12),
        "前半年": (1, 6),
        "后半年": (7, 12),
        "年初": (1, 2),
        "年底": (11, 12),
        "年末": (11, 12),
        "年中": (6, 7),
    }
    if part in months:
        first, last = months[part]
    else:
        quarter = int(re.sub(r"\D", "", part) or 1)
        if not 1 <= quarter <= 4:
            return None
        first, last = quarter * 3 - 2, quarter * 3
    window = spans.months(year, first, last)
    if window.start > now and year_of(m, now) is None:
        window = spans.months(year - 1, first, last)
    return capped(window, now)


def season(m: re.Match[str], now: datetime) -> Window:
    year, season = year_of(m, now), m["s"]

    def span(of: int) -> Window:
        if season == "冬":
            return Window(spans.month(of, 12).start, spans.month(of + 1, 2).end)
        return spans.months(of, *SEASONS[season])

    named = year if year is not None else local_day(now).year
    window = span(named)
    if window.start > now and (year is None or season == "冬"):
        window = span(named - 1)
    return capped(window, now)


def season_begun(said: str, now: datetime) -> datetime:
    """「入冬以来」: since the last 立冬."""
    name = next(key for key, row in spans.solar_terms().items() if row["zh"] == f"立{said}")
    this = spans.festival(name, local_day(now).year).start
    return this if this <= now else spans.festival(name, local_day(now).year - 1).start


def whole_year(m: re.Match[str], now: datetime) -> Window | None:
    year = year_of(m, now)
    return capped(spans.year(year), now) if year and 1900 < year < 2100 else None


def festival(m: re.Match[str], now: datetime) -> Window | None:
    name = next(k for k, words in FESTIVALS.items() if re.search(words, m.string[m.start() :]))
    name = next((k for k, words in FESTIVALS.items() if re.search(words, m[0])), name)
    span = spans.festival_day if _THAT_DAY.search(m[0]) else spans.festival
    year = year_of(m, now)
    if year is not None:
        return capped(span(name, year), now)
    this = span(name, local_day(now).year)
    return capped(this if this.start <= now else span(name, local_day(now).year - 1), now)


def since_festival(m: re.Match[str], now: datetime) -> Window | None:
    window = festival(m, now)
    return (
        Window(window.start if "以来" in m[0] or "到现在" in m[0] else window.end, now)
        if window
        else None
    )


def dated(prefix: str) -> str:
    return (
        rf"(?:(?P<{prefix}y>\d{{4}}|\d{{2}})年|(?P<{prefix}yw>大前年|今年|去年|前年)的?)?"
        rf"(?P<{prefix}m>\d{{1,2}})月(?P<{prefix}d>\d{{1,2}})[日号]?"
    )


def nth_of(m: re.Match[str], now: datetime) -> Window | None:
    window = spans.month_offset(local_day(now), m["w"].count("上"))
    try:
        day = window.start.date().replace(day=int(m["d"]))
    except ValueError:
        return None
    return capped(spans.days(day, day), now)
