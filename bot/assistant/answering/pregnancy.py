"""How far a pregnancy is, and when the child is due: counted from what the record says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Fact, Outcome
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import calendar_day, cite_entry, phrase
from bot.assistant.records import Entry
from bot.assistant.understanding.pregnant import FROM_LMP, running
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

_LEFT = re.compile(
    r"(?:还有?|离|距)[^，,。]{0,8}(?:几|多少)(?:天|周|个?月)|还有多久|days (?:left|to go)"
)
_PERIOD = re.compile(r"月经|例假|大姨妈|last (?:menstrual )?period")
_DUE = re.compile(
    r"预产期|什么时候(?:出?生|出来)|哪天生|几号生|多久(?:能)?生|due\b|when .{0,16}(?:born|birth)"
)


def answer_pregnancy(query: Query, view: ArchiveView) -> Draft:
    today = view.now.astimezone(SHANGHAI).date()
    known = running(view)
    if not known:
        draft = Draft(outcome=Outcome.NOT_FOUND)
        draft.sentences.append(phrase(query.language, "none_pregnancy"))
        return draft
    draft = _told(query, *known[-1], today)
    return _with_period(draft, query, [entry for entry, _ in known])


def is_pregnant(view: ArchiveView) -> bool:
    return bool(running(view))


def _told(query: Query, entry: Entry, due: date, today: date) -> Draft:
    zh = query.language == "zh"
    gone = today - (due - FROM_LMP)
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
    left = (due - today).days
    if left > 0 and _LEFT.search(query.asked.plain):
        draft.facts.append(Fact("还有" if zh else "to go", Decimal(left), "天" if zh else "days"))
        draft.sentences.insert(0, phrase(query.language, "pregnancy_left", days=left))
    draft.cite(cite_entry(entry, query.language, _excerpt(entry, query.language)))
    return draft


def _with_period(draft: Draft, query: Query, entries: Sequence[Entry]) -> Draft:
    """Where the last period is asked for it is said first."""
    noted = [e for e in entries if e.details.get("lmp")]
    if not noted or not _PERIOD.search(query.asked.plain):
        return draft
    entry = noted[-1]
    period = entry.details["lmp"]
    at = calendar_day(date.fromisoformat(period), query.language)
    draft.sentences.insert(0, phrase(query.language, "pregnancy_period", at=at))
    draft.facts.insert(0, Fact("末次月经" if query.language == "zh" else "last period", period))
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
