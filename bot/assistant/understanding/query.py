"""A question understood: what the answering modules get."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from bot.assistant.answer import Window
from bot.assistant.lexicon.terms import Term
from bot.assistant.records import Area
from bot.assistant.understanding.asks import Ask, Limit
from bot.assistant.understanding.clock_times import Hours
from bot.assistant.understanding.persons import PATIENT, Subject
from bot.assistant.understanding.text import Asked
from bot.assistant.understanding.when import Anchor


class Facet(NamedTuple):
    """One of several sides of the day or of meals that a question names: 空腹 and 餐后, 早上 and
    晚上."""

    name: str
    meal: str | None = None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of the archive.

    ``rest`` is the plain question without its time words. ``kinds`` are set
    for numbers, ``terms`` and ``areas`` for words; a question may name both.
    ``facets`` are two or more, or none. ``at_home`` asks for what a meter
    measured (True) or a laboratory (False), of kinds that both measure.
    ``streak`` is a number of days in a row (0: how many), ``top`` how many of
    the highest or lowest.
    """

    asked: Asked
    rest: str
    ask: Ask
    subject: Subject = PATIENT
    kinds: tuple[str, ...] = ()
    panel: str | None = None
    part: str | None = None
    meal: str | None = None
    terms: tuple[Term, ...] = ()
    areas: tuple[Area | str, ...] = ()
    windows: tuple[Window, ...] = ()
    anchor: Anchor | None = None
    hours: Hours | None = None
    facets: tuple[Facet, ...] = ()
    vague: bool = False
    limit: Limit | None = None
    side: str | None = None
    last_n: int | None = None
    at_home: bool | None = None
    streak: int | None = None
    top: int | None = None
    topic_at: int | None = field(default=None)

    @property
    def language(self) -> str:
        return self.asked.language

    @property
    def window(self) -> Window | None:
        return self.windows[0] if self.windows else None
