"""How far a pregnancy is, and when the child is due: counted from what the record says."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Fact, Outcome
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import calendar_day, cite_entry, phrase
from bot.assistant.records import Area, Entry
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

_FROM_LMP = timedelta(days=280)  # source: 妇产科学: 预产期 is 280 days after the last period began
_LONGEST = timedelta(days=44 * 7)  # later than that the record was not brought up to date
_DUE = re.compile(r"预产期|什么时候生|哪天生|几号生|多久(?:能)?生|due\b|when .{0,16}(?:born|birth)")


def answer_pregnancy(query: Query, view: ArchiveView) -> Draft:
    today = view.now.astimezone(SHANGHAI).date()
    running = _running(view, today)
    if not running:
        draft = Draft(outcome=Outcome.NOT_FOUND)
        draft.sentences.append(phrase(query.language, "none_pregnancy"))
        return draft
    return _told(query, *running[-1], today)


def is_pregnant(view: ArchiveView) -> bool:
    return bool(_running(view, view.now.astimezone(SHANGHAI).date()))


def _running(view: ArchiveView, today: date) -> list[tuple[Entry, date]]:
    """Pregnancies of the record that go on, each with the day it is due."""
    found = [(e, due) for e in view.entries(Area.PREGNANCY) if (due := _due(e)) is not None]
    return [each for each in found if each[0].active and _runs(each[1], today)]


def _told(query: Query, entry: Entry, due: date, today: date) -> Draft:
    zh = query.language == "zh"
    gone = today - (due - _FROM_LMP)
    weeks, days = divmod(gone.days, 7)
    draft = Draft()
    draft.facts += [
        Fact("孕周" if zh else "weeks", Decimal(weeks), "周" if zh else "weeks"),
        Fact("天" if zh else "days", Decimal(days), "天" if zh else "days"),
        Fact("预产期" if zh else "due date", due.isoformat()),
    ]
    age = phrase(query.language, "pregnancy_weeks", weeks=weeks, days=days)
    born = phrase(query.language, "pregnancy_due", due=calendar_day(due, query.language))
    draft.sentences += [born, age] if _DUE.search(query.asked.plain) else [age, born]
    draft.cite(cite_entry(entry, query.language, _excerpt(entry, query.language)))
    return draft


def _excerpt(entry: Entry, language: str) -> str:
    names = {
        "lmp": ("末次月经", "last period"),
        "due": ("预产期", "due"),
        "weeks": ("孕周", "weeks"),
    }
    said = [
        f"{names[key][0 if language == 'zh' else 1]} {value}"
        for key, value in entry.details.items()
    ]
    return "，".join((entry.name, *said)) if language == "zh" else ", ".join((entry.name, *said))


def _due(entry: Entry) -> date | None:
    """As it is written; else from the last period; else from the weeks at the entry's day."""
    written, period = _day(entry.details.get("due")), _day(entry.details.get("lmp"))
    if written is not None:
        return written
    if period is not None:
        return period + _FROM_LMP
    try:
        weeks = Decimal(entry.details.get("weeks", ""))
    except InvalidOperation:
        return None
    if entry.start is None:
        return None
    seen = entry.start.astimezone(SHANGHAI).date()
    return seen + _FROM_LMP - timedelta(days=round(weeks * 7))


def _runs(due: date, today: date) -> bool:
    begun = due - _FROM_LMP
    return begun <= today <= begun + _LONGEST


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
