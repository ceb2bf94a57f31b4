"""Laboratory items that a plan can have a target for, and targets that a doctor set."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from pydantic import Field

from backend.archive.sections import ObservationBody
from backend.archive.sections.observation import ObservationStatus
from backend.care.plans.goal import Key, Loinc
from backend.care.plans.programme import Fixed, Words

_LOINC = "loinc.org"
_FINAL = {ObservationStatus.FINAL, ObservationStatus.AMENDED, ObservationStatus.CORRECTED}


class LabItem(Words):
    """``units``: factors to ``unit``, by UCUM code in lower case; a target lies between ``least``
    and ``most``."""

    key: Key
    loinc: tuple[Loinc, ...] = Field(min_length=1)
    unit: str = Field(min_length=1)
    units: Mapping[str, float] = Field(min_length=1)
    least: float = Field(gt=0)
    most: float = Field(gt=0)


class LabTarget(Fixed):
    """A doctor's, in the item's unit: from ``low`` on, below ``high``; at least one is given.
    ``set_by``: the doctor's name as it was shown then."""

    item: Key
    low: float | None = None
    high: float | None = None
    set_at: datetime
    set_by: str

    def holds(self, value: float) -> bool:
        return within(value, self.low, self.high)


def within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value < high)


def range_text(low: float | None, high: float | None, unit: str) -> str:
    """``<1.8 mmol/L``, ``≥1 mmol/L``, ``≥7, <8 %``."""
    ends = [f"≥{low:g}"] if low is not None else []
    ends += [f"<{high:g}"] if high is not None else []
    return f"{', '.join(ends)} {unit}"


def value_of(
    body: ObservationBody, loinc: Collection[str], units: Mapping[str, float]
) -> float | None:
    """In the unit of the factors; None for another item, and for what is no plain final number in
    a unit that is known."""
    amount = body.result.amount if body.result else None
    if body.status not in _FINAL or amount is None or amount.value is None or amount.comparator:
        return None
    if not any(_LOINC in (c.system or "") and c.code in loinc for c in body.name.codings):
        return None
    unit = (amount.code or amount.unit or "").replace("µ", "u").replace("μ", "u").lower()
    factor = units.get(unit)
    return None if factor is None or amount.value <= 0 else float(amount.value) * factor


@cache
def lab_items() -> Mapping[str, LabItem]:
    """Those of ``data/lab_items.toml``, by key, in its order."""
    text = files(__package__).joinpath("data", "lab_items.toml").read_text("utf-8")
    found = [LabItem.model_validate(each) for each in tomllib.loads(text)["item"]]
    return MappingProxyType({each.key: each for each in found})
