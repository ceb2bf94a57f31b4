"""The grammar of Chinese time words. Text is plain (digits, half width) before it comes here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Window
from bot.assistant.understanding import spans
from bot.assistant.understanding.spans import capped

Make = Callable[[re.Match[str], datetime], Window | None]

_UNITS = {"天": "d", "日": "d", "周": "w", "星期": "w", "礼拜": "w", "月": "m", "年": "y"}
_FESTIVALS = {
    "new_year_eve": r"除夕|大年30|年30",
    "spring_festival": r"春节|过年|大年初1|大年|新春|正月初1",
    "lantern": r"元宵|正月15",
    "qingming": r"清明",
    "labour_day": r"五一|51(?:劳动节|假期|那|放假|长假|节)|劳动节|5\.1假期",
    "dragon_boat": r"端午",
    "qixi": r"七夕",
    "mid_autumn": r"中秋|八月十五|8月半",
    "national_day": r"国庆|十一(?:假期|黄金周|长假|那|放假|期间)|11(?:黄金周|长假)",
    "double_ninth": r"重阳",
    "winter_solstice": r"冬至",
    "new_year": r"元旦",
    "womens_day": r"三八节|妇女节|38节",
    "childrens_day": r"六一|61儿童节|儿童节",
    "christmas": r"圣诞",
    "teachers_day": r"教师节",
}
_YEAR_WORDS = {"今年": 0, "去年": 1, "前年": 2, "大前年": 3, "上年": 1, "本年": 0, "明年": -1}
_YEAR = r"(?:(?P<y>\d{4}|\d{2})年|(?P<yw>大前年|今年|去年|前年|上一?年|本年)的?)"
_SEASONS = {"春": (3, 5), "夏": (6, 8), "秋": (9, 11)}


def _today(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


def _year_of(m: re.Match[str], now: datetime, prefix: str = "") -> int | None:
    number, word = m.groupdict().get(f"{prefix}y"), m.groupdict().get(f"{prefix}yw")
    if number:
        return int(number) if len(number) == 4 else 2000 + int(number)
    if word:
        return _today(now).year - _YEAR_WORDS[word.replace("上1年", "上年").replace("一", "")]
    return None


def _rolling(m: re.Match[str], now: datetime) -> Window | None:
    unit = next(v for k, v in _UNITS.items() if k in m["u"])
    count = int(m["n"] or 1)
    if m.groupdict().get("half"):
        return spans.rolling(now, "m", count * 12 + 6)
    return spans.rolling(now, unit, count)


def _ago(m: re.Match[str], now: datetime) -> Window | None:
    unit, count, today = m["u"], int(m["n"]), _today(now)
    if "天" in unit or "日" in unit:
        day = today - timedelta(days=count)
        return spans.days(day, day)
    if "月" in unit:
        return spans.month_offset(today, count)
    if "年" in unit:
        return spans.year(today.year - count)
    return spans.week(today - timedelta(weeks=count))


def _day_word(m: re.Match[str], now: datetime) -> Window | None:
    back = {"今": 0, "昨": 1, "前": 2, "大前": 3}
    word = m["d"] if m["d"] in back else {"当": "今"}[m["d"]]
    day = _today(now) - timedelta(days=back[word])
    return capped(spans.days(day, day), now)


def _week_word(m: re.Match[str], now: datetime) -> Window | None:
    back = m["w"].count("上")
    window = spans.week(_today(now) - timedelta(weeks=back))
    if m["day"] is None:
        return capped(window, now)
    if m["day"] == "末":
        return capped(Window(window.end - timedelta(days=2), window.end), now)
    offset = "1234567日天".index(m["day"])
    start = (window.start + timedelta(days=min(offset, 6))).date()
    return capped(spans.days(start, start), now)


def _since_weekday(m: re.Match[str], now: datetime) -> Window | None:
    day = _week_word(m, now)
    return Window(day.start, now) if day else None


def _month_word(m: re.Match[str], now: datetime) -> Window | None:
    window = spans.month_offset(_today(now), m["w"].count("上"))
    return capped(_part_of_month(window, m.groupdict().get("part")), now)


def _part_of_month(window: Window, part: str | None) -> Window:
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


def _month_number(m: re.Match[str], now: datetime) -> Window | None:
    number = int(m["m"])
    if not 1 <= number <= 12:
        return None
    year = _year_of(m, now) or _past_year(now, number, 1)
    return capped(_part_of_month(spans.month(year, number), m.groupdict().get("part")), now)


def _past_year(now: datetime, month: int, day: int) -> int:
    today = _today(now)
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def _day(m: re.Match[str], now: datetime, prefix: str = "") -> date | None:
    try:
        month, number = int(m[f"{prefix}m"]), int(m[f"{prefix}d"])
        year = _year_of(m, now, prefix) or _past_year(now, month, number)
        return date(year, month, number)
    except (ValueError, IndexError):
        return None


def _one_day(m: re.Match[str], now: datetime) -> Window | None:
    day = _day(m, now)
    return capped(spans.days(day, day), now) if day else None


def _day_of_month(m: re.Match[str], now: datetime) -> Window | None:
    """「3号」: of this month if past, else of the last."""
    today, number = _today(now), int(m["d"])
    back = 1 if m.groupdict().get("last") or number > today.day else 0
    anchor = spans.months_back(today.replace(day=1), back)
    try:
        day = anchor.replace(day=number)
    except ValueError:
        return None
    return capped(spans.days(day, day), now)


def _from_to(m: re.Match[str], now: datetime) -> Window | None:
    first = _day(m, now, "a")
    if first is None:
        return None
    if m["bd"] is None:
        return None
    try:
        year = _year_of(m, now, "b") or first.year
        month = int(m["bm"] or first.month)
        last = date(year, month, int(m["bd"]))
        last = last if last >= first else last.replace(year=year + 1)
    except ValueError:
        return None
    if m.groupdict().get("ay") is None and m.groupdict().get("ayw") is None:
        shift = 1 if last > _today(now) and first.replace(year=first.year - 1) < last else 0
        if last.year > _today(now).year or (
            shift and last > _today(now) and last.year != first.year
        ):
            first, last = first.replace(year=first.year - 1), last.replace(year=last.year - 1)
    return capped(spans.days(first, last), now)


def _months_from_to(m: re.Match[str], now: datetime) -> Window | None:
    first, last = int(m["am"]), int(m["bm"])
    if not (1 <= first <= 12 and 1 <= last <= 12):
        return None
    year = _year_of(m, now) or _past_year(now, first, 1)
    start = spans.month(year, first).start
    end = spans.month(year if last >= first else year + 1, last).end
    return capped(Window(start, end), now)


def _since_day(m: re.Match[str], now: datetime) -> Window | None:
    day = _day(m, now)
    return Window(spans.midnight(day), now) if day else None


def _since_month(m: re.Match[str], now: datetime) -> Window | None:
    number = int(m["m"])
    if not 1 <= number <= 12:
        return None
    year = _year_of(m, now) or _past_year(now, number, 1)
    return Window(spans.month(year, number).start, now)


def _since_word(m: re.Match[str], now: datetime) -> Window | None:
    today, word = _today(now), m["w"]
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


def _year_part(m: re.Match[str], now: datetime) -> Window | None:
    year = _year_of(m, now) or _today(now).year
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
    if window.start > now and _year_of(m, now) is None:
        window = spans.months(year - 1, first, last)
    return capped(window, now)


def _season(m: re.Match[str], now: datetime) -> Window:
    year, season = _year_of(m, now), m["s"]

    def span(of: int) -> Window:
        if season == "冬":
            return Window(spans.month(of, 12).start, spans.month(of + 1, 2).end)
        return spans.months(of, *_SEASONS[season])

    named = year if year is not None else _today(now).year
    window = span(named)
    if window.start > now and (year is None or season == "冬"):
        window = span(named - 1)
    return capped(window, now)


def _whole_year(m: re.Match[str], now: datetime) -> Window | None:
    year = _year_of(m, now)
    return capped(spans.year(year), now) if year and 1900 < year < 2100 else None


def _festival(m: re.Match[str], now: datetime) -> Window | None:
    name = next(k for k, words in _FESTIVALS.items() if re.search(words, m[0]))
    year = _year_of(m, now)
    if year is not None:
        return capped(spans.festival(name, year), now)
    this = spans.festival(name, _today(now).year)
    return capped(this if this.start <= now else spans.festival(name, _today(now).year - 1), now)


def _since_festival(m: re.Match[str], now: datetime) -> Window | None:
    window = _festival(m, now)
    return (
        Window(window.start if "以来" in m[0] or "到现在" in m[0] else window.end, now)
        if window
        else None
    )


_N = r"(?P<n>\d+)?"
_UNIT = r"(?P<u>天|日(?!期)|周|个?星期|个?礼拜|个?月|年)"
_FEST = "|".join(_FESTIVALS.values())
_DAY = r"(?P<m>\d{1,2})(?:月|/|\.)(?P<d>\d{1,2})[日号]?"


def _dated(prefix: str) -> str:
    return (
        rf"(?:(?P<{prefix}y>\d{{4}}|\d{{2}})年|(?P<{prefix}yw>大前年|今年|去年|前年)的?)?"
        rf"(?P<{prefix}m>\d{{1,2}})月(?P<{prefix}d>\d{{1,2}})[日号]?"
    )


RULES: list[tuple[re.Pattern[str], Make]] = [
    (re.compile(pattern), make)
    for pattern, make in (
        # 2026-11-03, 2026/11/3, 2026年11月3日
        (
            (
                r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)(?:日|"
                r"号)?(?:以来|至今|到现在|以后|之后|起)"
            ),
            _since_day,
        ),
        (
            rf"从?{_dated('a')}(?:到|至|~|-|—|和)+"
            r"(?:(?P<by>\d{4})年|(?P<byw>今年|去年))?(?:(?P<bm>\d{1,2})月)?(?P<bd>\d{1,2})"
            r"[日号]?(?!\d)",
            _from_to,
        ),
        (
            rf"{_YEAR}?(?P<am>\d{{1,2}})月?份?(?:到|至|~|-|—)(?P<bm>\d{{1,2}})月份?(?!\d)",
            _months_from_to,
        ),
        (
            (
                rf"(?:从|自)?{_YEAR}?(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})[日号]?(?:以来|至今|"
                rf"到现在|到今天|以后|之后|起|开始)"
            ),
            _since_day,
        ),
        (
            (
                rf"(?:从|自)?{_YEAR}?(?P<m>\d{{1,2}})月份?(?:以来|至今|到现在|到今天|以后|"
                rf"之后|起|开始)"
            ),
            _since_month,
        ),
        (rf"{_YEAR}(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})[日号]?", _one_day),
        (r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)[日号]?", _one_day),
        (r"(?<!\d)(?P<m>\d{1,2})月(?P<d>\d{1,2})(?:[日号]|(?!\d|个|天))", _one_day),
        (
            r"(?:从|自)(?P<w>昨天|前天|上周|上星期|上个月|上月|去年|前年|今年|年初|月初)"
            r"(?:开始|起|以来|至今|到现在|到今天|到目前)",
            _since_word,
        ),
        (
            (
                r"(?:从|自)?(?P<w>上上|上|这|本)(?:个|一|1)?(?:周|星期|"
                r"礼拜)(?P<day>[1-7日天])(?:以来|至今|到现在|到今天|开始|起)"
            ),
            _since_weekday,
        ),
        (
            (
                r"(?P<w>去年|前年|上周|上个月|上月|年初|月初|昨天)(?:以来|至今|到现在|"
                r"到今天)"
            ),
            _since_word,
        ),
        (r"(?P<w>今年)(?:以来|到现在|至今)?(?=以来|到现在|至今)(?:以来|到现在|至今)", _since_word),
        (
            (
                rf"{_YEAR}?(?:的?)(?:{_FEST})(?:假期|期间|节|前后|那几?天|长假|"
                rf"的?时候)?(?:以后|之后|过后|以来|到现在|后)(?!几)"
            ),
            _since_festival,
        ),
        (
            (
                rf"{_YEAR}?(?:的?)(?:{_FEST})(?:节|假期|期间|前后|那几?天|长假|放假|"
                rf"的?时候|当天)*"
            ),
            _festival,
        ),
        (
            (
                rf"{_YEAR}?(?P<part>上半年|下半年|前半年|后半年|年初|年底|年末|年中|"
                rf"第?\d季度|[一二三四]季度)"
            ),
            _year_part,
        ),
        (
            r"(?:从|自)?(?:入|立|开)(?P<s>[春夏秋冬])(?:以来|以后|之后|后|到现在)?",
            lambda m, now: Window(_season(m, now).start, now),
        ),
        (rf"{_YEAR}?(?:的)?(?P<s>[春夏秋冬])(?:天|季)(?:的?时候|里)?", _season),
        (
            (
                rf"{_YEAR}?(?<!\d)(?P<m>\d{{1,2}})月份?(?P<part>上旬|中旬|下旬|初|底|末|"
                rf"中)?(?!\d)(?:里|的时候|期间)?"
            ),
            _month_number,
        ),
        # rolling
        (
            (
                r"(?:最近|近|过去|这|前|头|最近的|往前)(?:的)?(?P<n>\d+)(?P<u>年)又6个月(?"
                r"P<half>)(?:以?来|内|里|间)?"
            ),
            lambda m, now: spans.rolling(now, "m", int(m["n"]) * 12 + 6),
        ),
        (
            r"(?P<n>\d+)(?P<u>年)又6个月(?:以?来|内|之内|里)",
            lambda m, now: spans.rolling(now, "m", int(m["n"]) * 12 + 6),
        ),
        (
            (
                rf"(?:最近|近来?|过去|这|前|头|往前|往回|之前)(?:的|"
                rf"这)?(?P<n>\d+){_UNIT}(?!前)(?:以来|之内|以内|内|里头?|来|间)?(?:时间)?"
            ),
            _rolling,
        ),
        (
            (
                r"(?:最近|近|过去)(?:的|这)?1?个?(?P<n>)(?P<u>周|星期|礼拜|月|年)(?:以来|"
                r"之内|以内|内|里头?|来|间)?"
            ),
            _rolling,
        ),
        (rf"(?P<n>\d+){_UNIT}(?:以来|之内|以内|内|来(?!的?药)|里)", _rolling),
        (r"这(?P<n>\d+)(?P<u>天|周|个星期|个礼拜|个月|年)", _rolling),
        # so long ago
        (rf"(?P<n>\d+){_UNIT}(?:之前|以前|前)", _ago),
        (r"(?P<d>大前|今|昨|前|当)(?:天|日|儿个?|个儿)(?!前)(?:这一天|一整天|当天)?", _day_word),
        (r"(?P<d>今|昨|前)(?=早|晚|夜|晨|上午|下午|中午|凌晨)", _day_word),
        (
            (
                r"(?P<w>上上|上|这|本)(?:个|一|1)?(?:周|星期|"
                r"礼拜)(?P<day>[1-7日天末](?!前|内|来))?"
            ),
            _week_word,
        ),
        (r"(?P<w>)(?<![上这本下每一两\d几])(?:周|星期|礼拜)(?P<day>[1-7日天末])", _week_word),
        (
            r"(?P<w>上上|上|这|本)(?:1)?个?月份?(?:的)?(?P<last>)(?P<d>\d{1,2})[日号]",
            lambda m, now: _nth_of(m, now),
        ),
        (
            (
                r"(?P<w>上上|上|这|本|当)(?:1)?个?月份?的?(?P<part>上旬|中旬|下旬|初|底|"
                r"末)?"
            ),
            _month_word,
        ),
        (
            r"(?P<w>)(?P<part>月初|月底|月末)",
            lambda m, now: capped(
                _part_of_month(spans.month_offset(_today(now), 0), m["part"][1]), now
            ),
        ),
        (rf"{_YEAR}(?:全年|一整年|1整年|整年|1年|里|度|的时候)?", _whole_year),
        (r"(?<![\d月第./])(?P<d>\d{1,2})[号日](?!楼|院|床)", _day_of_month),
    )
]


def _nth_of(m: re.Match[str], now: datetime) -> Window | None:
    window = spans.month_offset(_today(now), m["w"].count("上"))
    try:
        day = window.start.date().replace(day=int(m["d"]))
    except ValueError:
        return None
    return capped(spans.days(day, day), now)


ANCHORS: list[tuple[re.Pattern[str], str, str]] = [
    (re.compile(pattern), event, side)
    for pattern, event, side in (
        (
            (
                r"(?:上一?1?次|最近(?:一|1)?次?|上回|最后1次)?(?:的|做|去)?(?:完|"
                r"了)?体检(?:完|的?时候|时|那次|那天)?(?:以来|之后|以后|到现在|后)"
            ),
            "checkup",
            "since",
        ),
        (
            (
                r"(?:上一?1?次|最近(?:一|1)次|上回|最后1次|前1次|最近)(?:的|做|"
                r"去)?体检(?:的?时候|时|那次|那天|里|中|报告上|报告里)?"
            ),
            "checkup",
            "day",
        ),
        (r"(?:从)?(?:出院)(?:以来|之后|以后|后|到现在|回家(?:以?后|之后)?)", "stay", "after"),
        (
            (
                r"(?:上次|上回|最近1次|那次|这次)?住院(?:期间|的?时候|那几?天|那段时间|时|"
                r"里|那会儿?|那阵子?)"
            ),
            "stay",
            "during",
        ),
        (r"(?:从)?(?:上次|这次)?(?:住院|入院)(?:以来|之后|以后|后|到现在|开始)", "stay", "since"),
        (r"住院(?:之前|以前|前)", "stay", "until"),
        (
            (
                r"(?:从)?(?:做(?:完|了)?)?(?P<word>[^，,。？?\s从自]{0,8}?手术)(?:以来|"
                r"之后|以后|后|到现在)"
            ),
            "procedure",
            "since",
        ),
        (r"(?P<word>[^，,。？?\s从自]{0,8}?手术)(?:之前|以前|前)", "procedure", "until"),
        (
            (
                r"(?:从|自)?(?:我)?(?:查出来?|确诊|诊断(?:出|为)?|得了?|发现)(?:有|了|"
                r"是)?(?P<word>[^，,。？?\s]{2,8}?)(?:以来|之后|以后|后|到现在)"
            ),
            "diagnosis",
            "since",
        ),
        (
            (
                r"(?:从|自)?(?:打|接种)了?(?P<word>[^，,。？?\s]{0,10}?)(?:疫苗|"
                r"针)(?:以来|之后|以后|后)"
            ),
            "vaccine",
            "since",
        ),
        (
            (
                r"(?:从|自)?(?:我)?(?:开始)?(?:吃上?了?|服用?了?|用上?了?|换了?|加了?|"
                r"打上?了?)(?P<word>[^，,。？?\s前]{0,12}?)(?:以来|之后|以后|到现在|"
                r"后(?!\d|小时|血糖|悔))"
            ),
            "medication",
            "since",
        ),
        (
            (
                r"(?:没|未)(?:吃|服|用)(?P<word>[^，,。？?\s]{0,12}?药)(?:之前|以前|前|"
                r"的时候)|(?:开始)?(?:吃|服|用)(?P<w2>[^，,。？?\s]{0,12}?)药(?:之前|以前|"
                r"前)"
            ),
            "medication",
            "until",
        ),
    )
]

HOURS: list[tuple[re.Pattern[str], tuple[int, int]]] = [
    (re.compile(pattern), hours)
    for pattern, hours in (
        (r"凌晨|后半夜|下半夜", (0, 6)),
        (r"半夜|夜里|夜间|深夜|大半夜", (22, 5)),
        (
            (
                r"早上|早晨|清晨|清早|早起|晨起|晨间|大早|起床(?:后|时|的时候)?|睡醒|"
                r"(?<=[ \0])早(?!就|点|饭|餐)|(?<=\s)晨"
            ),
            (4, 11),
        ),
        (r"上午", (6, 12)),
        (r"中午|晌午|午间", (11, 14)),
        (r"下午|午后(?!血糖)|后晌", (12, 18)),
        (r"傍晚|黄昏", (16, 20)),
        (r"晚上|晚间|夜晚|(?<=[ \0])晚(?!饭|餐)", (17, 24)),
    )
]

VAGUE = re.compile(
    r"最近|近期|近来|这几天|这阵子|这段时间|这些天|这些日子|前阵子|前段时间|"
    r"这一阵|近段时间|这两天"
)
