"""Whether the archive's patient is pregnant, since when, and until when: as the record says."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from backend.core.clock import SHANGHAI
from bot.assistant.records import Area, Entry
from bot.assistant.view import ArchiveView

FROM_LMP = timedelta(days=280)  # source: 妇产科学: 预产期 is 280 days after the last period began
_LONGEST = timedelta(days=44 * 7)  # later than that the record was not brought up to date


def running(view: ArchiveView) -> list[tuple[Entry, date]]:
    """Pregnancies of the record that go on, each with the day it is due."""
    today = view.now.astimezone(SHANGHAI).date()
    found = [(e, due) for e in view.entries(Area.PREGNANCY) if (due := _due(e)) is not None]
    return [each for each in found if each[0].active and _runs(each[1], today)]


def pregnant_since(view: ArchiveView) -> tuple[Entry, date] | None:
    """The running pregnancy and the first day of the last period; None where there is none."""
    known = running(view)
    return (known[-1][0], known[-1][1] - FROM_LMP) if known else None


def _due(entry: Entry) -> date | None:
    """As it is written; else from the last period; else from the weeks at the entry's day."""
    written, period = _day(entry.details.get("due")), _day(entry.details.get("lmp"))
    if written is not None:
        return written
    if period is not None:
        return period + FROM_LMP
    try:
        weeks = Decimal(entry.details.get("weeks", ""))
    except InvalidOperation:
        return None
    if entry.start is None:
        return None
    seen = entry.start.astimezone(SHANGHAI).date()
    return seen + FROM_LMP - timedelta(days=round(weeks * 7))


def _runs(due: date, today: date) -> bool:
    begun = due - FROM_LMP
    return begun <= today <= begun + _LONGEST


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
