"""The grammar of English time words. Text is lower case before it comes here."""

from __future__ import annotations

import re

from bot.assistant.understanding import spans
from bot.assistant.understanding.saying_en import (
    DAYS,
    FESTIVALS,
    MONTHS,
    Make,
    ago,
    calendar,
    festival,
    half,
    iso,
    iso_range,
    month_span,
    months,
    one_day,
    rolling,
    since_calendar,
    since_date,
    since_month,
    since_year,
    weekday,
    whole_year,
    word_day,
)

_MONTH = (
    r"(?P<mon>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|"
    r"july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)\.?"
)
_N = (
    r"(?P<n>\d+|a couple of|couple of|a few|few|an?|one|two|three|four|five|"
    r"six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|thirty)"
)
_Y = r"(?:,? (?:of )?(?:(?P<y>\d{4})|(?P<ly>last year)))?"
_UNIT = r"(?P<u>days?|weeks?|fortnights?|months?|years?)"
_FEST = "|".join(FESTIVALS)
RULES: list[tuple[re.Pattern[str], Make]] = [
    (re.compile(pattern), make)
    for pattern, make in (
        (
            (
                r"(?:from|between) (?P<a>\d{4}-\d\d-\d\d) (?:to|and|until) "
                r"(?P<b>\d{4}-\d\d-\d\d)"
            ),
            iso_range,
        ),
        (r"(?:on )?(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", iso),
        (
            (
                rf"(?:from |between )?(?P<a>{'|'.join(MONTHS)}) (?:to|and|through|until|"
                rf"-) (?P<b>{'|'.join(MONTHS)})(?: (?P<y>\d{{4}}))?"
            ),
            months,
        ),
        (rf"since (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}{_Y}\b", since_date),
        (rf"since {_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b{_Y}", since_date),
        (rf"(?:on )?(?:the )?\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b{_Y}", one_day),
        (rf"(?:on )?\b{_MONTH} (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b{_Y}(?!\d)", one_day),
        (rf"since (?:last )?{_MONTH}\b{_Y}", since_month),
        (rf"(?:in|during|for|over|of|throughout|this|last) {_MONTH}\b{_Y}", month_span),
        (
            (
                r"(?:in the |during the )?(?P<h>first|second) half of (?:the year "
                r")?(?:(?P<y>\d{4})|(?P<ly>last year)|this year)"
            ),
            half,
        ),
        (
            (
                rf"(?:during |over |at |around |in )?(?:the )?(?P<f>{_FEST})(?: holiday| "
                rf"break)?(?: (?:in |of )?(?:(?P<y>\d{{4}})|(?P<ly>last year)|this year))?"
            ),
            festival,
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
            rolling,
        ),
        (
            (
                r"(?:within|in) (?:the )?(?:last |past )?(?P<n>)(?P<u>week|month|year)(?= "
                r"to now)"
            ),
            rolling,
        ),
        (
            (
                r"(?:over |in |during |for |within )?the past (?P<n>)(?P<u>day|week|"
                r"fortnight|month|year)\b"
            ),
            rolling,
        ),
        (
            (
                r"(?:over |during |within |in )the last (?P<n>)(?P<u>day|week|fortnight|"
                r"month|year)\b"
            ),
            rolling,
        ),
        (r"\bpast (?P<n>)(?P<u>week|month|year)\b", rolling),
        (rf"{_N} {_UNIT} ago\b", ago),
        (
            (
                r"since (?:the (?:start|beginning) of )?(?P<w>last|this) (?P<u>week|month|"
                r"year)\b"
            ),
            since_calendar,
        ),
        (
            (
                r"(?:during |in |over |for )?(?P<w>last|this|previous) (?P<u>week|month|"
                r"year)\b(?:'s)?"
            ),
            calendar,
        ),
        (r"(?P<w>the day before yesterday|yesterday|today|tonight|last night)(?:'s)?", word_day),
        (r"(?P<w>this)(?= (?:morning|afternoon|evening)\b)", word_day),
        (rf"(?:on )?(?:(?P<w>last|this) )?(?P<d>{'|'.join(DAYS)})\b", weekday),
        (r"since (?P<y>(?:19|20)\d\d)\b", since_year),
        (r"(?:in|during|for|of|throughout) (?:the year )?(?P<y>(?:19|20)\d\d)\b", whole_year),
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
