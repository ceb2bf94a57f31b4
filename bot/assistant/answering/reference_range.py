"""A result held against the range that its own report printed beside it."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.assistant.answer import Fact
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.units import shown_unit
from bot.assistant.records import Reading
from bot.assistant.understanding.query import Query

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*[-~～–—]+\s*(\d+(?:\.\d+)?)")
_END = re.compile(r"([<≤＜>≥＞])=?\s*(\d+(?:\.\d+)?)")


def by_reference(draft: Draft, reading: Reading, query: Query) -> list[str]:
    """Where no guideline of ours judges: the range that the report printed beside the result."""
    measured, side = reading.values.get("value"), side_of(reading)
    if measured is None or reading.reference is None or side is None:
        return []
    zh = query.language == "zh"
    draft.facts.append(Fact("参考范围" if zh else "reference range", reading.reference))
    printed = reading.reference
    if measured.converted and not re.search(r"[a-z/%]", printed, re.I):
        printed = f"{printed} {shown_unit(measured.recorded_unit)}"
    return [phrase(query.language, f"reference_{side}", range=printed)]


def side_of(reading: Reading) -> str | None:
    """``above``, ``below`` or ``within`` the range printed beside it; None without one range."""
    measured = reading.values.get("value")
    if measured is None or reading.reference is None:
        return None
    low, high = _ends(reading.reference)
    if low is None and high is None:
        return None
    if high is not None and measured.recorded > high:
        return "above"
    return "below" if low is not None and measured.recorded < low else "within"


def _ends(text: str) -> tuple[Decimal | None, Decimal | None]:
    """The range's ends, where it is one range: not one for each sex or age."""
    spans, ends = _SPAN.findall(text), _END.findall(text)
    if len(spans) == 1 and not ends:
        return Decimal(spans[0][0]), Decimal(spans[0][1])
    if len(ends) == 1 and not spans:
        sign, end = ends[0]
        return (None, Decimal(end)) if sign in "<≤＜" else (Decimal(end), None)
    return None, None
