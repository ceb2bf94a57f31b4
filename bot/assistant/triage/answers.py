"""The answer to a red flag: what to do now, first; and to what should be seen today."""

from __future__ import annotations

from bot.assistant.answer import Escalation, Fact, Outcome, Urgency
from bot.assistant.answering.asked import answer_asked
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.library.guidelines import guidelines
from bot.assistant.triage.engine import Alarm
from bot.assistant.understanding.query import Query
from bot.assistant.understanding.text import Asked
from bot.assistant.understanding.topics import Topics
from bot.assistant.view import ArchiveView

_LINES = {
    "110": ("报警电话", "police", "emergency-110"),
    "119": ("火警电话", "fire brigade", "emergency-119"),
    "120": ("急救电话", "emergency number", "emergency-120"),
    "12356": ("心理援助热线", "crisis line", "crisis-12356"),
}
_FIRST = {"violence": "110", "fire": "119"}
CRISIS = {"self_harm", "harm_others"}
_SAME_DAY = {"hypertension": "bp-urgent", "infection": "fever-urgent"}


def emergency(asked: Asked, alarm: Alarm, view: ArchiveView) -> Draft:
    """Whom to call first (120; 110, 119, 12356 where it is theirs), then what to do meanwhile."""
    words = read_toml(__package__, "advice.toml")[asked.language]
    rules = [rule for rule in (alarm.rule, alarm.beside) if rule is not None]
    crisis = any(rule.category in CRISIS for rule in rules)
    discreet = any(rule.category == "violence" for rule in rules)
    name = alarm.rule.zh if asked.language == "zh" else alarm.rule.en
    reason = phrase(asked.language, "reason_emergency", rule=name)
    draft = Draft(
        outcome=Outcome.EMERGENCY,
        urgency=Urgency.EMERGENCY,
        escalation=Escalation(reason, Urgency.EMERGENCY, discreet),
    )
    lead = f"lead_{alarm.rule.category}"
    if lead in words:
        draft.sentences.append(words[lead])
    if crisis or lead not in words:
        draft.sentences.append(words["lead_mind" if crisis else "lead"])
    draft.sentences += [words[rule.category] for rule in rules]
    draft.sentences.append(words["relay_discreet" if discreet else "relay"])
    others = [_FIRST[alarm.rule.category]] if alarm.rule.category in _FIRST else []
    for number in (*others, "120", *(["12356"] if crisis else [])):
        cite_line(draft, number, asked.language)
    return draft


def cite_line(draft: Draft, number: str, language: str) -> None:
    """A telephone number as a fact, with the guideline that says when to call it."""
    zh, en, guideline = _LINES[number]
    draft.facts.append(Fact(zh if language == "zh" else en, number))
    draft.cite(guidelines()[guideline].citation(language))


def urgent(asked: Asked, alarm: Alarm, query: Query, view: ArchiveView, topics: Topics) -> Draft:
    """See a doctor today, with the guideline that says so."""
    draft = Draft(
        urgency=Urgency.URGENT,
        escalation=Escalation(phrase(asked.language, "reason_symptom"), Urgency.URGENT),
    )
    key = _SAME_DAY.get(alarm.rule.category, "same-day")
    key = {"glucose-same-day": "glucose-urgent", "glucose-low-same-day": "glucose-low"}.get(
        alarm.rule.key, key
    )
    guideline = guidelines()[key]
    draft.sentences.append(phrase(asked.language, "symptom_urgent"))
    draft.sentences.append(
        phrase(
            asked.language,
            "guideline_only",
            source=guideline.source,
            said=guideline.says(asked.language),
        )
    )
    draft.sentences.append(phrase(asked.language, "symptom_watch"))
    draft.cite(guideline.citation(asked.language))
    if query.kinds or query.terms:
        also = answer_asked(query, view, topics)
        if also.outcome is Outcome.ANSWERED:
            draft.take(also)
    return draft
