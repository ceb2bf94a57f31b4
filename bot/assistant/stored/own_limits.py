"""What doctors set for one person, as the assistant reads it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from bson import ObjectId

from backend.archive.fhir.home_kinds import home_kinds
from backend.measurements.draft import Kind
from backend.measurements.thresholds import Override
from bot.assistant.lexicon.kinds import kinds
from bot.assistant.records import OwnLimit


def own_limits(
    overrides: Iterable[tuple[ObjectId, Override]], granted: Iterable[Kind]
) -> tuple[OwnLimit, ...]:
    """Those of granted kinds; a component of which the assistant knows nothing is left out."""
    allowed = frozenset(granted)
    found = (_limit(*each) for each in overrides if each[1].kind in allowed)
    return tuple(each for each in found if each is not None)


def _limit(id_: ObjectId, override: Override) -> OwnLimit | None:
    known = kinds().get(override.kind.value)
    if known is None:
        return None
    part = override.component if known.components else "value"
    if part not in known.components and override.component != home_kinds()[override.kind].value:
        return None
    return OwnLimit(
        kind=known.key,
        part=part,
        ref=f"PersonalLimit/{id_}",
        low=_number(override.low),
        high=_number(override.high),
        meal=override.meal.value if override.meal else None,
        since=override.valid_from,
        until=override.valid_until,
        by=override.set_by,
    )


def _number(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value).removesuffix(".0"))
