"""Averages, extremes, counts and totals of one kind, as told."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from bot.assistant.answer import Fact, Window
from bot.assistant.answering.meaning import meaning
from bot.assistant.answering.numbers import Numbers
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import cite, moment, number, phrase, shown, time_fact
from bot.assistant.lexicon.units import shown_unit
from bot.assistant.queries import series
from bot.assistant.records import Reading

_MOST_TOLD = 10


def average(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
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


def summary(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    draft = average(n, rows, window)
    highs, lows = extreme(n, rows, max), extreme(n, rows, min)
    draft.facts += highs.facts + lows.facts
    draft.sentences += ["".join(highs.sentences), "".join(lows.sentences)]
    draft.cite(*highs.citations, *lows.citations)
    return draft


def extreme(n: Numbers, rows: list[Reading], choose: Callable[..., Decimal]) -> Draft:
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


def highest(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    draft = _top(n, rows, n.query.top, max) if n.query.top else extreme(n, rows, max)
    top = series.extreme(rows, n.parts(rows)[0], max)[1][-1]
    draft.extras += meaning(n.view, draft, top, n.query, quiet=True)
    return draft


def lowest(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    return _top(n, rows, n.query.top, min) if n.query.top else extreme(n, rows, min)


def _top(n: Numbers, rows: list[Reading], count: int, choose: Callable[..., Decimal]) -> Draft:
    """The highest or lowest few, of a pressure by its systolic side unless the other is named."""
    part = n.parts(rows)[0]
    valued = [r for r in rows if part in r.values]
    valued.sort(key=lambda r: (r.values[part].value, r.at), reverse=choose is max)
    chosen = valued[: min(count, _MOST_TOLD)]
    draft = n.rows(chosen)
    key = "top_high" if choose is max else "top_low"
    told, label = draft.sentences[0], n.part_name(part)
    draft.sentences = [phrase(n.language, key, label=label, count=len(chosen), rows=told)]
    draft.facts.insert(0, n.count_fact(len(chosen)))
    return draft


def extremes(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    draft = extreme(n, rows, max)
    draft.take(extreme(n, rows, min))
    return draft


def count(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    draft = Draft()
    draft.facts.append(n.count_fact(len(rows)))
    draft.sentences.append(phrase(n.language, "count", label=n.label, count=len(rows)))
    for r in rows:
        draft.cite(*cite(r, n.language))
    return draft


def total(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
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
