"""What to do if it should happen (如果胸口疼该怎么办): no alarm, and no question of the record.

Who asks this may only want to be prepared, or be shy of saying that it has begun. So the
answer says what is to be done if it is so, and that nobody should wait who has it now.
"""

from __future__ import annotations

import re

from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.library.guidelines import guidelines
from bot.assistant.triage.answers import cite_line
from bot.assistant.triage.engine import Alarm, by_rules
from bot.assistant.triage.rules import Level
from bot.assistant.understanding.text import Asked, read
from bot.assistant.view import ArchiveView

_IF = re.compile(
    r"如果|要是|假如|假设|假使|万一|倘若|若是|以后|将来|哪天|的时候|"
    r"\bwhat (?:should|do|can) (?:i|we) do (?:if|when)\b|\b(?:what )?if\b|\bsuppose\b|\bin case\b"
)
_WHAT_TO_DO = re.compile(
    r"(?:怎么|咋|如何|怎样)(?:办|整|弄|处理|做|救)|该(?:怎么|咋|如何|先|找|打|做|吃|挂)|"
    r"(?:打|找)(?:哪|什么|啥|谁)|打120|先(?:找|做|打)|"
    r"\b(?:what|who|how) (?:should|do|can|to)\b|\bcall 120\b"
)


def supposed(asked: Asked, view: ArchiveView) -> Draft | None:
    """What to do if it is so, with the guideline; None where nothing grave is supposed."""
    text = asked.plain
    if not (_IF.search(text) and _WHAT_TO_DO.search(text)):
        return None
    alarm = by_rules(read(_IF.sub("", text)), view)
    if alarm is None:
        return None
    if alarm.level is Level.EMERGENCY:
        return _call(alarm, asked.language)
    return _see_a_doctor(asked.language)


def _call(alarm: Alarm, language: str) -> Draft:
    words = read_toml(__package__, "advice.toml")[language]
    draft = Draft()
    draft.sentences += [words["lead_if"], words[alarm.rule.category], words["now_if"]]
    cite_line(draft, "120", language)
    return draft


def _see_a_doctor(language: str) -> Draft:
    draft = Draft()
    draft.sentences.append(read_toml(__package__, "advice.toml")[language]["today_if"])
    draft.sentences.append(phrase(language, "symptom_watch"))
    draft.cite(guidelines()["same-day"].citation(language))
    return draft
