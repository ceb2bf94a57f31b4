"""Two spans compared, or two sides of a day or of a meal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.assistant.answer import Fact, Window
from bot.assistant.answering.numbers import Numbers
from bot.assistant.answering.values import nothing
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import cite, number, phrase
from bot.assistant.queries import series
from bot.assistant.records import Reading
from bot.assistant.understanding.query import Query


def compare(n: Numbers, known: list[Reading], windows: Sequence[Window]) -> Draft:
    q = n.query
    groups = [[r for r in _of(q, known, w) if r.values] for w in windows[:2]]
    if not any(groups):
        return nothing(n, known, windows[0])
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
    zh = n.language == "zh"
    marks = ("（后一段）", "（前一段）") if zh else (" (later)", " (earlier)")
    return _beside(n, "compare", (groups[later], groups[earlier]), marks)


def compare_facets(n: Numbers, sides: Sequence[Query], window: Window | None) -> Draft | None:
    """The first two facets of ``n.query`` beside each other; None where one has no readings."""
    known = list(n.view.readings(n.key))
    groups = [[r for r in _of(s, known, window) if r.values] for s in sides[:2]]
    if not all(groups):
        return None
    names = [facet.name for facet in n.query.facets[:2]]
    marks = tuple(f"（{name}）" if n.language == "zh" else f" ({name})" for name in names)
    return _beside(
        n, "sides", (groups[0], groups[1]), (marks[0], marks[1]), one=names[0], other=names[1]
    )


def _beside(
    n: Numbers,
    key: str,
    groups: tuple[list[Reading], list[Reading]],
    marks: tuple[str, str],
    **names: str,
) -> Draft:
    """The averages of two groups and what is between them, as seen from the first."""
    draft = Draft()
    told, facts, new = n.averages(groups[0])
    told_other, facts_other, old = n.averages(groups[1])
    draft.facts += [f._replace(label=f.label + marks[0]) for f in facts]
    draft.facts += [f._replace(label=f.label + marks[1]) for f in facts_other]
    changes = {p: new[p] - old[p] for p in new if p in old}
    unit = (n.kind.unit_in(n.language) if n.kind else "") or ""
    name = "差值" if n.language == "zh" else " difference"
    for p, change in changes.items():
        draft.facts.append(Fact(n.part_name(p) + name, abs(change), unit or None))
    lead = next(iter(changes.values()))
    way = "same" if lead == 0 else ("up" if lead > 0 else "down")
    told_change = n.with_unit(number(abs(lead)), unit)
    others = list(changes.items())[1:]
    told_change += "".join(_other_change(n, p, c, unit, beside=key == "sides") for p, c in others)
    draft.sentences.append(
        phrase(
            n.language,
            f"{key}_{way}",
            label=n.label,
            first=told,
            second=told_other,
            change=told_change,
            **names,
        )
    )
    for r in (*groups[0], *groups[1]):
        draft.cite(*cite(r, n.language))
    return draft


def _other_change(n: Numbers, part: str, change: Decimal, unit: str, *, beside: bool) -> str:
    """What the other part does: rose or fell, or ``beside`` another is higher or lower."""
    value = n.with_unit(number(abs(change)), unit)
    if n.language == "zh":
        up, down = ("高", "低") if beside else ("升", "降")
        verb = up if change > 0 else (down if change < 0 else "差")
        return f"（{n.part_name(part)}{verb} {value}）"
    verb = "up" if change > 0 else ("down" if change < 0 else "change")
    return f" ({n.part_name(part)} {verb} {value})"


def _of(query: Query, known: Sequence[Reading], window: Window | None) -> list[Reading]:
    return series.select(
        known,
        window,
        hours=query.hours,
        meal=query.meal,
        part=query.part,
        at_home=query.at_home,
    )
