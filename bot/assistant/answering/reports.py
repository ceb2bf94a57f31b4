"""What a report said: its conclusion, else its results, else its text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.assistant.answer import Fact, Outcome, Window
from bot.assistant.answering.entry_drafts import COUNT, counted_draft
from bot.assistant.answering.rows import clean
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import (
    cite,
    cite_entry,
    entry_day,
    entry_day_iso,
    phrase,
)
from bot.assistant.lexicon.terms import Term
from bot.assistant.records import Area, Entry, Reading
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

_FIRST = re.compile(r"第1次|第一次|最早|首次|first|earliest")
_EVERY = re.compile(
    r"历次|每次|所有|全部|哪些|都做过|做过(?:什么|啥|几)|all|every|which|list|"
    r"what (?:tests|scans|reports)"
)


def find_reports(view: ArchiveView, terms: Sequence[Term], window: Window | None) -> list[Entry]:
    """Reports and documents about the terms: by their names, else by what they say."""
    known = [e for area in (Area.REPORT, Area.DOCUMENT) for e in view.entries(area)]
    known = [e for e in known if e.details.get("of") != "reading"]  # a note beside a number
    if not terms:  # what was ticked on a form is no report; by its words it is found
        known = [e for e in known if e.details.get("of") != "questionnaire"]
    if window is not None:
        known = [e for e in known if e.start is not None and window.holds(e.start)]
    found = [e for e in known if all(t.fits(e) for t in terms)]
    found = found or [e for e in known if any(t.fits(e) for t in terms)]
    found = found or [e for e in known if any(t.fits(e, with_text=True) for t in terms)]
    return sorted(found, key=lambda e: e.start.timestamp() if e.start else 0.0)


def answer_report(
    view: ArchiveView, query: Query, found: Sequence[Entry], window: Window | None
) -> Draft:
    """Quote the report asked for: the latest, the first, or up to five."""
    text = query.asked.plain
    if COUNT.search(text) and found:
        draft = counted_draft(query, Area.REPORT, found)
        draft.window = window
        return draft
    if _FIRST.search(text):
        chosen = list(found[:1])
    elif window is not None or _EVERY.search(text):
        chosen = list(found[-5:])
    else:
        chosen = list(found[-1:])
    draft = Draft(window=window)
    for entry in chosen:
        draft.take(_quoted(view, query, entry))
    if not chosen:
        draft.outcome = Outcome.NOT_FOUND
    return draft


def _quoted(view: ArchiveView, query: Query, entry: Entry) -> Draft:
    draft = Draft()
    language = query.language
    at = entry_day(entry, language)
    said = clean(entry.details.get("conclusion") or _conclusion(entry.text) or entry.text, 300)
    name = clean(entry.name)
    rows = _results(view, entry)
    if said:
        key = "report_said" if at else "report_said_undated"
        draft.sentences.append(phrase(language, key, name=name, at=at, said=said))
        draft.facts.append(Fact("结论" if language == "zh" else "conclusion", said))
    elif rows:
        told = ("；" if language == "zh" else "; ").join(r.said for r in rows)
        draft.sentences.append(phrase(language, "report_results", name=name, at=at, rows=told))
        draft.facts += [f for r in rows for f in _result_facts(r)]
        draft.cite(*(c for r in rows for c in cite(r, language)))
    else:
        draft.sentences.append(phrase(language, "report_empty", name=name, at=at))
    zh = language == "zh"
    draft.facts.append(Fact("报告" if zh else "report", name))
    if at:
        draft.facts.append(Fact("报告日期" if zh else "date", entry_day_iso(entry)))
    excerpt = f"{at} {name}：{said}" if zh else f"{at} {name}: {said}"
    draft.cite(cite_entry(entry, language, excerpt.strip(" ：:")))
    return draft


def _conclusion(text: str) -> str:
    """The conclusion's own section, where the text is headed."""
    match = re.search(
        r"(?:诊断(?:意见|结论)?|结论|印象|检查意见|提示|小结|impression|conclusion)\s*[:：]\s*(.+)",
        text,
        re.S | re.I,
    )
    return match[1] if match else ""


def _results(view: ArchiveView, entry: Entry) -> list[Reading]:
    wanted = set(entry.results)
    kinds = set(view.own_names().values())
    return [r for kind in sorted(kinds) for r in view.readings(kind) if wanted & set(r.refs)]


def _result_facts(r: Reading) -> list[Fact]:
    if r.words is not None:
        return [Fact(r.name, r.words)]
    return [
        Fact(r.name if part == "value" else part, m.recorded, m.recorded_unit or None)
        for part, m in r.values.items()
    ]
