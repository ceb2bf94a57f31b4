"""What of the record a question needs, and what is said where it is not granted.

Decided by the question's words and the grants alone, never by what the record holds: the
refusal is the same whether there is anything or not.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from backend.access.categories import Category
from backend.archive.fhir.home_kinds import home_kinds
from backend.archive.sections.sensitivity import of_words
from backend.measurements.granted import category_of
from bot.assistant.answer import Answer, Outcome
from bot.assistant.lexicon.kinds import kinds, read_toml
from bot.assistant.records import Area
from bot.assistant.stored.documents import TurnOutcome
from bot.assistant.stored.phrases import say
from bot.assistant.understanding.query import Query

ARCHIVE = frozenset(Category) - {Category.CHAT, Category.POINTS}
"""What answers come from."""

SENSITIVE = frozenset({Category.MENTAL_HEALTH, Category.REPRODUCTIVE_HEALTH})
_AREAS = {
    Area.MEDICATION: Category.MEDICATIONS,
    Area.REPORT: Category.REPORTS,
    Area.DOCUMENT: Category.REPORTS,
}
_PROFILE = "profile"


def needed(query: Query) -> frozenset[Category]:
    """Where the answer could lie; empty where the question names nothing."""
    found: set[Category] = set()
    for kind in query.kinds:
        found |= _of_kind(kind)
    for term in query.terms:
        private = of_words(term.zh) or of_words(term.en)
        found.add(private or _AREAS.get(term.area, Category.CONDITIONS))
    for area in query.areas:
        if isinstance(area, Area):
            found.add(_AREAS.get(area, Category.CONDITIONS))
        elif area == _PROFILE:
            found.add(Category.PROFILE)
    return frozenset(found | _said(query.asked.plain) | _said(query.asked.original))


def within(
    answer: Answer, wanted: frozenset[Category], allowed: frozenset[Category], language: str
) -> tuple[TurnOutcome, Answer]:
    """The answer as the viewer may have it, and what it came to."""
    outcome = TurnOutcome(answer.outcome.value)
    missing = wanted - allowed
    if answer.outcome is Outcome.EMERGENCY or allowed >= ARCHIVE:
        return outcome, answer
    if missing & SENSITIVE or (wanted and missing and not _open(answer, wanted, allowed)):
        return TurnOutcome.NOT_GRANTED, _refused(answer, language)
    if missing:
        return outcome, _with(answer, say(language, "partly"), language)
    if not wanted and answer.outcome is Outcome.NOT_FOUND:
        return outcome, _with(answer, say(language, "not_found_partly"), language)
    return outcome, answer


def _said(text: str) -> set[Category]:
    words: dict[str, list[str]] = read_toml(__package__, "granted.toml")
    named = {Category(each) for each, some in words.items() if any(w in text for w in some)}
    private = of_words(text)
    return named | ({private} if private else set())


def _open(answer: Answer, wanted: frozenset[Category], allowed: frozenset[Category]) -> bool:
    """Whether something of it may be seen, and was found there."""
    return bool(wanted & allowed) and answer.outcome is not Outcome.NOT_FOUND


def _refused(answer: Answer, language: str) -> Answer:
    return Answer(
        question=answer.question,
        text=say(language, "not_granted"),
        outcome=Outcome.DECLINED,
        urgency=answer.urgency,
        escalation=answer.escalation,
    )


def _with(answer: Answer, sentence: str, language: str) -> Answer:
    glue = "" if language == "zh" else " "
    return replace(answer, text=f"{answer.text}{glue}{sentence}")


def _of_kind(key: str) -> frozenset[Category]:
    """A home reading's category, and that of laboratory reports, which may hold it as well."""
    home = _home().get(key)
    if home is Category.MENTAL_HEALTH:
        return frozenset({home})
    private = of_words(kinds()[key].zh if key in kinds() else key.removeprefix("own:"))
    if private:
        return frozenset({private})
    return frozenset({Category.REPORTS} | ({home} if home else set()))


@cache
def _home() -> dict[str, Category]:
    """The assistant's kinds that people measure at home."""
    by_code = {
        code: category_of(home.kind)
        for home in home_kinds().values()
        for code in (*home.loinc, *home.meals)
    }
    found = {str(home.kind): category_of(home.kind) for home in home_kinds().values()}
    for kind in kinds().values():
        codes = [by_code[code] for code in kind.loinc if code in by_code]
        if codes:
            found[kind.key] = codes[0]
    return {key: category for key, category in found.items() if key in kinds()}
