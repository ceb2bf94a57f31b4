"""What a doctor answered to the same question before: given again, with name and day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backend.care.answers import DoctorsAnswer
from bot.assistant.answer import Answer, Citation, Outcome, iso
from bot.assistant.answering.rows import clean
from bot.assistant.composing.wording import day
from bot.assistant.errors import Unsupported
from bot.assistant.records import Area, Entry
from bot.assistant.retrieval.lexical import tokens
from bot.assistant.stored.phrases import say
from bot.assistant.understanding.text import make_plain
from bot.assistant.verifying import verify
from bot.assistant.view import ArchiveView

_ALIKE = 0.6  # share of the words of both questions that they have in common
_LONGEST = 400


def with_doctors_word(
    answer: Answer, question: str, language: str, view: ArchiveView, known: Sequence[DoctorsAnswer]
) -> Answer:
    """The answer, led by what the doctor said to the same question, where one did.

    What the doctor answered is answered: nothing is declined then, and no second ticket is
    needed. Never in place of a red flag. An answer that is not in the view (withdrawn, or not
    granted) is not given.
    """
    if answer.outcome is Outcome.EMERGENCY:
        return answer
    entries = {_id(each): each for each in view.entries(Area.DOCUMENT)}
    for each in known:
        entry = entries.get(str(each.entry_id))
        if entry is None or not alike(question, each.question):
            continue
        led = _led(answer, entry, each, language)
        try:
            verify(led, view)
        except Unsupported:
            continue
        return led
    return answer


def alike(one: str, other: str) -> bool:
    """Whether two questions ask the same."""
    if make_plain(one) == make_plain(other):
        return True
    first, second = set(tokens(one)), set(tokens(other))
    if len(first & second) < 2:
        return False
    return len(first & second) / len(first | second) >= _ALIKE


def _led(answer: Answer, entry: Entry, known: DoctorsAnswer, language: str) -> Answer:
    doctor = entry.name.removesuffix("的答复")
    said = clean(entry.text, _LONGEST)
    at = day(known.answered_at, language)
    sentence = say(language, "doctor_said", doctor=doctor, at=at, said=said)
    citation = Citation(entry.ref, iso(known.answered_at), f"{doctor} {at}：{said}")
    glue = "" if language == "zh" else " "
    settled = answer.outcome in (Outcome.DECLINED, Outcome.NOT_FOUND)
    return replace(
        answer,
        text=f"{sentence}{glue}{answer.text}",
        citations=(citation, *answer.citations),
        outcome=Outcome.ANSWERED if settled else answer.outcome,
        escalation=None,
    )


def _id(entry: Entry) -> str:
    return entry.ref.partition("/")[2]
