"""Answers that are numbers: latest, on a date, average, extremes, counts, trends, comparisons."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.assistant.answer import Fact, Outcome, Window
from bot.assistant.answering.meaning import meaning
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
from bot.assistant.understanding.asks import Ask
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

LISTED = 8  # so many readings are told one by one; more are summed up


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
            return f"{m.zh}{name}" if self.language == "zh" else f"{m.en} {name}"
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
        at = moment(r, self.language)
        key = "latest_words" if key == "latest" and r.words is not None else key
        draft.sentences.append(
            phrase(self.language, key, label=self.label, value=self.value(r), at=at)
        )
        draft.facts += [*self.reading_facts(r, suffix), time_fact(r, self.language)]
        draft.cite(*cite(r, self.language))
        return draft

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


def answer_kind(view: ArchiveView, query: Query, key: str, windows: Sequence[Window]) -> Draft:
    """The draft for one kind, ``not_found`` where no reading fits."""
    n = Numbers(view, query, key)
    window = windows[0] if windows else None
    known = list(view.readings(key))
    chosen = series.select(known, window, hours=query.hours, meal=query.meal, part=query.part)
    numeric = [r for r in chosen if r.values]
    if query.ask is Ask.COMPARE and len(windows) > 1:
        draft = _compare(n, known, windows)
    elif not chosen:
        draft = _nothing(n, known, window)
    elif not numeric and query.ask not in (Ask.WHEN, Ask.COUNT, Ask.FIRST):
        draft = _listed(n, chosen) if window or query.last_n else n.one("latest", chosen[-1])
    else:
        draft = _ASKED.get(query.ask, _value)(n, numeric or chosen, window)
    draft.window = window
    return draft


_EVERY = re.compile(
    r"历次|每次|每一次|所有|全部|都有哪些|列出|列一下|历史|all (?:my|the|of)|"
    r"\blist\b|history|every"
)


def _value(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    if len(rows) > 1 and _EVERY.search(n.query.rest):
        return _listed(n, rows[-20:])
    if window is not None and len(rows) > 1 and n.query.ask is not Ask.LATEST:
        return _listed(n, rows) if len(rows) <= LISTED else _summary(n, rows, window)
    draft = n.one("latest", rows[-1])
    draft.extras += meaning(n.view, draft, rows[-1], n.query)
    return draft


def _listed(n: Numbers, rows: list[Reading]) -> Draft:
    if len(rows) == 1:
        return n.one("on_window_one", rows[0])
    draft = n.rows(rows)
    draft.facts.insert(0, n.count_fact(len(rows)))
    draft.sentences = [
        phrase(
            n.language, "on_window_many", label=n.label, count=len(rows), rows=draft.sentences[0]
        )
    ]
    if rows[-1].values:
        draft.extras += meaning(n.view, draft, rows[-1], n.query, quiet=True)
    return draft


def _average(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    draft = Draft()
    told, facts, canonical = n.averages(rows)
    draft.facts += [*facts, n.count_fact(len(rows))]
    draft.sentences.append(
        phrase(n.language, "average", label=n.label, value=told, count=len(rows))
    )
    for r in rows:
        draft.cite(*cite(r, n.language))
    draft.extras += meaning(n.view, draft, rows[-1], n.query, values=canonical)
    return draft


def _summary(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    draft = _average(n, rows, window)
    highs, lows = _extreme(n, rows, max), _extreme(n, rows, min)
    draft.facts += highs.facts + lows.facts
    draft.sentences += ["".join(highs.sentences), "".join(lows.sentences)]
    draft.cite(*highs.citations, *lows.citations)
    return draft


def _extreme(n: Numbers, rows: list[Reading], choose: Callable[..., Decimal]) -> Draft:
    """The highest or lowest of each part, with the readings that have it."""
    high = choose is max
    draft = Draft()
    suffix = (
        ("最高值" if high else "最低值")
        if n.language == "zh"
        else (" highest" if high else " lowest")
    )
    for part in n.parts(rows):
        best, hits = series.extreme(rows, part, choose)
        told = n.with_unit(number(shown(best, n.key, False)), n.unit(series.bases(n.key, rows)[0]))
        unit = (n.kind.unit_in(n.language) if n.kind else best.unit) or None
        draft.facts.append(Fact(n.part_name(part) + suffix, shown(best, n.key, False), unit))
        if best.converted:
            native = shown_unit(best.recorded_unit)
            value = shown(best, n.key, True)
            draft.facts.append(Fact(n.part_name(part) + suffix, value, native))
            told += phrase(n.language, "also", value=n.with_unit(number(value), native))
        draft.sentences.append(
            phrase(
                n.language,
                "highest" if high else "lowest",
                label=n.part_name(part),
                value=told,
                at=moment(hits[-1], n.language),
            )
        )
        draft.facts.append(time_fact(hits[-1], n.language))
        for hit in hits:
            draft.cite(*cite(hit, n.language))
    return draft


def _highest(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    draft = _extreme(n, rows, max)
    top = series.extreme(rows, n.parts(rows)[0], max)[1][-1]
    draft.extras += meaning(n.view, draft, top, n.query, quiet=True)
    return draft


def _lowest(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    return _extreme(n, rows, min)


def _extremes(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    draft = _extreme(n, rows, max)
    draft.take(_extreme(n, rows, min))
    return draft


def _count(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    draft = Draft()
    draft.facts.append(n.count_fact(len(rows)))
    draft.sentences.append(phrase(n.language, "count", label=n.label, count=len(rows)))
    for r in rows:
        draft.cite(*cite(r, n.language))
    return draft


def _total(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    draft = Draft()
    basis = series.bases(n.key, rows)[0]
    values = {p: sum(series.numbers(rows, p, basis), Decimal(0)) for p in n.parts(rows)}
    told = n.with_unit("/".join(number(v) for v in values.values()), n.unit(basis))
    suffix = "合计" if n.language == "zh" else " total"
    draft.facts += [Fact(n.part_name(p) + suffix, v, n.unit(basis)) for p, v in values.items()]
    draft.facts.append(n.count_fact(len(rows)))
    draft.sentences.append(phrase(n.language, "total", label=n.label, value=told, count=len(rows)))
    for r in rows:
        draft.cite(*cite(r, n.language))
    return draft


def _trend(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    if len(rows) == 1:
        draft = n.one("trend_one", rows[0])
        draft.extras += meaning(n.view, draft, rows[0], n.query)
        return draft
    draft = Draft()
    told, facts, canonical = n.averages(rows)
    part = n.parts(rows)[0]
    with_part = [r for r in rows if part in r.values]
    first, last = with_part[0], with_part[-1]
    change = last.values[part].value - first.values[part].value
    spread = abs(first.values[part].value) * Decimal("0.03")
    key = "trend_flat" if abs(change) <= spread else ("trend_up" if change > 0 else "trend_down")
    difference = abs(
        shown(last.values[part], n.key, False) - shown(first.values[part], n.key, False)
    )
    zh = n.language == "zh"
    unit = (n.kind.unit_in(n.language) if n.kind else first.values[part].unit) or None
    draft.sentences.append(
        phrase(
            n.language,
            key,
            label=n.label,
            first=n.value(first),
            first_at=moment(first, n.language),
            last=n.value(last),
            last_at=moment(last, n.language),
            change=n.with_unit(number(difference), unit or ""),
            average=told,
            count=len(rows),
        )
    )
    draft.facts += n.reading_facts(first, "（最早）" if zh else " (first)")
    draft.facts += n.reading_facts(last, "（最近）" if zh else " (latest)")
    draft.facts.append(Fact(n.part_name(part) + ("变化" if zh else " change"), difference, unit))
    draft.facts += [*facts, n.count_fact(len(rows))]
    draft.facts += [time_fact(first, n.language), time_fact(last, n.language)]
    for r in rows:
        draft.cite(*cite(r, n.language))
    draft.extras += meaning(n.view, draft, last, n.query, values=canonical)
    return draft


def _first(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    return n.one("first", rows[0])


def _last_n(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    count = n.query.last_n or 1
    rows = rows[-count:]
    if len(rows) == 1:
        return n.one("latest", rows[0])
    draft = n.rows(rows)
    draft.sentences = [
        phrase(n.language, "last_n", label=n.label, count=len(rows), rows=draft.sentences[0])
    ]
    draft.facts.insert(0, n.count_fact(len(rows)))
    return draft


def _when(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    return n.one("when_latest", rows[-1])


def _judge(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    if window is not None and len(rows) > 1:
        return _listed(n, rows) if len(rows) <= 3 else _summary(n, rows, window)
    return _value(n, rows, window)


def _compare(n: Numbers, known: list[Reading], windows: Sequence[Window]) -> Draft:
    q = n.query
    groups = [
        [r for r in series.select(known, w, hours=q.hours, meal=q.meal, part=q.part) if r.values]
        for w in windows[:2]
    ]
    if not any(groups):
        return _nothing(n, known, windows[0])
    draft = Draft()
    if not all(groups):
        there = groups[0] or groups[1]
        told, facts, _ = n.averages(there)
        draft.facts += facts
        draft.sentences.append(phrase(n.language, "compare_half", label=n.label, value=told))
        for r in there:
            draft.cite(*cite(r, n.language))
        return draft
    later, earlier = (0, 1) if windows[0].start >= windows[1].start else (1, 0)
    told_later, facts_later, new = n.averages(groups[later])
    told_earlier, facts_earlier, old = n.averages(groups[earlier])
    zh = n.language == "zh"
    marks = ("（后一段）", "（前一段）") if zh else (" (later)", " (earlier)")
    draft.facts += [f._replace(label=f.label + marks[0]) for f in facts_later]
    draft.facts += [f._replace(label=f.label + marks[1]) for f in facts_earlier]
    changes = {p: new[p] - old[p] for p in new if p in old}
    unit = (n.kind.unit_in(n.language) if n.kind else "") or ""
    for p, change in changes.items():
        draft.facts.append(
            Fact(n.part_name(p) + ("差值" if zh else " difference"), abs(change), unit or None)
        )
    lead = next(iter(changes.values()))
    key = "compare_same" if lead == 0 else ("compare_up" if lead > 0 else "compare_down")
    told_change = n.with_unit(number(abs(lead)), unit)
    if len(changes) > 1:
        rest = list(changes.items())[1:]
        told_change += "".join(_other_change(n, p, c, unit) for p, c in rest)
    draft.sentences.append(
        phrase(
            n.language,
            key,
            label=n.label,
            first=told_later,
            second=told_earlier,
            change=told_change,
        )
    )
    for r in (*groups[0], *groups[1]):
        draft.cite(*cite(r, n.language))
    return draft


def _other_change(n: Numbers, part: str, change: Decimal, unit: str) -> str:
    value = n.with_unit(number(abs(change)), unit)
    if n.language == "zh":
        verb = "升" if change > 0 else ("降" if change < 0 else "差")
        return f"（{n.part_name(part)}{verb} {value}）"
    verb = "up" if change > 0 else ("down" if change < 0 else "change")
    return f" ({n.part_name(part)} {verb} {value})"


def _nothing(n: Numbers, known: list[Reading], window: Window | None) -> Draft:
    draft = Draft(outcome=Outcome.NOT_FOUND)
    key = "none_window" if known and window else "none_kind"
    draft.sentences.append(phrase(n.language, key, label=n.label))
    rest = series.select(known, None, meal=n.query.meal, part=n.query.part)
    if window is not None and rest:
        found = n.one("none_window_latest", rest[-1])
        draft.sentences += found.sentences
        draft.facts += found.facts
        draft.cite(*found.citations)
    elif not known:
        draft.sentences.append(phrase(n.language, "suggest_record"))
    return draft


from bot.assistant.answering.how_often import how_often  # noqa: E402

_ASKED: dict[Ask, Callable[[Numbers, list[Reading], Window | None], Draft]] = {
    Ask.AVERAGE: _average,
    Ask.HIGHEST: _highest,
    Ask.LOWEST: _lowest,
    Ask.EXTREMES: _extremes,
    Ask.COUNT: _count,
    Ask.TOTAL: _total,
    Ask.TREND: _trend,
    Ask.COMPARE: _trend,
    Ask.FIRST: _first,
    Ask.LAST_N: _last_n,
    Ask.WHEN: _when,
    Ask.JUDGE: _judge,
    Ask.HOW_OFTEN: how_often,
}
