"""Units: one spelling for the same unit, and one unit for the same kind."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.assistant.lexicon.kinds import Kind

_SPELLINGS = (
    (re.compile("[μµ]"), "u"),
    (re.compile(r"mm\[hg\]", re.I), "mmHg"),
    (re.compile(r"毫米汞柱"), "mmHg"),
    (re.compile(r"毫摩尔?[/每]升"), "mmol/L"),
    (re.compile(r"微摩尔?[/每]升"), "umol/L"),
    (re.compile(r"^[×xX]?\s*10[*^]?(?=\d+/)"), "10^"),
    (re.compile(r"\s+"), ""),
)


def plain_unit(unit: str) -> str:
    """A unit in the spelling that comparisons use: no μ, no brackets, lower case."""
    for pattern, plain in _SPELLINGS:
        unit = pattern.sub(plain, unit)
    return unit.lower()


def shown_unit(unit: str) -> str:
    """A recorded unit as people read it: ``mm[Hg]`` is mmHg, ``10*9/L`` is 10^9/L."""
    shown = {
        "mmhg": "mmHg",
        "cel": "℃",
        "{score}": "",
        "1": "",
        "{steps}": "步",
        "[lb_av]": "lb",
        "{t-score}": "",
    }
    plain = plain_unit(unit)
    if plain in shown:
        return shown[plain]
    for pattern, spelling in _SPELLINGS[4:6]:
        unit = pattern.sub(spelling, unit)
    return unit


def to_canonical(kind: Kind, value: Decimal, unit: str) -> Decimal | None:
    """The value in the kind's unit; None where the unit is not one of the kind's.

    A missing unit counts as the canonical one.
    """
    plain = plain_unit(unit)
    if not plain or plain in (plain_unit(kind.unit), plain_unit(kind.unit_en)):
        return value
    factor = kind.factors.get(plain)
    if factor is None:
        return None
    if factor.slope == 1 and factor.intercept == 0:
        return value
    return half_up(value * factor.slope + factor.intercept, kind.digits + 4)


def half_up(value: Decimal, digits: int) -> Decimal:
    """Rounded half up to so many decimals (averages: one, by the contract)."""
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
