"""Free words in, readings out: 早上血压135/85心率72; 空腹血糖6.8; 体重 62公斤.

Nothing is guessed: a number without a kind, or two for one kind, is asked about. A question,
a goal or a wish is no reading at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source
from bot.chat.understanding.folding import cut, fold
from bot.chat.understanding.moment import moment
from bot.chat.understanding.tables import KindWords, words
from bot.chat.understanding.understood import Found, Lack, Understood

LONGEST = 500
"""Characters of a message that are looked at; more is a text, not a reading."""
_BREAK = r"[,，。;；\n!！、]+(?!\d{3}\b)|\.\s|然后|(?<=\d)\s*(?:and|以及|还有)\s"
_NUMBER = r"(?<![\d.])(?P<number>\d{1,6}(?:\.\d{1,3})?)(?![\d]|\.\d)"
_TEMPERATURE = re.compile(r"(\d{2})度(\d)(?!\d)")
_WRITTEN_BY_HAND = Source(system="manual")


def understand(text: str, now: datetime) -> Understood:
    """What ``text`` says was measured. ``now`` is aware, in the writer's zone."""
    plain = _TEMPERATURE.sub(r"\1.\2度", fold(text))
    if len(text) > LONGEST or words().not_a_reading.search(plain):
        return Understood()
    found: list[Found] = []
    lacks: list[Lack] = []
    at, day = now, None
    for clause in _clauses(plain):
        when = moment(clause, now, day)
        at, day = when.at or at, when.day or day
        reader = _Clause(clause, cut(clause, when.spans), at)
        some, lack = reader.read(alone=len(plain) <= _ALONE)
        found += some
        lacks += lack
        if when.lack is not None and (some or lack):
            lacks.append(when.lack)
    relative = words().relatives.search(plain)
    return Understood(
        found=tuple(found),
        lacks=tuple(dict.fromkeys(lacks)),
        relative=relative[0] if relative else None,
    )


_ALONE = 24
"""A unit says the kind by itself in short messages only: 62公斤, not 买了62公斤煤."""


def _clauses(plain: str) -> list[str]:
    # 收缩压135，舒张压85 is one thing said in two clauses.
    together = re.sub(rf"[,，、]\s*(?={words().pressure.diastolic.pattern})", " ", plain)
    return [each for each in re.split(_BREAK, together) if each.strip()]


class _Clause:
    """One clause; what was read is blanked, so that no number counts twice."""

    def __init__(self, said: str, text: str, at: datetime) -> None:
        self._said = said.strip()
        self._text = text
        self._at = at
        self._meal = self._take_meal()

    def read(self, *, alone: bool) -> tuple[list[Found], list[Lack]]:
        found = [*self._pressures(), *self._named()]
        lacks: list[Lack] = []
        if self._pressure_started():
            lacks.append(Lack.DIASTOLIC if re.search(r"\d", self._text) else Lack.NUMBER)
            return found, lacks
        if not found and alone:
            found = list(self._alone())
        rest = re.findall(r"\d+", self._text)
        if not found and self._names_a_kind():
            lacks.append(Lack.NUMBER)
        elif found and rest:
            lacks.append(Lack.SEVERAL)
        elif rest and not re.sub(r"[\d.\s/:-]", "", self._text):
            lacks.append(Lack.KIND)
        return found, lacks

    def _take_meal(self) -> Meal | None:
        for meal, pattern in words().meals.items():
            hit = pattern.search(self._text)
            if hit:
                self._text = cut(self._text, [hit.span()])
                self._meal_at = hit.end()
                return meal
        return None

    def _pressures(self) -> Iterator[Found]:
        table = words().pressure
        pair = rf"(?P<s>\d{{1,3}}(?:\.\d)?)\s*(?:{table.between})\s*(?P<d>\d{{1,3}}(?:\.\d)?)"
        pulse = r"(?:\s*/\s*(?P<p>\d{2,3}))?"
        ends = r"(?![\d./:%]|\.\d)(?P<unit>\s*[a-z]+(?:\s*hg)?|\s*千帕|\s*毫米汞柱)?"
        named = rf"(?:{table.words.pattern}){words().glue}*{pair}{pulse}{ends}"
        apart = (
            rf"(?:{table.systolic.pattern}){words().glue}*(?P<s>\d{{1,3}})(?:mmhg|毫米汞柱)?"
            rf"[\s,]*(?:{table.diastolic.pattern}){words().glue}*(?P<d>\d{{1,3}})(?P<p>){ends}"
        )
        bare = rf"(?<![\d./:-])(?P<s>\d{{2,3}})\s*/\s*(?P<d>\d{{2,3}}){pulse}{ends}"
        patterns = ((named, True), (apart, True), (bare, False))
        for pattern, sure in patterns:
            for hit in re.finditer(pattern, self._text):
                high, low = float(hit["s"]), float(hit["d"])
                if sure or self._bare_pair(high, low):
                    yield self._pressure(hit, high, low)

    def _bare_pair(self, high: float, low: float) -> bool:
        table = words().pressure
        first, second = table.bare_systolic, table.bare_diastolic
        return first[0] <= high <= first[1] and second[0] <= low <= second[1] and low < high

    def _pressure(self, hit: re.Match[str], high: float, low: float) -> Found:
        table = words().pressure
        said = (hit["unit"] or "").strip()
        unit = next((u for u, each in table.units.items() if each.match(said)), table.unit)
        end = (
            hit.end()
            if said and unit is not None and self._is_unit(said)
            else max(hit.end("d"), hit.end("p"))
        )
        self._text = cut(self._text, [(hit.start(), end)])
        values = {"systolic": Quantity(high, unit), "diastolic": Quantity(low, unit)}
        if hit["p"]:
            values["pulse"] = Quantity(float(hit["p"]), "/min")
        return self._found(Kind.BLOOD_PRESSURE, values)

    def _is_unit(self, said: str) -> bool:
        return any(each.match(said) for each in words().pressure.units.values())

    def _pressure_started(self) -> bool:
        table = words().pressure
        return any(
            each.search(self._text) for each in (table.words, table.systolic, table.diastolic)
        )

    def _named(self) -> Iterator[Found]:
        for table in words().kinds:
            pattern = rf"(?:{table.words.pattern}){words().glue}*{_NUMBER}"
            for hit in list(re.finditer(pattern, self._text)):
                yield self._one(table, hit)
        if self._meal is not None and self._text:
            yield from self._after_meal()

    def _after_meal(self) -> Iterator[Found]:
        """空腹6.8: only glucose is said so."""
        table = next(each for each in words().kinds if each.meal_word)
        hit = re.compile(rf"{words().glue}*{_NUMBER}").match(self._text, self._meal_at)
        if hit is not None:
            yield self._one(table, hit)

    def _alone(self) -> Iterator[Found]:
        for table in words().kinds:
            if table.alone is None:
                continue
            pattern = rf"^\s*{_NUMBER}\s*(?:{table.alone.pattern})\s*$"
            hit = re.search(pattern, self._text)
            if hit is not None:
                yield self._one(table, hit)

    def _names_a_kind(self) -> bool:
        return any(table.words.search(self._text) for table in words().kinds)

    def _one(self, table: KindWords, hit: re.Match[str]) -> Found:
        after = self._text[hit.end("number") :]
        unit = table.unit_of(after)
        blank = 0
        if unit is not None:
            match = table.units[unit].match(after.lstrip())
            assert match is not None
            blank = len(after) - len(after.lstrip()) + match.end()
        self._text = cut(self._text, [(hit.start(), hit.end("number") + blank)])
        values = {table.component: Quantity(float(hit["number"]), unit or table.unit)}
        return self._found(table.kind, values, bare=table.bare and unit is None)

    def _found(self, kind: Kind, values: dict[str, Quantity], *, bare: bool = False) -> Found:
        meal = self._meal if kind is Kind.GLUCOSE else None
        draft = Draft(kind=kind, at=self._at, values=values, meal=meal, source=_WRITTEN_BY_HAND)
        return Found(draft=draft, said=self._said, bare=bare)
