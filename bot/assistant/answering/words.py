"""Questions answered by what the archive's texts say, found by their words."""

from __future__ import annotations

import re

from bot.assistant.answer import Fact, Outcome, Window
from bot.assistant.answering.rows import clean
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import cite_entry, entry_day, entry_day_iso, phrase
from bot.assistant.records import Area, Entry
from bot.assistant.retrieval.anchors import things
from bot.assistant.retrieval.hybrid import index_of
from bot.assistant.retrieval.passages import passages
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

_SIZE = re.compile(
    r"多大(?!年|岁)|几(?:个)?(?:毫米|厘米|公分|mm|cm)|(?:大小|尺寸|直径|多长|多宽|多厚)|"
    r"\bhow (?:big|large)|\bsize\b"
)
_MEASURED = re.compile(r"\d(?:\.\d+)?\s*(?:mm|cm|毫米|厘米|公分)", re.I)


def answer_size(query: Query, view: ArchiveView, window: Window | None) -> Draft | None:
    """How big something is: the newest passage about it that gives a measure."""
    asked = things(query.rest)
    if not asked or not _SIZE.search(query.asked.plain):
        return None
    found = [
        p
        for p in passages(view)
        if _MEASURED.search(p.said)
        and asked <= things(p.text)
        and (window is None or (p.entry.start is not None and window.holds(p.entry.start)))
    ]
    if not found:
        return None
    newest = max(found, key=lambda p: p.entry.start.timestamp() if p.entry.start else 0.0)
    return _quoted(query, newest.entry, newest.said, window)


def answer_words(query: Query, view: ArchiveView, window: Window | None) -> Draft:
    """Quote the passage that fits best; ask back where nothing is recognised."""
    areas = [area for area in query.areas if isinstance(area, Area)]
    found = index_of(view).best(query.rest, window, areas)
    if found is None:
        draft = Draft(outcome=Outcome.NOT_FOUND, window=window)
        draft.unclear = not (query.kinds or query.terms or query.areas)
        draft.sentences.append(
            phrase(query.language, "unclear" if draft.unclear else "nothing_known")
        )
        draft.sentences.append(phrase(query.language, "ask_doctor"))
        return draft
    return _quoted(query, *found, window)


def _quoted(query: Query, entry: Entry, said: str, window: Window | None) -> Draft:
    draft = Draft(window=window)
    at = entry_day(entry, query.language)
    quoted = clean(said, 200)
    name = clean(entry.name)
    key = "found_words" if at else "found_words_undated"
    draft.sentences.append(phrase(query.language, key, name=name, at=at, said=quoted))
    zh = query.language == "zh"
    draft.facts.append(Fact(name, quoted))
    if at:
        draft.facts.append(Fact("日期" if zh else "date", entry_day_iso(entry)))
    draft.cite(cite_entry(entry, query.language, f"{at} {name}：{quoted}".strip()))
    return draft
