"""Which number is what: by the words beside it, by the order that all devices keep."""

from __future__ import annotations

from typing import Any

import numpy as np

from ocr.meter.errors import (
    MeterKindOther,
    MeterKindUnknown,
    MeterNoDisplay,
    MeterUnclear,
    MeterUnitUnseen,
)
from ocr.meter.find import Found
from ocr.meter.table import KINDS, READING
from ocr.meter.words import Word, kinds_of, labels_of, units_of

Assigned = dict[str, tuple[Found, str]]
"""Number and unit (UCUM) by component."""


def kind_of(words: list[Word], expected: str | None) -> str:
    """The kind of device. Raises ``MeterKindUnknown`` or ``MeterKindOther``."""
    seen = kinds_of(words)
    if expected is None:
        if len(seen) != 1:
            raise MeterKindUnknown()
        return seen.pop()
    if seen and expected not in seen:
        raise MeterKindOther(kind=sorted(seen)[0])
    return expected


def main_numbers(found: list[Found]) -> list[Found]:
    """The large numbers from top to bottom. Raises ``MeterNoDisplay`` or ``MeterUnclear``."""
    sure = [each for each in found if _sure(each)]
    if not sure:
        raise (MeterUnclear() if any(_number_like(each) for each in found) else MeterNoDisplay())
    tallest = max(each.height for each in sure)
    large = [
        each
        for each in found
        if each.height >= READING["main"] * tallest
        and _number_like(each)
        and (_digits(each) > 1 or each.height <= 1.3 * tallest)
    ]
    if not all(_sure(each) for each in large):
        raise MeterUnclear()
    return sorted(large, key=lambda each: each.box[1])


def assign(kind: str, numbers: list[Found], words: list[Word]) -> Assigned:
    """Every number its component and unit; any contradiction is a refusal."""
    table = KINDS[kind]
    components: dict[str, Any] = table["components"]
    if len(components) == 1:
        places = _alone(next(iter(components)), numbers)
    else:
        places = _several(table, numbers, words)
    return {
        name: (number, _unit(number, components[name], words)) for name, number in places.items()
    }


def _alone(component: str, numbers: list[Found]) -> dict[str, Found]:
    if len(numbers) != 1:
        raise MeterUnclear()
    return {component: numbers[0]}


def _several(table: dict[str, Any], numbers: list[Found], words: list[Word]) -> dict[str, Found]:
    """By labels; by order only where a number stands for every component."""
    components, stacked = table["components"], table["stacked"]
    if not 1 <= len(numbers) <= len(components):
        raise MeterUnclear()
    labelled = {
        name: number
        for name, component in components.items()
        if (number := _beside(labels_of(words, component), numbers)) is not None
    }
    if len({id(each) for each in labelled.values()}) != len(labelled):
        raise MeterUnclear()
    if stacked and len(numbers) == len(stacked):
        ordered = dict(zip(stacked, numbers, strict=True))
        if any(ordered[name] is not number for name, number in labelled.items()):
            raise MeterUnclear()
        return ordered
    if not set(table["required"]) <= set(labelled) or len(labelled) != len(numbers):
        raise MeterUnclear()
    if [name for name in stacked if name in labelled] != [
        name for number in numbers for name in labelled if labelled[name] is number and stacked
    ]:
        raise MeterUnclear()
    return labelled


def _beside(labels: list[Word], numbers: list[Found]) -> Found | None:
    """The number nearest to a label, where one is near and only one."""
    nearest = {id(number): number for label in labels if (number := _near(label, numbers))}
    return next(iter(nearest.values())) if len(nearest) == 1 else None


def _near(label: Word, numbers: list[Found]) -> Found | None:
    ranked = sorted(numbers, key=lambda number: _distance(label, number))
    first = _distance(label, ranked[0])
    if first > 2.5 * ranked[0].height:
        return None
    if len(ranked) > 1 and _distance(label, ranked[1]) < first + 0.15 * ranked[0].height:
        return None
    return ranked[0]


def _distance(label: Word, number: Found) -> float:
    """From a label to the number: along its row, which may lean, or straight above or below it.

    What is neither beside nor above is far.
    """
    along = number.quad[1] - number.quad[0]
    length = float(np.hypot(*along))
    along = along / length
    over = np.array([-along[1], along[0]])
    offset = np.array([label.x, label.y]) - number.quad.mean(axis=0)
    across = max(0.0, abs(float(offset @ along)) - length / 2)
    down = max(0.0, abs(float(offset @ over)) - number.height / 2)
    return float(min(np.hypot(across, 5 * down), np.hypot(5 * across, 1.5 * down)))


def _unit(number: Found, component: dict[str, Any], words: list[Word]) -> str:
    """The unit seen, or the only one whose form the number has where there is a usual one."""
    fitting = [unit for unit, form in component["forms"].items() if _has_form(number.text, form)]
    seen = units_of(words, component)
    if not fitting or (seen and not seen & set(fitting)):
        raise MeterUnclear()
    both = seen & set(fitting)
    if len(both) == 1:
        return both.pop()
    usual: str | None = component.get("unit")
    if not seen and usual in fitting:
        return str(usual)
    raise MeterUnitUnseen()


def _has_form(text: str, form: dict[str, list[int]]) -> bool:
    before, _, after = text.partition(".")
    if text.endswith(".") or (before.startswith("0") and len(before) > 1):
        return False
    return (
        form["before"][0] <= len(before) <= form["before"][1]
        and form["after"][0] <= len(after) <= form["after"][1]
    )


def _sure(number: Found) -> bool:
    return (
        not number.doubt
        and number.confidence >= READING["least_confidence"]
        and _digits(number) >= 2
    )


def _number_like(number: Found) -> bool:
    """What may be a number that was not read in full; a lone stroke is none."""
    alone = number.text.strip(".")
    return _digits(number) >= 2 or (alone != "1" and number.confidence >= 0.5)


def _digits(number: Found) -> int:
    return sum(each.isdecimal() for each in number.text)
