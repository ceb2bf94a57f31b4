"""Which part of the archive answers: numbers, entries, reports, family, guidelines, words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.assistant.answer import Outcome, Window
from bot.assistant.answering.abnormal import answer_abnormal, asks_abnormal
from bot.assistant.answering.areas import area_and_terms
from bot.assistant.answering.asking_back import (
    asked_back,
    before_that,
    names_nothing,
    nothing_named,
    offers,
)
from bot.assistant.answering.bare_limits import of_bare_limit
from bot.assistant.answering.by_kind import answer_facets
from bot.assistant.answering.courtesy import answer_courtesy
from bot.assistant.answering.entries import answer_entries
from bot.assistant.answering.family import answer_family
from bot.assistant.answering.general import answer_general
from bot.assistant.answering.knowledge import answer_knowledge
from bot.assistant.answering.pregnancy import answer_pregnancy
from bot.assistant.answering.profile import answer_profile
from bot.assistant.answering.reports import answer_report, find_reports
from bot.assistant.answering.when_asked import asked_windows, beside_before, of_a_night
from bot.assistant.answering.words import answer_size, answer_words
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.terms import Term
from bot.assistant.records import Area, Entry
from bot.assistant.understanding import anchors
from bot.assistant.understanding.query import Query
from bot.assistant.understanding.reading import understand
from bot.assistant.understanding.text import read
from bot.assistant.understanding.topics import Topics
from bot.assistant.view import ArchiveView

_LEAFLET = re.compile(
    r"副作用|不良反应|禁忌|相互作用|伤(?:肝|肾|胃)|说明书|side effects?|interact|leaflet"
)
_MONEY = re.compile(
    r"(?:多少|几)(?:块)?钱|费用|花(?:了|费)(?:多少|几)(?!时间|天)|报销|医保(?!局)|价格|"
    r"how much .{0,20}cost|\bprice"
)
_EVENTS = {
    "checkup": ("体检", "a check-up"),
    "stay": ("住院", "a hospital stay"),
    "medication": ("这种药的用药", "that medicine"),
    "medication_change": ("这次换药", "that change of medicine"),
    "visit": ("就诊", "a visit"),
    "pregnancy": ("怀孕", "a pregnancy that goes on"),
    "procedure": ("这次手术", "that procedure"),
    "diagnosis": ("这个诊断", "that diagnosis"),
    "vaccine": ("这次接种", "that vaccination"),
}


def answer_asked(query: Query, view: ArchiveView, topics: Topics) -> Draft:
    """The draft of whatever may be answered; what is unclear is asked back with choices."""

    def answers(question: str) -> Draft:
        return _answered(understand(read(question), view, topics), view, topics)

    back = answer_courtesy(query, view, answers) or of_bare_limit(query, view, answers)
    back = back or asked_back(query, view, answers)
    if back is None and query.anchor is not None and query.anchor.back > 1:
        gone = anchors.resolve(query.anchor, view, topics, query.kinds) is None
        back = before_that(query, view, answers) if gone else None
    if back is None and names_nothing(query) and not asks_abnormal(query):
        back = nothing_named(query, view, answers)
    draft = back or _answered(query, view, topics)
    return nothing_named(query, view, answers) if draft.unclear and back is None else draft


def offered(query: Query, view: ArchiveView, topics: Topics) -> list[str]:
    """Questions to go on with, where what is gone on with was never said."""
    return offers(
        query, view, lambda text: _answered(understand(read(text), view, topics), view, topics)
    )


def _answered(query: Query, view: ArchiveView, topics: Topics) -> Draft:
    general = answer_knowledge(query) or answer_general(query, view)
    if general is not None:
        return general
    if Area.PREGNANCY in query.areas and not query.kinds:
        return answer_pregnancy(query, view)
    if Area.FAMILY in query.areas:
        return answer_family(query, view)
    if _MONEY.search(query.asked.plain) and not query.kinds:
        return _unknown(query)
    windows, event = asked_windows(query, view, topics)
    if query.anchor is not None and event is None:
        return _no_event(query)
    query, windows = beside_before(query, windows)
    sized = answer_size(query, view, windows[0] if windows else None) if not query.kinds else None
    if sized is not None:
        return sized
    if asks_abnormal(query):
        abnormal = answer_abnormal(query, view, windows[0] if windows else None)
        if abnormal is not None and abnormal.outcome is Outcome.NOT_FOUND:
            written = answer_words(query, view, windows[0] if windows else None)
            return written if written.outcome is Outcome.ANSWERED else abnormal
        if abnormal is not None:
            return abnormal
    area, terms = area_and_terms(query, view)
    if terms and _LEAFLET.search(query.asked.plain):
        return _leaflet(query, terms[0])
    if query.kinds and area is None:
        return _numbers(query, view, windows, event)
    if "profile" in query.areas and area is None:
        return answer_profile(query, view)
    window = windows[0] if windows else None
    if area is Area.REPORT:
        found = find_reports(view, terms, window)
        if event is not None and not terms:
            found = _with_event(found, event, view, window)
        if found:
            return answer_report(view, query, found, window)
        area = _procedure_instead(terms, view)
        if area is None:
            return _words_or(query, view, window, terms)
    if area is not None:
        return _entries(query, view, area, terms, window)
    if query.anchor is not None and query.anchor.event == "checkup" and event is not None:
        return answer_report(view, query, _with_event([], event, view, window), window)
    return answer_words(query, view, window)


def _unknown(query: Query) -> Draft:
    """What something cost stands in no archive."""
    draft = Draft(outcome=Outcome.NOT_FOUND)
    draft.sentences.append(phrase(query.language, "nothing_known"))
    return draft


def _leaflet(query: Query, medicine: Term) -> Draft:
    """What a medicine may do stands in no archive."""
    draft = Draft(outcome=Outcome.NOT_FOUND)
    name = medicine.name(query.language)
    draft.sentences.append(phrase(query.language, "none_leaflet", name=name))
    draft.sentences.append(phrase(query.language, "offer_doctor"))
    return draft


def _entries(
    query: Query, view: ArchiveView, area: Area, terms: Sequence[Term], window: Window | None
) -> Draft:
    draft = answer_entries(view, query, area, terms, window)
    if draft.outcome is Outcome.NOT_FOUND and area is Area.CONDITION and terms:
        written = [
            r
            for r in find_reports(view, terms, window)
            if any(t.fits(r, with_text=True) for t in terms)
        ]
        if written:
            return answer_report(view, query, written, window)
    if draft.outcome is Outcome.NOT_FOUND and area is Area.LIFESTYLE:
        other = answer_words(query, view, window)
        return other if other.outcome is Outcome.ANSWERED else draft
    return draft


def _words_or(
    query: Query, view: ArchiveView, window: Window | None, terms: Sequence[Term]
) -> Draft:
    draft = Draft(outcome=Outcome.NOT_FOUND)
    if terms:
        name = terms[0].name(query.language)
        draft.sentences.append(phrase(query.language, "none_term_report", name=name))
    else:
        key = "none_window_entries" if window else "none_report"
        draft.sentences.append(phrase(query.language, key))
    return draft


def _numbers(
    query: Query, view: ArchiveView, windows: Sequence[Window], event: Entry | None
) -> Draft:
    drafts = []
    for key in query.kinds:
        one, spans = of_a_night(query, key, windows)
        drafts.append(answer_facets(view, one, key, spans))
    answered = [d for d in drafts if d.outcome is Outcome.ANSWERED]
    draft = Draft(outcome=Outcome.ANSWERED if answered else Outcome.NOT_FOUND)
    chosen = answered or drafts[:1]
    for part in _each_with_its_own(chosen):
        draft.take(part)
    draft.window = windows[0] if windows else None
    return draft


def _each_with_its_own(drafts: Sequence[Draft]) -> Sequence[Draft]:
    """What is said of one number stands beside it; what is said of several, at the end."""
    for draft in drafts:
        others = [said for each in drafts if each is not draft for said in each.extras]
        own = [said for said in draft.extras if said not in others] if len(drafts) > 1 else []
        draft.sentences += own
        draft.extras = [said for said in draft.extras if said not in own]
    return drafts


def _no_event(query: Query) -> Draft:
    assert query.anchor is not None
    zh, en = _EVENTS[query.anchor.event]
    draft = Draft(outcome=Outcome.NOT_FOUND)
    name = zh if query.language == "zh" else en
    key = "none_anchor" if query.kinds else "none_event"
    draft.sentences.append(phrase(query.language, key, event=name.removeprefix("a ")))
    return draft


def _with_event(
    found: Sequence[Entry], event: Entry, view: ArchiveView, window: Window | None
) -> list[Entry]:
    """A check-up's reports: those of its day, and the event itself where it is one."""
    known = [e for area in (Area.REPORT, Area.DOCUMENT) for e in view.entries(area)]
    same = [e for e in known if window and e.start is not None and window.holds(e.start)]
    rows = list({e.ref: e for e in (*found, *same)}.values())
    checkups = [e for e in rows if re.search(r"体检|check-?up|physical|健康检查", e.name, re.I)]
    return checkups or rows or [event]


def _procedure_instead(terms: Sequence[Term], view: ArchiveView) -> Area | None:
    """胃镜 may stand among the procedures where no report of it does."""
    for t in terms:
        if any(t.fits(e) for e in view.entries(Area.PROCEDURE)):
            return Area.PROCEDURE
    return None
