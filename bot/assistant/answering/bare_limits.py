"""「早上160以上几次」: a limit of a number that is not named, read by its size.

What the record holds in one way only is answered, and the answer says what it was taken for;
where several are as likely, they are the choices.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from bot.assistant.answer import Outcome
from bot.assistant.answering.asking_back import is_filler, offering
from bot.assistant.answering.choices import Answers, as_read
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.understanding.asks import Ask, Limit
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

_SAID = re.compile(
    r"[以之往朝][上下]|超[过出]?|[高大]于|高过|突?破|[低小]于|低过|跌破|不到|不足|没到|达到|到了|上了|"
    r"(?:自己)?在家|家里|自测|临?睡觉?前|住院|出院|体检|手术|以来|以后|之后|之间|次数|几[次回遍]|多少[次回遍]|有没有|及|或|/|"
    r"\b(?:above|over|below|under|more|less|higher|lower|than|times|often|between|were|there|ever)\b"
)


def of_bare_limit(query: Query, view: ArchiveView, answers: Answers) -> Draft | None:
    """The count of what the limit is meant of, or what it may be meant of; None elsewhere."""
    limit = query.limit
    # 住院以来160以上几次: what the time hangs on is not what is counted.
    named = query.kinds or ((query.terms or query.areas) and query.anchor is None)
    if limit is None or named or query.ask is not Ask.HOW_OFTEN:
        return None
    if not is_filler(_SAID.sub("", query.rest)):
        return None
    names = _names(limit, view, query.language)
    if len(names) != 1:
        questions = (_asked_of(name, query) for name in names)
        return offering(query, view, "unclear_thing", questions, answers) if names else None
    draft = answers(_asked_of(names[0], query))
    if draft.outcome is Outcome.ANSWERED:
        draft.extras.append(phrase(query.language, "taken_for", name=names[0]))
    return draft


def _asked_of(name: str, query: Query) -> str:
    gap = "" if query.language == "zh" else " "
    return as_read(query, f"{name}{gap}{query.asked.plain}")


def _names(limit: Limit, view: ArchiveView, language: str) -> list[str]:
    """What the limit may be meant of, of the kinds that the record holds."""
    if limit.second is not None:
        return ["血压" if language == "zh" else "blood pressure"]
    side = "above" if limit.above else "below"
    held = [row for row in _rows() if view.readings(row["kind"])]
    fits = [row for row in held if _within(limit.first, row.get(side))]
    likely = [
        row for row in fits if any(_within(limit.first, s) for s in row.get(f"likely_{side}", ()))
    ]
    return [str(row[language]) for row in (likely if len(likely) == 1 else fits)]


def _within(value: Decimal, span: list[float] | None) -> bool:
    return span is not None and Decimal(str(span[0])) <= value <= Decimal(str(span[1]))


def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_toml(__package__, "bare_limits.toml")["reading"]
    return rows
