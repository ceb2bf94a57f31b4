"""What plans ask for together, and what of it was done: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.care.plans.pathway import Asked
from backend.care.plans.plan import Plan
from backend.care.plans.programme import WEEKDAYS, Part, programme
from backend.measurements.draft import Kind

Done = Mapping[Kind, Mapping[date, frozenset[str]]]
"""By kind and day: the parts of the day in which there is a reading."""


@dataclass(frozen=True, slots=True)
class Due:
    """On these weekdays (``MO`` …), at these parts of the day."""

    days: tuple[str, ...]
    parts: tuple[Part, ...]

    def with_(self, other: Due) -> Due:
        """Both at once: nobody is asked twice for one reading."""
        return Due(
            tuple(each for each in WEEKDAYS if each in {*self.days, *other.days}),
            tuple(each for each in Part if each in {*self.parts, *other.parts}),
        )


def due_of(asked: Asked) -> Due:
    return Due(
        tuple(each for each in WEEKDAYS if each in programme().days(asked.days)),
        tuple(each for each in Part if each in asked.parts),
    )


def merged(plans: Iterable[Plan]) -> dict[Kind, Due]:
    """By kind, over all running plans."""
    found: dict[Kind, Due] = {}
    for plan in plans:
        for measure in plan.content.measure:
            due = due_of(measure.stages[plan.stage])
            found[measure.kind] = due.with_(found.get(measure.kind, due))
    return found


def phase(since: date, asked: Mapping[Kind, Due]) -> dict[str, Any]:
    return {
        "since": since.isoformat(),
        "asked": {
            kind.value: {"days": list(due.days), "parts": [each.value for each in due.parts]}
            for kind, due in sorted(asked.items())
        },
    }


def asked_on(phases: Sequence[Mapping[str, Any]], day: date) -> dict[Kind, tuple[Part, ...]]:
    """What was due on the day, by the schedule that ran then."""
    ran = [each for each in phases if each["since"] <= day.isoformat()]
    if not ran:
        return {}
    weekday = WEEKDAYS[day.weekday()]
    return {
        Kind(kind): tuple(Part(part) for part in due["parts"])
        for kind, due in ran[-1]["asked"].items()
        if weekday in due["days"]
    }


def complete(asked: Mapping[Kind, Sequence[Part]], done: Done, day: date) -> bool:
    """Whether everything that was due on the day was measured; a day without is no such day."""
    return bool(asked) and all(
        set(parts) <= done.get(kind, {}).get(day, frozenset()) for kind, parts in asked.items()
    )
