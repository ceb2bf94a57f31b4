"""Goals with a number to reach: ranges that hold for this person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from bot.assistant.fhir.elements import Resource, codes, decimal, status
from bot.assistant.fhir.observations import component_of, kind_of, meal_of
from bot.assistant.lexicon.kinds import Kind
from bot.assistant.lexicon.units import to_canonical
from bot.assistant.records import OwnLimit

_HELD = {"accepted", "active"}  # source: FHIR R4 goal-status


def own_limits(resource: Resource, ref: str) -> tuple[OwnLimit, ...]:
    """The ranges of a Goal that is pursued; none of one that is only proposed or is over."""
    if status(resource, "lifecycleStatus") not in _HELD:
        return ()
    by = resource.get("expressedBy")
    said = str(by.get("display") or "") if isinstance(by, dict) else ""
    since = _day(resource.get("startDate"))
    return tuple(
        OwnLimit(
            kind=kind.key,
            part=part,
            ref=ref,
            low=low,
            high=high,
            meal=meal,
            since=since,
            until=until,
            by=said,
        )
        for kind, part, low, high, until, meal in _ranges(resource)
    )


_Range = tuple[Kind, str, Decimal | None, Decimal | None, date | None, str | None]


def _ranges(resource: Resource) -> Iterator[_Range]:
    for target in resource.get("target") or []:
        measure = target.get("measure") if isinstance(target, dict) else None
        kind, part = component_of(measure) or (kind_of(measure), "value")
        if kind is None or (kind.components and part == "value"):
            continue
        low, high = _ends(target, kind)
        if low is not None or high is not None:
            yield kind, part, low, high, _day(target.get("dueDate")), _meal(kind, measure)


def _meal(kind: Kind, measure: object) -> str | None:
    named = set(codes(measure))
    own = next((key for key in kind.meals if key in named), None)
    return own or (meal_of({"code": measure}) if kind.meals else None)


def _ends(target: Resource, kind: Kind) -> tuple[Decimal | None, Decimal | None]:
    found = target.get("detailRange")
    if not isinstance(found, dict):
        return None, None
    return _number(found.get("low"), kind), _number(found.get("high"), kind)


def _number(quantity: object, kind: Kind) -> Decimal | None:
    if not isinstance(quantity, dict):
        return None
    value = decimal(quantity.get("value"))
    unit = str(quantity.get("unit") or quantity.get("code") or "")
    return None if value is None else to_canonical(kind, value, unit)


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
