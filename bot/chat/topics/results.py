"""Results of reports: how an item went over the years, and where on the page it stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from bson import ObjectId

from backend.core.errors import KangbanError
from backend.reports.errors import CodeUnknown
from backend.reports.lab_trend import LabTrend
from backend.reports.report import Report
from backend.reports.review import LOINC
from bot.assistant.stored.turn import CitationWords
from bot.chat.drawing import lab_chart, trend_name
from bot.chat.reply import Button, Reply
from bot.chat.talk import Item
from bot.chat.turn import Turn

_YEARS = timedelta(days=5 * 366)
_MOST = 4
_SIZE = (1080, 810)
_OUT_OF_RANGE = {"high", "low", "abnormal"}


async def after_archiving(turn: Turn, report: Report) -> list[Reply]:
    """The trend of an item that now has two points or more, out of range ones first, with
    buttons for the next few; nothing where there is none."""
    found: list[LabTrend] = []
    for code in _codes(report):
        trend = await _trend(turn, report.resident_id, code)
        if trend is not None:
            found.append(trend)
        if len(found) == _MOST:
            break
    if not found:
        return []
    first, *others = found
    buttons = [
        Button(
            turn.say("trend_of", name=trend_name(each, turn.viewer.language)),
            f"item:{turn.talk.items.put(Item(report.resident_id, each.code))}",
        )
        for each in others
    ]
    return [await _picture(turn, report.resident_id, first, buttons)]


async def show(turn: Turn, token: str) -> list[Reply]:
    """Another item's. Raises ``AccessDenied`` and ``ConsentMissing``."""
    item = turn.talk.items.get(token)
    if item is None:
        return [turn.reply("expired")]
    return [await of_code(turn, item.resident_id, item.code)]


async def of_code(turn: Turn, resident_id: ObjectId, code: str) -> Reply:
    """Raises ``AccessDenied`` and ``ConsentMissing``."""
    await turn.require_leave(resident_id)
    trend = await _trend(turn, resident_id, code)
    if trend is None:
        return turn.reply("no_trend")
    return await _picture(turn, resident_id, trend, ())


async def crop(turn: Turn, resident_id: ObjectId, cited: CitationWords) -> bytes | None:
    """The marked place on the page as PNG; None for what no page shows, or the viewer may not
    see: the words of the citation stand without it."""
    if cited.node is None or cited.id is None:
        return None
    part_id, reports = ObjectId(cited.id), turn.rooms.reports.reports
    try:
        found = await reports.of_parts(turn.viewer, resident_id, [part_id])
        if part_id not in found:
            return None
        report, part = found[part_id]
        items = report.review.items if report.review else ()
        page = next((each.page for each in items if each.id == part), None)
        if page is None:
            return None
        return await reports.page_picture(
            turn.viewer, resident_id, report.id, page, item_id=part, crop=True
        )
    except KangbanError:
        return None


async def _trend(turn: Turn, resident_id: ObjectId, code: str) -> LabTrend | None:
    """None where no series has two points."""
    until: datetime = turn.now + timedelta(days=1)
    try:
        trend = await turn.rooms.reports.lab_trends.trend(
            turn.viewer, resident_id, code, since=until - _YEARS, until=until
        )
    except CodeUnknown:
        return None
    return trend if any(len(each.points) > 1 for each in trend.series) else None


async def _picture(
    turn: Turn, resident_id: ObjectId, trend: LabTrend, buttons: list[Button] | tuple[()]
) -> Reply:
    language = turn.viewer.language
    picture = await turn.rooms.charting.drawn(partial(lab_chart, trend, _SIZE, language))
    name = trend_name(trend, language)
    text = turn.say("item_trend", who=await turn.who(resident_id), name=name)
    return Reply(text=text, picture=picture, buttons=tuple(buttons))


def _codes(report: Report) -> list[str]:
    items = report.review.kept if report.review else ()
    known = [each for each in items if each.code is not None and each.code.system == LOINC]
    known.sort(key=lambda each: each.flag not in _OUT_OF_RANGE)
    return list(dict.fromkeys(each.code.code for each in known if each.code))
