"""Copies counted once; pressures sent apart put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from bot.assistant.lexicon.kinds import kinds
from bot.assistant.lexicon.units import half_up
from bot.assistant.records import Reading

Minute = tuple[str, int]


def pair_pressures(readings: Iterable[Reading]) -> list[Reading]:
    """Join a systolic and a diastolic of one minute that came as two Observations."""
    kept: list[Reading] = []
    halves: dict[Minute, list[Reading]] = {}
    for reading in readings:
        if reading.kind == "blood_pressure" and len(reading.values) == 1:
            halves.setdefault(_minute(reading), []).append(reading)
        else:
            kept.append(reading)
    for group in halves.values():
        kept += _joined(group)
    return kept


def one_each(readings: Iterable[Reading]) -> list[Reading]:
    """One reading per kind, minute and value: two devices send the same one twice."""
    seen: dict[tuple[object, ...], Reading] = {}
    for reading in readings:
        key = (*_minute(reading), _values(reading))
        first = seen.get(key)
        if first is None:
            seen[key] = reading
        elif first.meal is None and reading.meal is not None:
            seen[key] = replace(first, meal=reading.meal)
    return list(seen.values())


def _minute(reading: Reading) -> Minute:
    return reading.kind, int(reading.at.timestamp() // 60)


def _values(reading: Reading) -> object:
    if reading.words is not None:
        return reading.words
    digits = kinds()[reading.kind].digits if reading.kind in kinds() else 3
    return tuple(
        (part, Decimal(half_up(m.value, max(digits, 1) if m.converted else 3)).normalize())
        for part, m in sorted(reading.values.items())
    )


def _joined(group: list[Reading]) -> list[Reading]:
    high = [r for r in group if "systolic" in r.values]
    low = [r for r in group if "diastolic" in r.values]
    joined = []
    for top, bottom in zip(high, low, strict=False):
        said = f"{top.said}；{bottom.said}"
        values = {**top.values, **bottom.values}
        joined.append(replace(top, refs=top.refs + bottom.refs, values=values, said=said))
    pairs = len(joined)
    return joined + high[pairs:] + low[pairs:]
