"""A photographed report: sent, read, looked through as a table, corrected by words, archived."""

from __future__ import annotations

import re
from dataclasses import replace

from backend.reports.confirming import Confirmation
from backend.reports.documents import ReportState
from backend.reports.errors import ReportPatientDiffers
from backend.reports.files import Incoming
from backend.reports.report import Report
from backend.reports.review import Review, ReviewItem
from bot.chat.phrases import printed_unit
from bot.chat.reply import Button, Reply
from bot.chat.showing import date_words
from bot.chat.talk import Reviewed
from bot.chat.topics import results
from bot.chat.turn import Turn

_ROW = re.compile(
    r"\s*第\s*(\d{1,3})\s*项\s*(?:的?(?:结果|数))?(?:(?:应该|应)?(?:是|为|改成|:|：|=)\s*|(?=[\d<>+±阴阳]))"
    r"(\S.{0,99})"
)
_ENGLISH_ROW = re.compile(r"\s*(?:item|row)\s+(\d{1,3})\s*(?:is|:|=)?\s*(\S.{0,99})", re.IGNORECASE)
_MARKS = {"high": " ↑", "low": " ↓", "abnormal": " !"}


async def take(turn: Turn, data: bytes, name: str) -> list[Reply]:
    """Raises what ``Intake.take`` refuses; a file that is known leads to its report."""
    resident_id = await turn.resident()
    who = await turn.who(resident_id)
    intake = turn.rooms.reports.intake
    taken = await intake.take(turn.viewer, resident_id, [Incoming(data, name)])
    look = Button(turn.say("look"), f"report:{resident_id}:{taken.report_id}")
    return [turn.reply("known_file" if taken.known else "taken_file", look, who=who)]


async def show(turn: Turn, rest: str) -> list[Reply]:
    """How far it is; when it was read, the table and what can be done with it."""
    resident_id, report_id = await turn.place(rest)
    report = await turn.rooms.reports.reports.get(turn.viewer, resident_id, report_id)
    if report.state is ReportState.READING:
        again = Button(turn.say("look"), f"report:{rest}")
        pages = len({each.number for each in report.pages})
        return [turn.reply("reading_file", again, pages=pages)]
    if report.state is not ReportState.READY or report.review is None:
        return [turn.reply(f"report_{report.state.value}")]
    return [_table(turn, report, report.review)]


async def correct(turn: Turn, text: str) -> list[Reply] | None:
    """第3项是7.38, of the table shown last; None where the words are nothing of that."""
    said = _ROW.fullmatch(text) or _ENGLISH_ROW.fullmatch(text)
    token = turn.talk.reviewed.last()
    shown = turn.talk.reviewed.get(token) if said and token else None
    if said is None or shown is None:
        return None
    index = int(said[1]) - 1
    if not 0 <= index < len(shown.items):
        return [turn.reply("no_row", count=len(shown.items))]
    await turn.require_leave(shown.resident_id)
    changed = await turn.rooms.reports.reviewing.correct_item(
        turn.viewer,
        shown.resident_id,
        shown.report_id,
        shown.items[index],
        {"text": said[2].strip()},
        version=shown.version,
    )
    assert changed.review is not None  # it was ready for review, or correcting had raised
    return [_table(turn, changed, changed.review)]


async def keep(turn: Turn, token: str) -> list[Reply]:
    """Into the archive, as it was shown. Raises what ``Confirming.confirm`` raises."""
    shown = turn.talk.reviewed.get(token)
    if shown is None:
        return [turn.reply("expired")]
    who = await turn.who(shown.resident_id)
    try:
        report = await turn.rooms.reports.confirming.confirm(
            turn.viewer,
            shown.resident_id,
            shown.report_id,
            version=shown.version,
            said=Confirmation(patient_confirmed=shown.is_theirs, uncertain_confirmed=True),
            idempotency_key=f"chat:{token}",
        )
    except ReportPatientDiffers:
        theirs = turn.talk.reviewed.put(replace(shown, is_theirs=True))
        yes = Button(turn.say("is_theirs", who=who), f"keep:{theirs}")
        put = Button(turn.say("put_away"), f"away:{theirs}")
        return [turn.reply("other_name", yes, put, who=who)]
    _seen_to(turn, shown)
    return [turn.reply("kept", who=who), *await results.after_archiving(turn, report)]


async def put_away(turn: Turn, token: str) -> list[Reply]:
    """Nothing goes into the archive; the draft stays in the app to be looked through there."""
    shown = turn.talk.reviewed.take(token)
    if shown is None:
        return [turn.reply("expired")]
    _seen_to(turn, shown)
    return [turn.reply("left_in_app")]


def _seen_to(turn: Turn, shown: Reviewed) -> None:
    """No table of the same report waits any more."""
    kept = turn.talk.reviewed.things
    for token in [one for one, each in kept.items() if each.report_id == shown.report_id]:
        del kept[token]


def _table(turn: Turn, report: Report, review: Review) -> Reply:
    items = review.kept
    shown = Reviewed(
        resident_id=report.resident_id,
        report_id=report.id,
        version=report.version,
        items=tuple(each.id for each in items),
    )
    token = turn.talk.reviewed.put(shown)
    uncertain = any(each.uncertain for each in items)
    keep_it = Button(turn.say("keep_uncertain" if uncertain else "keep"), f"keep:{token}")
    rows = [_row(index, each) for index, each in enumerate(items, 1)]
    at = review.collected_at or review.reported_at
    head = " ".join(filter(None, (review.facility, at and date_words(turn, at))))
    foot = turn.say("check_uncertain" if uncertain else "check")
    text = "\n".join(filter(None, (head, *rows, foot)))
    return Reply(text=text, buttons=(keep_it, Button(turn.say("put_away"), f"away:{token}")))


def _row(index: int, item: ReviewItem) -> str:
    mark = _MARKS.get(item.flag or "", "")
    unit = f" {printed_unit(item.unit)}" if item.unit else ""
    reference = f"（{item.reference.text}）" if item.reference else ""
    return (
        f"{'⚠ ' if item.uncertain else ''}{index}. {item.name} {item.text}{unit}{mark}{reference}"
    )
