"""Blood pressures in a clause: 血压135/85, 高压135低压85, 低压85高压135, 135/85/72."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from backend.measurements.draft import Quantity
from bot.chat.understanding.tables import words

_FOREIGN = r"(?!\d|\.\d|\s*[/:点号日月年斤公千步度%岁天])"


class Pressure(NamedTuple):
    span: tuple[int, int]
    values: dict[str, Quantity]


def pressures(text: str) -> Iterator[Pressure]:
    """The first one in ``text``, or none; sought again when that one is blanked."""
    for pattern, sure in _patterns():
        for hit in pattern.finditer(text):
            high, low = float(hit["s"]), float(hit["d"])
            if sure or words().pressure.plausible(high, low):
                yield _pressure(hit, high, low)
                return


def _pressure(hit: re.Match[str], high: float, low: float) -> Pressure:
    table = words().pressure
    said = (hit["unit"] or "").strip()
    unit = next((u for u, each in table.units.items() if each.match(said)), None)
    ends = [hit.end("s"), hit.end("d"), hit.end("p")]
    if unit is not None:
        ends.append(hit.end("unit"))
    values = {
        "systolic": Quantity(high, unit or table.unit),
        "diastolic": Quantity(low, unit or table.unit),
    }
    if hit["p"]:
        values["pulse"] = Quantity(float(hit["p"]), "/min")
    return Pressure((hit.start(), max(ends)), values)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], bool], ...]:
    table, glue = words().pressure, f"{words().glue}*"
    any_unit = "|".join(each.pattern for each in table.units.values())
    between = rf"\s*(?:{any_unit})?\s*(?:{table.between})\s*"
    pair = rf"(?P<s>\d{{1,3}}(?:\.\d)?){between}(?P<d>\d{{1,3}}(?:\.\d)?)"
    pulse = rf"(?:\s*[/\s]\s*(?P<p>\d{{2,3}}){_FOREIGN})?"
    ends = rf"(?![\d./:%]|\.\d)(?P<unit>\s*(?:{any_unit}))?"
    high = rf"(?P<s>\d{{2,3}})\s*(?:{any_unit})?"
    low = rf"(?P<d>\d{{2,3}})(?P<p>){ends}"
    above, below = table.systolic.pattern, table.diastolic.pattern
    after = rf"[\s,]*{glue}"
    spoken = (
        (rf"(?:{table.words.pattern}){glue}{pair}{pulse}{ends}", True),
        (rf"(?:{above}|{table.words.pattern}){glue}{high}{after}(?:{below}){glue}{low}", True),
        (rf"(?:{table.high}){glue}{high}{after}(?:{table.low}){glue}{low}", True),
        (
            rf"(?:{below}){glue}(?P<d>\d{{2,3}})\s*(?:{any_unit})?{after}(?:{above}){glue}"
            rf"(?P<s>\d{{2,3}})(?P<p>){ends}",
            True,
        ),
        (rf"(?<![\d./:-])(?P<s>\d{{2,3}})\s*[/\\]\s*(?P<d>\d{{2,3}}){pulse}{ends}", False),
        # Numbers alone: 135 85 72, 135-85, 135 over 85.
        (rf"^\W*(?P<s>\d{{2,3}})\s*(?:{table.between})\s*(?P<d>\d{{2,3}}){pulse}{ends}\s*$", False),
    )
    return tuple((re.compile(pattern), sure) for pattern, sure in spoken)
