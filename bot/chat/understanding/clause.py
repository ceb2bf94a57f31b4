"""One clause: the readings that it holds, and what it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source
from bot.chat.understanding.folding import cut
from bot.chat.understanding.pressures import pressures
from bot.chat.understanding.tables import KindWords, words
from bot.chat.understanding.understood import Found, Lack

_NUMBER = r"(?<![\d.])(?P<number>\d{1,6}(?:\.\d{1,3})?)(?![\d]|\.\d)"
_WRITTEN_BY_HAND = Source(system="manual")


class Clause:
    """What was read is blanked, so that no number counts twice."""

    def __init__(self, said: str, text: str, at: datetime) -> None:
        self._said = said.strip()
        self._text = text
        self._at = at
        self._unit_of_another = False
        self._more = False
        self._meal = self._take_meal()

    def read(self, *, alone: bool) -> tuple[list[Found], list[Lack]]:
        """``alone``: a unit may say the kind by itself."""
        if words().no_value.search(self._text) and not re.search(r"\d", self._text):
            return [], []
        if words().change.search(self._text):
            return [], []
        if words().vague.search(self._text) and words().any_kind.search(self._text):
            return [], [Lack.VAGUE]
        found = [*self._pressures(), *self._named()]
        if not found and alone:
            found = list(self._alone())
        return found, self._lacks(found)

    def _lacks(self, found: list[Found]) -> list[Lack]:
        rest = re.findall(r"\d+", self._text)
        if self._unit_of_another:
            return [Lack.UNIT]
        if self._more:
            return [Lack.VAGUE]
        pressed = any(each.draft.kind is Kind.BLOOD_PRESSURE for each in found)
        if not pressed and self._pressure_started():
            return [Lack.DIASTOLIC if rest else Lack.NUMBER]
        if not found and words().any_kind.search(self._text):
            return [Lack.NUMBER]
        if found and rest:
            return [Lack.SEVERAL]
        if rest and not re.sub(r"[\d.\s/:-]", "", self._text):
            return [Lack.KIND]
        return []

    def _take_meal(self) -> Meal | None:
        for meal, pattern in words().meals.items():
            hit = pattern.search(self._text)
            if hit:
                self._text = cut(self._text, [hit.span()])
                self._meal_at = hit.end()
                return meal
        return None

    def _pressures(self) -> Iterator[Found]:
        while True:
            for each in pressures(self._text):
                self._text = cut(self._text, [each.span])
                yield self._found(Kind.BLOOD_PRESSURE, each.values)
                break
            else:
                return

    def _pressure_started(self) -> bool:
        table = words().pressure
        return any(
            each.search(self._text) for each in (table.words, table.systolic, table.diastolic)
        )

    def _named(self) -> Iterator[Found]:
        for table in words().kinds:
            pattern = rf"(?:{table.words.pattern}){words().glue}*{_NUMBER}"
            for hit in list(re.finditer(pattern, self._text)):
                yield from self._one(table, hit)
        if self._meal is not None and self._text:
            yield from self._after_meal()

    def _after_meal(self) -> Iterator[Found]:
        """空腹6.8: only glucose is said so."""
        table = next(each for each in words().kinds if each.meal_word)
        hit = re.compile(rf"{words().glue}*{_NUMBER}").match(self._text, self._meal_at)
        if hit is not None:
            yield from self._one(table, hit)

    def _alone(self) -> Iterator[Found]:
        for table in words().kinds:
            if table.alone is None:
                continue
            before = f"(?:{words().before_alone}|{words().relatives.pattern})*"
            pattern = rf"^\s*{before}\s*{_NUMBER}\s*(?:{table.alone.pattern})\s*$"
            hit = re.search(pattern, self._text)
            if hit is not None:
                yield from self._one(table, hit)

    def _one(self, table: KindWords, hit: re.Match[str]) -> Iterator[Found]:
        after = self._text[hit.end("number") :]
        unit = table.unit_of(after)
        blank = 0
        if unit is not None:
            match = table.units[unit].match(after.lstrip())
            assert match is not None
            blank = len(after) - len(after.lstrip()) + match.end()
            self._more = self._more or bool(words().and_more.match(after, blank))
        elif words().other_units.match(after.lstrip()):
            self._unit_of_another = True  # 走了3公里 is no number of steps
            return
        self._text = cut(self._text, [(hit.start(), hit.end("number") + blank)])
        values = {table.component: Quantity(float(hit["number"]), unit or table.unit)}
        yield self._found(table.kind, values, other=table.other if unit is None else None)

    def _found(
        self, kind: Kind, values: Mapping[str, Quantity], *, other: str | None = None
    ) -> Found:
        meal = self._meal if kind is Kind.GLUCOSE else None
        draft = Draft(kind=kind, at=self._at, values=values, meal=meal, source=_WRITTEN_BY_HAND)
        return Found(draft=draft, said=self._said, other_unit=other)
