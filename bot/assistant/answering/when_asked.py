"""The spans of time that an answer is of, and the event they hang on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.assistant.answer import Window
from bot.assistant.records import Entry
from bot.assistant.understanding import anchors, spans
from bot.assistant.understanding.asks import Ask
from bot.assistant.understanding.query import Query
from bot.assistant.understanding.topics import Topics
from bot.assistant.view import ArchiveView

# An average or a trend of 最近 without a number: the last month.
_VAGUE_ASKS = {
    Ask.AVERAGE,
    Ask.TREND,
    Ask.HIGHEST,
    Ask.LOWEST,
    Ask.EXTREMES,
    Ask.COUNT,
    Ask.HOW_OFTEN,
    Ask.TOTAL,
}
_AT_CHECKUP = re.compile(
    r"体检(?!完?(?:以来|之后|以后|后|到|之前|以前|前))|check-?up|physical exam"
)
# Whether a medicine did something is seen beside the time before it.
_DID_IT_HELP = re.compile(
    r"没(?:有)?(?:[?？啊呀]|$)|有没有|没[降涨升好]|吗|么|管用|有用|有效|效果|作用|\bhelp|\bwork"
)
_BY_MEDICINE = ("medication", "medication_change")
_EVENING = 17
_UNTIL_NOON = timedelta(hours=19)


def asked_windows(
    query: Query, view: ArchiveView, topics: Topics
) -> tuple[tuple[Window, ...], Entry | None]:
    """The spans asked of, and the event where they hang on one; None where it was not found."""
    if query.anchor is not None:
        found = anchors.resolve(query.anchor, view, topics, query.kinds)
        if found is not None:
            return (found[0], *query.windows), found[1]
        return query.windows, None
    if query.kinds and query.windows and _AT_CHECKUP.search(query.rest):
        days = [anchors.checkup_in(view, each) or each for each in query.windows]
        if query.ask is not Ask.COMPARE or len(days) > 1:
            return tuple(days), None
    if query.ask is Ask.COMPARE and len(query.windows) == 1:
        return (*query.windows, _other_side(query.windows[0], view.now)), None
    if not query.windows and query.vague and query.ask in _VAGUE_ASKS and query.kinds:
        return (spans.rolling(view.now, "m", 1),), None
    return query.windows, None


def at_checkups(query: Query, view: ArchiveView) -> Sequence[Window]:
    """「最近两次体检的尿酸」: the days of so many check-ups; empty where they are not asked for."""
    if query.last_n is None or query.windows or not _AT_CHECKUP.search(query.rest):
        return ()
    return anchors.checkup_days(view, query.last_n)


def beside_before(query: Query, windows: Sequence[Window]) -> tuple[Query, tuple[Window, ...]]:
    """「吃药后降了没」: the time since the medicine beside as long a time before it."""
    anchor = query.anchor
    if (
        anchor is None
        or anchor.event not in _BY_MEDICINE
        or anchor.side != "since"
        or query.ask is not Ask.TREND
        or len(windows) != 1
        or not _DID_IT_HELP.search(query.asked.plain)
    ):
        return query, tuple(windows)
    before = Window(windows[0].start - (windows[0].end - windows[0].start), windows[0].start)
    return replace(query, ask=Ask.COMPARE), (windows[0], before)


def of_a_night(query: Query, key: str, windows: Sequence[Window]) -> tuple[Query, Sequence[Window]]:
    """「昨晚睡了多久」: a night's sleep is noted in the morning after it."""
    at_night = query.hours is not None and query.hours[0] >= _EVENING
    if key != "sleep" or not at_night or len(windows) != 1:
        return query, windows
    start = windows[0].start.replace(hour=_EVENING)
    return replace(query, hours=None), (Window(start, start + _UNTIL_NOON),)


def _other_side(window: Window, now: datetime) -> Window:
    """What one span is compared with: the time since it, or as long a time before it."""
    if window.end < now:
        return Window(window.end, now)
    return Window(window.start - (window.end - window.start), window.start)
