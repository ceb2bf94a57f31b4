"""Which way a series goes: the average of its last third beside that of its first.

It goes somewhere where the two averages differ by more than the limit of ``direction.toml``
and by more than chance: twice the standard error of their difference. Fewer than ``LEAST``
readings are too few for thirds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.assistant.answer import Fact
from bot.assistant.answering.numbers import Numbers
from bot.assistant.composing.wording import number, phrase
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.queries import series
from bot.assistant.records import Reading

LEAST = 6
_ERRORS = 2  # standard errors


@dataclass(frozen=True, slots=True)
class Direction:
    """``said`` is the way and the thirds; ``late`` the averages of the last third, by part."""

    said: tuple[str, ...]
    late: dict[str, Decimal]
    facts: tuple[Fact, ...]


def direction(n: Numbers, rows: Sequence[Reading]) -> Direction | None:
    """Over all readings, oldest first; None where they are too few."""
    if len(rows) < LEAST:
        return None
    third = len(rows) // 3
    early, late = rows[:third], rows[-third:]
    told_early, facts_early, first = n.averages(early)
    told_late, facts_late, last = n.averages(late)
    parts = [p for p in n.parts(rows) if p in first and p in last]
    ways = {p: _way(n.key, p, early, late) for p in parts}
    part = next((p for p in parts if ways[p] != "flat"), parts[0])
    change = abs(last[part] - first[part])
    unit = (n.kind.unit_in(n.language) if n.kind else rows[-1].values[part].unit) or ""
    label = n.part_name(part) if ways[part] != "flat" else n.label
    change_said = n.with_unit(number(change), unit)
    said = (
        phrase(n.language, f"direction_{ways[part]}", label=label, change=change_said),
        phrase(n.language, "direction_thirds", count=third, early=told_early, late=told_late),
    )
    marks = ("（开头一段）", "（最近一段）") if n.language == "zh" else (" (first)", " (last)")
    facts = [f._replace(label=f.label + marks[0]) for f in facts_early]
    facts += [f._replace(label=f.label + marks[1]) for f in facts_late]
    name = "平均变化" if n.language == "zh" else " change of the average"
    facts += [Fact(n.part_name(part) + name, change, unit or None), n.count_fact(third)]
    return Direction(said, last, tuple(facts))


def is_change(key: str, part: str, first: Decimal, last: Decimal) -> bool:
    """Whether two values of a kind, or two averages, differ by more than its limit."""
    data = read_toml(__package__, "direction.toml")
    limit = data["limits"].get(part if part != "value" else key)
    least = Decimal(str(limit)) if limit is not None else abs(first) * Decimal(str(data["share"]))
    return abs(last - first) > least


def _way(key: str, part: str, early: Sequence[Reading], late: Sequence[Reading]) -> str:
    basis = series.Basis("", recorded=False)
    before, after = (series.numbers(each, part, basis) for each in (early, late))
    first, last = _mean(before), _mean(after)
    chance = _ERRORS * (_spread(before) + _spread(after)).sqrt()
    if not is_change(key, part, first, last) or abs(last - first) <= chance:
        return "flat"
    return "up" if last > first else "down"


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def _spread(values: Sequence[Decimal]) -> Decimal:
    """The squared standard error of the mean; 0 of a single value."""
    if len(values) < 2:
        return Decimal(0)
    mean = _mean(values)
    squares = sum(((each - mean) ** 2 for each in values), Decimal(0))
    return squares / (len(values) - 1) / len(values)
