"""What the answers about one kind of number share: labels, values, rows, facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.assistant.answer import Fact
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import (
    cite,
    moment,
    number,
    part_label,
    phrase,
    shown,
    time_fact,
)
from bot.assistant.lexicon.kinds import Kind, kinds
from bot.assistant.lexicon.units import shown_unit
from bot.assistant.queries import series
from bot.assistant.queries.series import Basis
from bot.assistant.records import Reading
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView


@dataclass(frozen=True, slots=True)
class Numbers:
    """One kind's part of an answer."""

    view: ArchiveView
    query: Query
    key: str

    @property
    def kind(self) -> Kind | None:
        return kinds().get(self.key)

    @property
    def language(self) -> str:
        return self.query.language

    @property
    def label(self) -> str:
        """血压, 空腹血糖, 收缩压: what the numbers are called in this answer."""
        kind, part, meal = self.kind, self.query.part, self.query.meal
        if kind is None:
            rows = self.view.readings(self.key)
            return rows[-1].name if rows else self.key.removeprefix("own:")
        if part and part in kind.components:
            return part_label(kind, part, self.language, "")
        name = kind.name(self.language)
        if meal and meal in kind.meals:
            m = kind.meals[meal]
            name = f"{m.zh}{name}" if self.language == "zh" else f"{m.en} {name}"
        if self.query.at_home is not None and kind.home_loinc:
            key = "of_home" if self.query.at_home else "of_lab"
            name = phrase(self.language, key, name=name)
        return name

    def parts(self, readings: Sequence[Reading]) -> list[str]:
        """The components the answer tells of, those that occur."""
        if self.query.part:
            return [self.query.part]
        order = list(self.kind.components) if self.kind and self.kind.components else ["value"]
        return [p for p in order if any(p in r.values for r in readings)]

    def part_name(self, part: str) -> str:
        if part == "value":
            return self.label
        return part_label(self.kind, part, self.language, self.label)

    def unit(self, basis: Basis) -> str:
        if not basis.recorded and self.kind and basis.unit == self.kind.unit:
            return self.kind.unit_in(self.language)
        return basis.unit

    def with_unit(self, text: str, unit: str) -> str:
        return f"{text}{unit}" if unit == "%" else f"{text} {unit}".strip()

    def value(self, r: Reading, recorded: bool = False) -> str:
        """A reading as told: 142/88 mmHg, 7.2 mmol/L, or its words."""
        if r.words is not None:
            return r.words
        parts = [p for p in (self.parts([r]) or list(r.values)) if p in r.values]
        told = "/".join(number(shown(r.values[p], r.kind, recorded)) for p in parts)
        first = r.values[parts[0]]
        if recorded:
            unit = shown_unit(first.recorded_unit)
        elif self.kind:
            unit = self.kind.unit_in(self.language)
        else:
            unit = first.unit
        text = self.with_unit(told, unit)
        if first.converted and not recorded:
            also = self.value(r, recorded=True)
            text += phrase(self.language, "also", value=also)
        return text

    def reading_facts(self, r: Reading, suffix: str = "") -> list[Fact]:
        """A reading's numbers, in the kind's unit and as recorded where that differs."""
        if r.words is not None:
            return [Fact(self.label + suffix, r.words)]
        facts = []
        for part in self.parts([r]):
            if part not in r.values:
                continue
            m = r.values[part]
            name = self.part_name(part) + suffix
            unit = self.kind.unit_in(self.language) if self.kind else m.unit
            facts.append(Fact(name, shown(m, r.kind, False), unit or None))
            if m.converted:
                native = shown_unit(m.recorded_unit)
                facts.append(Fact(name, shown(m, r.kind, True), native or None))
        return facts

    def one(self, key: str, r: Reading, suffix: str = "") -> Draft:
        """A sentence about one reading with its evidence."""
        draft = Draft()
        at = self.when(r)
        key = "latest_words" if key == "latest" and r.words is not None else key
        draft.sentences.append(
            phrase(self.language, key, label=self.label, value=self.value(r), at=at)
        )
        draft.facts += [*self.reading_facts(r, suffix), time_fact(r, self.language)]
        draft.cite(*cite(r, self.language))
        return draft

    def when(self, r: Reading) -> str:
        """Its moment, and before or after food where that is noted and was not asked for."""
        at = moment(r, self.language)
        meal = self.kind.meals.get(r.meal or "") if self.kind else None
        if meal is None or r.meal == self.query.meal:
            return at
        return f"{at}，{meal.zh}" if self.language == "zh" else f"{at}, {meal.en}"

    def rows(self, readings: Sequence[Reading]) -> Draft:
        """Readings told one by one: the joined text is the draft's only sentence."""
        draft = Draft()
        told = [
            phrase(self.language, "row", at=moment(r, self.language), value=self.value(r))
            for r in readings
        ]
        draft.sentences.append(("；" if self.language == "zh" else "; ").join(told))
        for r in readings:
            draft.facts += [*self.reading_facts(r), time_fact(r, self.language)]
            draft.cite(*cite(r, self.language))
        return draft

    def averages(self, readings: Sequence[Reading]) -> tuple[str, list[Fact], dict[str, Decimal]]:
        """The average as told, its facts, and its canonical values by part."""
        tells: list[str] = []
        facts: list[Fact] = []
        canonical: dict[str, Decimal] = {}
        for basis in series.bases(self.key, readings):
            values = {
                p: series.average(series.numbers(readings, p, basis)) for p in self.parts(readings)
            }
            canonical = canonical or values
            unit = self.unit(basis)
            tells.append(self.with_unit("/".join(number(v) for v in values.values()), unit))
            suffix = "平均值" if self.language == "zh" else " average"
            facts += [Fact(self.part_name(p) + suffix, v, unit or None) for p, v in values.items()]
        told = tells[0]
        if len(tells) > 1:
            told += phrase(self.language, "also", value=tells[1])
        return told, facts, canonical

    def count_fact(self, count: int, label: str | None = None) -> Fact:
        zh = self.language == "zh"
        return Fact(label or ("记录次数" if zh else "count"), Decimal(count), "次" if zh else None)
