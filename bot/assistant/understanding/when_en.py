"""The grammar of English time words. Text is lower case before it comes here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Window
from bot.assistant.understanding import spans
from bot.assistant.understanding.spans import capped

Make = Callable[[re.Match[str], datetime], Window | None]

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = (
    r"(?P<mon>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|"
    r"july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)\.?"
)
_WORDS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "couple of": 2,
    "a couple of": 2,
    "few": 3,
    "a few": 3,
    "fourteen": 14,
    "fifteen": 15,
    "thirty": 30,
}
_N = (
    r"(?P<n>\d+|a couple of|couple of|a few|few|an?|one|two|three|four|five|"
    r"six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|thirty)"
)
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_FESTIVALS = {
    "spring festival": "spring_festival",
    "chinese new year": "spring_festival",
    "lunar new year": "spring_festival",
    "mid-autumn festival": "mid_autumn",
    "mid autumn festival": "mid_autumn",
    "mid-autumn": "mid_autumn",
    "national day": "national_day",
    "golden week": "national_day",
    "dragon boat festival": "dragon_boat",
    "new year's day": "new_year",
    "christmas": "christmas",
    "labour day": "labour_day",
    "labor day": "labour_day",
    "lantern festival": "lantern",
}


def _today(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


def _count(word: str | None) -> int:
    if not word:
        return 1
    return int(word) if word.isdigit() else _WORDS[word]


def _rolling(m: re.Match[str], now: datetime) -> Window | None:
    count, unit = _count(m["n"]), m["u"][0]
    if m.groupdict().get("half"):
        return spans.rolling(now, "m", 6)
    if m["u"].startswith("fortnight"):
        return spans.rolling(now, "w", 2 * count)
    return spans.rolling(now, unit, count)


def _ago(m: re.Match[str], now: datetime) -> Window | None:
    count, unit, today = _count(m["n"]), m["u"], _today(now)
    if unit.startswith("day"):
        day = today - timedelta(days=count)
        return spans.days(day, day)
    if unit.startswith("week"):
        return spans.week(today - timedelta(weeks=count))
    if unit.startswith("month"):
        return spans.month_offset(today, count)
    return spans.year(today.year - count)


def _calendar(m: re.Match[str], now: datetime) -> Window | None:
    back = 1 if m["w"] == "last" or m["w"] == "previous" else 0
    today, unit = _today(now), m["u"]
    if unit == "week":
        return capped(spans.week(today - timedelta(weeks=back)), now)
    if unit == "month":
        return capped(spans.month_offset(today, back), now)
    return capped(spans.year(today.year - back), now)


def _month_number(m: re.Match[str]) -> int:
    return next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(m["mon"][:3]))


def _past_year(now: datetime, month: int, day: int) -> int:
    today = _today(now)
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def _year(m: re.Match[str], now: datetime, month: int, day: int) -> int:
    if m.groupdict().get("y"):
        return int(m["y"])
    if m.groupdict().get("ly"):
        return _today(now).year - 1
    return _past_year(now, month, day)


def _date(m: re.Match[str], now: datetime) -> date | None:
    month, day = _month_number(m), int(m["d"])
    try:
        return date(_year(m, now, month, day), month, day)
    except ValueError:
        return None


def _one_day(m: re.Match[str], now: datetime) -> Window | None:
    day = _date(m, now)
    return capped(spans.days(day, day), now) if day else None


def _since_date(m: re.Match[str], now: datetime) -> Window | None:
    day = _date(m, now)
    return Window(spans.midnight(day), now) if day else None


def _month(m: re.Match[str], now: datetime) -> Window | None:
    number = _month_number(m)
    return capped(spans.month(_year(m, now, number, 1), number), now)


def _since_month(m: re.Match[str], now: datetime) -> Window | None:
    number = _month_number(m)
    return Window(spans.month(_year(m, now, number, 1), number).start, now)


def _months(m: re.Match[str], now: datetime) -> Window | None:
    first = next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(m["a"][:3]))
    last = next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(m["b"][:3]))
    year = int(m["y"]) if m["y"] else _past_year(now, first, 1)
    end = spans.month(year if last >= first else year + 1, last).end
    return capped(Window(spans.month(year, first).start, end), now)


def _iso(m: re.Match[str], now: datetime) -> Window | None:
    try:
        day = date(int(m["y"]), int(m["m"]), int(m["d"]))
    except ValueError:
        return None
    return capped(spans.days(day, day), now)


def _iso_range(m: re.Match[str], now: datetime) -> Window | None:
    try:
        return capped(spans.days(date.fromisoformat(m["a"]), date.fromisoformat(m["b"])), now)
    except ValueError:
        return None


def _whole_year(m: re.Match[str], now: datetime) -> Window | None:
    number = int(m["y"])
    return capped(spans.year(number), now) if 1900 < number < 2100 else None


def _since_year(m: re.Match[str], now: datetime) -> Window | None:
    return Window(spans.year(int(m["y"])).start, now)


def _word_day(m: re.Match[str], now: datetime) -> Window | None:
    back = {"today": 0, "this": 0, "tonight": 0, "yesterday": 1, "last night": 1}
    word = m["w"]
    offset = 2 if word.startswith("the day") else back.get(word, 0)
    day = _today(now) - timedelta(days=offset)
    return capped(spans.days(day, day), now)


def _weekday(m: re.Match[str], now: datetime) -> Window | None:
    today, index = _today(now), _DAYS.index(m["d"])
    if m["w"] == "last":
        monday = today - timedelta(days=today.weekday() + 7)
        day = monday + timedelta(days=index)
    else:
        day = today - timedelta(days=(today.weekday() - index) % 7)
    return capped(spans.days(day, day), now)


def _festival(m: re.Match[str], now: datetime) -> Window | None:
    name = _FESTIVALS[m["f"]]
    if m["y"]:
        return capped(spans.festival(name, int(m["y"])), now)
    year = _today(now).year - (1 if m["ly"] else 0)
    window = spans.festival(name, year)
    return capped(window if window.start <= now else spans.festival(name, year - 1), now)


def _half(m: re.Match[str], now: datetime) -> Window | None:
    year = int(m["y"]) if m["y"] else _today(now).year - (1 if m["ly"] else 0)
    first, last = (1, 6) if m["h"] == "first" else (7, 12)
    return capped(spans.months(year, first, last), now)


def _since_calendar(m: re.Match[str], now: datetime) -> Window | None:
    window = _calendar(m, now)
    return Window(window.start, now) if window else None


_Y = r"(?:,? (?:of )?(?:(?P<y>\d{4})|(?P<ly>last year)))?"
_UNIT = r"(?P<u>days?|weeks?|fortnights?|months?|years?)"
_FEST = "|".join(_FESTIVALS)

RULES: list[tuple[re.Pattern[str], Make]] = [
    (re.compile(pattern), make)
    for pattern, make in (
        (
            (
                r"(?:from|between) (?P<a>\d{4}-\d\d-\d\d) (?:to|and|until) "
                r"(?P<b>\d{4}-\d\d-\d\d)"
            ),
            _iso_range,
        ),
        (r"(?:on )?(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", _iso),
        (
            (
                rf"(?:from |between )?(?P<a>{'|'.join(_MONTHS)}) (?:to|and|through|until|"
                rf"-) (?P<b>{'|'.join(_MONTHS)})(?: (?P<y>\d{{4}}))?"
            ),
            _months,
        ),
        (rf"since (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}{_Y}\b", _since_date),
        (rf"since {_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b{_Y}", _since_date),
        (rf"(?:on )?(?:the )?\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b{_Y}", _one_day),
        (rf"(?:on )?\b{_MONTH} (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b{_Y}(?!\d)", _one_day),
        (rf"since (?:last )?{_MONTH}\b{_Y}", _since_month),
        (rf"(?:in|during|for|over|of|throughout|this|last) {_MONTH}\b{_Y}", _month),
        (
            (
                r"(?:in the |during the )?(?P<h>first|second) half of (?:the year "
                r")?(?:(?P<y>\d{4})|(?P<ly>last year)|this year)"
            ),
            _half,
        ),
        (
            (
                rf"(?:during |over |at |around |in )?(?:the )?(?P<f>{_FEST})(?: holiday| "
                rf"break)?(?: (?:in |of )?(?:(?P<y>\d{{4}})|(?P<ly>last year)|this year))?"
            ),
            _festival,
        ),
        (
            (
                r"(?:over |in |during |for |within )?(?:the )?(?:last|past|previous|"
                r"recent) half (?P<n>a )?(?P<half>)(?P<u>year)"
            ),
            lambda m, now: spans.rolling(now, "m", 6),
        ),
        (
            (
                r"(?:over |in |during |within )?(?:the )?(?:last|past) half[- ]?(?:a "
                r")?year"
            ),
            lambda m, now: spans.rolling(now, "m", 6),
        ),
        (
            (
                rf"(?:over |in |during |for |within |across )?(?:the |my |these )?(?:last|"
                rf"past|previous|recent|most recent) {_N} {_UNIT}\b"
            ),
            _rolling,
        ),
        (
            (
                r"(?:within|in) (?:the )?(?:last |past )?(?P<n>)(?P<u>week|month|year)(?= "
                r"to now)"
            ),
            _rolling,
        ),
        (
            (
                r"(?:over |in |during |for |within )?the past (?P<n>)(?P<u>day|week|"
                r"fortnight|month|year)\b"
            ),
            _rolling,
        ),
        (
            (
                r"(?:over |during |within |in )the last (?P<n>)(?P<u>day|week|fortnight|"
                r"month|year)\b"
            ),
            _rolling,
        ),
        (r"\bpast (?P<n>)(?P<u>week|month|year)\b", _rolling),
        (rf"{_N} {_UNIT} ago\b", _ago),
        (
            (
                r"since (?:the (?:start|beginning) of )?(?P<w>last|this) (?P<u>week|month|"
                r"year)\b"
            ),
            _since_calendar,
        ),
        (
            (
                r"(?:during |in |over |for )?(?P<w>last|this|previous) (?P<u>week|month|"
                r"year)\b(?:'s)?"
            ),
            _calendar,
        ),
        (r"(?P<w>the day before yesterday|yesterday|today|tonight|last night)(?:'s)?", _word_day),
        (r"(?P<w>this)(?= (?:morning|afternoon|evening)\b)", _word_day),
        (rf"(?:on )?(?:(?P<w>last|this) )?(?P<d>{'|'.join(_DAYS)})\b", _weekday),
        (r"since (?P<y>(?:19|20)\d\d)\b", _since_year),
        (r"(?:in|during|for|of|throughout) (?:the year )?(?P<y>(?:19|20)\d\d)\b", _whole_year),
    )
]

ANCHORS: list[tuple[re.Pattern[str], str, str]] = [
    (re.compile(pattern), event, side)
    for pattern, event, side in (
        (
            (
                r"since (?:my |the )?(?:last |latest |most recent )(?:physical|check-?up|"
                r"annual exam|health check)"
            ),
            "checkup",
            "since",
        ),
        (
            (
                r"(?:at|during|from|in) (?:my |the )?(?:last |latest |most recent "
                r")(?:physical|check-?up|annual exam|health check)(?: exam)?"
            ),
            "checkup",
            "day",
        ),
        (
            (
                r"(?:since|after) (?:i was |being |i got |my )?(?:discharged?|leaving "
                r"(?:the )?hospital)(?: from (?:the )?hospital)?"
            ),
            "stay",
            "after",
        ),
        (
            (
                r"(?:during|in|while i was in) (?:my |the )?(?:last |latest )?(?:hospital "
                r"stay|hospitali[sz]ation|admission|hospital)"
            ),
            "stay",
            "during",
        ),
        (
            (
                r"since (?:my |the |i was )?(?:last )?(?:hospital stay|"
                r"hospitali[sz](?:ation|ed)|admi(?:ssion|tted))"
            ),
            "stay",
            "since",
        ),
        (
            (
                r"(?:since|after) (?:my |the )?(?P<word>[a-z ]{0,30}?(?:surgery|"
                r"operation))"
            ),
            "procedure",
            "since",
        ),
        (
            r"(?:since|after) (?:i was )?(?:being )?diagnosed with (?P<word>[a-z0-9 ]{3,30})",
            "diagnosis",
            "since",
        ),
        (
            (
                r"(?:since|after) (?:i |starting )?(?:started |began |have been |been "
                r")?(?:taking |on |using |started )?(?:the |my )?(?P<word>[a-z]{3,20}(?:pine|"
                r"pril|tan|ol|statin|formin|ide|zole|rin|medication|medicine|meds|pills|"
                r"insulin|one|cin|lol|in))\b"
            ),
            "medication",
            "since",
        ),
    )
]

HOURS: list[tuple[re.Pattern[str], tuple[int, int]]] = [
    (re.compile(pattern), hours)
    for pattern, hours in (
        (r"(?:in the |on |at )?\b(?:early )?mornings?\b", (4, 12)),
        (r"(?:in the |at )?\b(?:noon|midday)\b", (11, 14)),
        (r"(?:in the )?\bafternoons?\b", (12, 18)),
        (r"(?:in the |at |on )?\b(?:evenings?|tonight)\b", (17, 24)),
        (r"(?:at |during the )\b(?:night|nights)\b", (20, 5)),
    )
]

VAGUE = re.compile(r"\b(?:recent|recently|lately|these days)\b")
