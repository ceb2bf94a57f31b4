"""What a doctor answered to the same question before: given again, with name and day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from backend.care.answers import DoctorsAnswer
from bot.assistant.answer import Answer, Citation, Outcome, Urgency, iso
from bot.assistant.answering.rows import clean
from bot.assistant.composing.wording import day, phrase
from bot.assistant.errors import Unsupported
from bot.assistant.records import Area, Entry
from bot.assistant.retrieval.lexical import tokens, wanted_tokens
from bot.assistant.stored.phrases import say
from bot.assistant.understanding.text import make_plain
from bot.assistant.verifying import verify
from bot.assistant.view import ArchiveView

_ALIKE = 0.6  # share of the words of both questions that they have in common
_LONGEST = 400
# Asked for what was said: 「医生说没事，可我头痛」 asks something else.
_WORD = "(?:说|讲|答复|回复|回答|交代|嘱咐|建议)"
_SAID = re.compile(
    rf"(?:家庭|[一-鿿])?(?:医生|大夫).{{0,4}}?(?:怎么|咋){_WORD}(?:了|过|的)*|"
    rf"(?:家庭|[一-鿿])?(?:医生|大夫).{{0,4}}?{_WORD}(?:了|过|的|我|些)*(?:什么|啥)|"
    r"what did (?:the|my|dr\.?)? ?(?:family )?doctor (?:say|answer|tell me)(?: about)?"
)


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
    shown = [(each, entry) for each in known if (entry := entries.get(str(each.entry_id)))]
    same = [(each, entry, False) for each, entry in shown if alike(question, each.question)]
    # What is urgent now is not put off with what was said before.
    calm = answer.urgency is not Urgency.URGENT
    asked_for = calm and _SAID.search(make_plain(question)) is not None
    about = [(*each, True) for each in shown if asked_for and _is_about(question, *each)]
    for each, entry, alone in (*about, *same):
        led = _led(answer, entry, each, language, alone=alone)
        try:
            verify(led, view)
        except Unsupported:
            continue
        return led
    return answer


def _is_about(question: str, known: DoctorsAnswer, entry: Entry) -> bool:
    """「王医生怎么说的血压药」: whether this is what is asked for, by a word of its subject."""
    topic = set(wanted_tokens(_SAID.sub("", make_plain(question))))
    return not topic or bool(topic & {*tokens(known.question), *tokens(entry.text)})


def alike(one: str, other: str) -> bool:
    """Whether two questions ask the same."""
    if make_plain(one) == make_plain(other):
        return True
    first, second = set(tokens(one)), set(tokens(other))
    if len(first & second) < 2:
        return False
    return len(first & second) / len(first | second) >= _ALIKE


def _led(
    answer: Answer, entry: Entry, known: DoctorsAnswer, language: str, *, alone: bool
) -> Answer:
    """With the doctor's word before the answer, or ``alone`` where that was asked for."""
    doctor = entry.name.removesuffix("的答复")
    said = clean(entry.text, _LONGEST)
    at = day(known.answered_at, language)
    sentence = say(language, "doctor_said", doctor=doctor, at=at, said=said)
    citation = Citation(entry.ref, iso(known.answered_at), f"{doctor} {at}：{said}")
    glue = "" if language == "zh" else " "
    settled = alone or answer.outcome in (Outcome.DECLINED, Outcome.NOT_FOUND)
    rest = "" if alone else answer.text.replace(phrase(language, "offer_doctor"), "").strip()
    return replace(
        answer,
        text=f"{sentence}{glue}{rest}".strip(),
        facts=() if alone else answer.facts,
        citations=(citation,) if alone else (citation, *answer.citations),
        outcome=Outcome.ANSWERED if settled else answer.outcome,
        escalation=None,
        choices=() if alone else answer.choices,
    )


def _id(entry: Entry) -> str:
    return entry.ref.partition("/")[2]
