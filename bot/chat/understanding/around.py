"""What stands around a length: its clause, the one before, the words for its time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.chat.understanding.lengths import BREAKS, blank
from bot.chat.understanding.moment import spans_in
from bot.chat.understanding.understood import Found, Lack


@dataclass(frozen=True, slots=True)
class Taken:
    """``rest`` is the text without what was read, places kept."""

    found: tuple[Found, ...]
    lacks: tuple[Lack, ...]
    rest: str


def clause_of(text: str, span: tuple[int, int]) -> tuple[str, str]:
    """The clause around ``span``, and the one before it."""
    start = max((text.rfind(each, 0, span[0]) for each in BREAKS), default=-1) + 1
    ends = [at for each in BREAKS if (at := text.find(each, span[1])) >= 0]
    before = re.split(rf"[{BREAKS}]", text[: max(start - 1, 0)])[-1]
    return text[start : min(ends, default=len(text))], before


def with_its_time(text: str, hit: re.Match[str], now: datetime) -> list[tuple[int, int]]:
    """Where the length stands, with the words for its time: they are of nothing else."""
    own, _ = clause_of(text, hit.span())
    start = max((text.rfind(each, 0, hit.start()) for each in BREAKS), default=-1) + 1
    times = [(start + a, start + b) for a, b in spans_in(own, now)]
    numbers = [
        start + each.start()
        for each in re.finditer(r"\d", blank(text, [*times, hit.span()])[start : start + len(own)])
    ]
    last = max((each for each in numbers if each < hit.start()), default=start - 1)
    after = any(each > hit.end() for each in numbers)
    own_times = [(a, b) for a, b in times if last < a and (b <= hit.start() or not after)]
    return [hit.span(), *own_times]
