"""The calendar in Chinese: dates, weeks, festivals, so long ago.

Text is plain (digits, half width) before it comes here.
"""

from __future__ import annotations

import re

from bot.assistant.answer import Window
from bot.assistant.understanding import lunar, spans
from bot.assistant.understanding.saying_zh import (
    FESTIVALS,
    Make,
    ago,
    dated,
    day_of_month,
    day_word,
    festival,
    from_to,
    local_day,
    month_number,
    month_word,
    months_from_to,
    nth_of,
    one_day,
    part_of_month,
    rolling,
    season,
    season_begun,
    since_day,
    since_festival,
    since_month,
    since_weekday,
    since_word,
    week_word,
    whole_year,
    year_part,
)
from bot.assistant.understanding.spans import capped

_YEAR = r"(?:(?P<y>\d{4}|\d{2})年|(?P<yw>大前年|今年|去年|前年|上一?年|本年)的?)"
_N = r"(?P<n>\d+)?"
_UNIT = r"(?P<u>天|日(?!期)|周|个?星期|个?礼拜|个?月|年)"
_FEST = "|".join(FESTIVALS.values())
_DAY = r"(?P<m>\d{1,2})(?:月|/|\.)(?P<d>\d{1,2})[日号]?"
RULES: list[tuple[re.Pattern[str], Make]] = [
    (re.compile(pattern), make)
    for pattern, make in (
        (
            r"(?:^|(?<=[,，。 我的在从于自]))(?P<am>\d{1,2})\.(?P<ad>\d{1,2})(?:到|至|-|~|—)"
            r"(?P<bm>\d{1,2})\.(?P<bd>\d{1,2})(?![\d.]|之间|m)(?!.{0,12}(?:糖|脂|酸|胆固醇|钾))",
            from_to,
        ),
        (lunar.DAY, lunar.lunar_day),
        (lunar.MONTH, lunar.lunar_month),
        # 2026-11-03, 2026/11/3, 2026年11月3日
        (
            (
                r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)(?:日|"
                r"号)?(?:以来|至今|到现在|以后|之后|起)"
            ),
            since_day,
        ),
        (
            rf"从?{dated('a')}(?:到|至|~|-|—|和)+"
            r"(?:(?P<by>\d{4})年|(?P<byw>今年|去年))?(?:(?P<bm>\d{1,2})月)?(?P<bd>\d{1,2})"
            r"[日号]?(?!\d)",
            from_to,
        ),
        (
            rf"{_YEAR}?(?P<am>\d{{1,2}})月?份?(?:到|至|~|-|—)(?P<bm>\d{{1,2}})月份?(?!\d)",
            months_from_to,
        ),
        (
            (
                rf"(?:从|自)?{_YEAR}?(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})[日号]?(?:以来|至今|"
                rf"到现在|到今天|以后|之后|起|开始)"
            ),
            since_day,
        ),
        (
            (
                rf"(?:从|自)?{_YEAR}?(?P<m>\d{{1,2}})月份?(?:以来|至今|到现在|到今天|以后|"
                rf"之后|起|开始)"
            ),
            since_month,
        ),
        (rf"{_YEAR}(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})[日号]?", one_day),
        (r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)[日号]?", one_day),
        (r"(?<!\d)(?P<m>\d{1,2})月(?P<d>\d{1,2})(?:[日号]|(?!\d|个|天))", one_day),
        (
            (
                r"(?:^|(?<=[,，。 我的在从于]))(?P<m>\d{1,2})[./](?P<d>\d{1,2})(?:[日号]|"
                r"(?=[那当这]?[天日]|早上|晚上|下午|上午|中午))(?:[那当这][天日])?"
            ),
            one_day,
        ),
        (
            r"(?:从|自)(?P<w>昨天|前天|上周|上星期|上个月|上月|去年|前年|今年|年初|月初)"
            r"(?:开始|起|以来|至今|到现在|到今天|到目前)",
            since_word,
        ),
        (
            (
                r"(?:从|自)?(?P<w>上上|上|这|本)(?:个|一|1)?(?:周|星期|"
                r"礼拜)(?P<day>[1-7日天])(?:以来|至今|到现在|到今天|开始|起)"
            ),
            since_weekday,
        ),
        (
            (
                r"(?P<w>去年|前年|上周|上个月|上月|年初|月初|昨天)(?:以来|至今|到现在|"
                r"到今天)"
            ),
            since_word,
        ),
        (r"(?P<w>今年)(?:以来|到现在|至今)?(?=以来|到现在|至今)(?:以来|到现在|至今)", since_word),
        (
            (
                rf"{_YEAR}?(?:的?)(?:{_FEST})(?:假期|期间|节|前后|那几?天|长假|"
                rf"的?时候)?(?:以后|之后|过后|以来|到现在|后)(?!几)"
            ),
            since_festival,
        ),
        (
            (
                rf"{_YEAR}?(?:的?)(?:{_FEST})(?:节气|节|假期|期间|前后|那几?天|长假|放假|"
                rf"的?时候|当天)*"
            ),
            festival,
        ),
        (
            (
                rf"{_YEAR}?(?P<part>上半年|下半年|前半年|后半年|年初|年底|年末|年中|"
                rf"第?\d季度|[一二三四]季度)"
            ),
            year_part,
        ),
        (
            r"(?:从|自)?(?:入|开)(?P<s>[春夏秋冬])(?:以来|以后|之后|后|到现在)?",
            lambda m, now: Window(season_begun(m["s"], now), now),
        ),
        (rf"{_YEAR}?(?:的)?(?P<s>[春夏秋冬])(?:天|季)(?:的?时候|里)?", season),
        (
            (
                rf"{_YEAR}?(?<!\d)(?P<m>\d{{1,2}})月份?(?P<part>上旬|中旬|下旬|初|底|末|"
                rf"中)?(?!\d)(?:里|的时候|期间)?"
            ),
            month_number,
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
                rf"(?<!院)(?:最近|近来?|过去|这|前|头|往前|往回|之前)(?:的|"
                rf"这)?(?P<n>\d+){_UNIT}(?!前)(?:以来|之内|以内|内|里头?|来|间)?(?:时间)?"
            ),
            rolling,
        ),
        (
            (
                r"(?:最近|近|过去)(?:的|这)?1?个?(?P<n>)(?P<u>周|星期|礼拜|月|年)(?:以来|"
                r"之内|以内|内|里头?|来|间)?"
            ),
            rolling,
        ),
        (rf"(?P<n>\d+){_UNIT}(?:以来|之内|以内|内|来(?!的?药)|里)", rolling),
        (r"这(?P<n>\d+)(?P<u>天|周|个星期|个礼拜|个月|年)", rolling),
        # so long ago
        (rf"(?P<n>\d+){_UNIT}(?:之前|以前|前)", ago),
        (
            r"(?P<d>大前|今|昨|前|(?<![一-鿿])当)(?:天|日|儿个?|个儿)(?!前)(?:这一天|一整天|当天)?",
            day_word,
        ),
        (r"(?P<d>今|昨|前)(?=早|晚|夜|晨|上午|下午|中午|凌晨)", day_word),
        (
            (
                r"(?P<w>上上|上|这|本)(?:个|一|1)?(?:周|星期|"
                r"礼拜)(?P<day>[1-7日天末](?!前|内|来))?"
            ),
            week_word,
        ),
        (r"(?P<w>)(?<![上这本下每一两\d几])(?:周|星期|礼拜)(?P<day>[1-7日天末])", week_word),
        (
            r"(?P<w>上上|上|这|本)(?:1)?个?月份?(?:的)?(?P<last>)(?P<d>\d{1,2})[日号]",
            lambda m, now: nth_of(m, now),
        ),
        (
            (
                r"(?P<w>上上|上|这|本|当)(?:1)?个?月份?的?(?P<part>上旬|中旬|下旬|初|底|"
                r"末)?"
            ),
            month_word,
        ),
        (
            r"(?P<w>)(?P<part>月初|月底|月末)",
            lambda m, now: capped(
                part_of_month(spans.month_offset(local_day(now), 0), m["part"][1]), now
            ),
        ),
        (rf"{_YEAR}(?:全年|一整年|1整年|整年|1年|里|度|的时候)?", whole_year),
        (r"(?<![\d月第./])(?P<d>\d{1,2})[号日](?!楼|院|床)", day_of_month),
    )
]
