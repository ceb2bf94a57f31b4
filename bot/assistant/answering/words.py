"""Questions answered by what the archive's texts say, found by their words."""

from __future__ import annotations

from bot.assistant.answer import Fact, Outcome, Window
from bot.assistant.answering.rows import clean
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import cite_entry, entry_day, entry_day_iso, phrase
from bot.assistant.records import Area
from bot.assistant.retrieval.hybrid import index_of
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView


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
    entry, said = found
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
