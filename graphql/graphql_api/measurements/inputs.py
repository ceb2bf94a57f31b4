"""What a client sends as a reading."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry
from strawberry.types.arguments import InputContext

from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source


@strawberry.input(description="A number of a reading, in any usual unit.")
class ReadingValueInput:
    component: str
    value: float
    unit: str


@strawberry.input
class ReadingAttributeInput:
    name: str
    value: str


@strawberry.input(description="Where the reading comes from; the id makes it recognisable.")
class ReadingSourceInput:
    system: str
    id: str | None = None
    device: str | None = None


@strawberry.input
class ReadingInput:
    kind: Kind
    at: datetime
    values: list[ReadingValueInput] = strawberry.field(default_factory=list)
    end: datetime | None = None
    meal: Meal | None = None
    note: str | None = None
    source: ReadingSourceInput | None = None
    attributes: list[ReadingAttributeInput] | None = None

    def to_domain(self) -> Draft:
        source = self.source
        return Draft(
            kind=self.kind,
            at=self.at,
            end=self.end,
            values={each.component: Quantity(each.value, each.unit) for each in self.values},
            meal=self.meal,
            note=self.note,
            source=Source(system=source.system, id=source.id, device=source.device)
            if source
            else Source(system="manual"),
            attributes={each.name: each.value for each in self.attributes or ()},
        )


def _reading_input(
    cls: type[ReadingInput], value: Mapping[str, Any], context: InputContext
) -> ReadingInput:
    """Strawberry's own way through the fields of 500 readings takes a fifth of a second.

    graphql-core has checked and coerced the value already; only objects are made here.
    """
    source = value.get("source")
    return cls(
        kind=value["kind"],
        at=value["at"],
        values=[ReadingValueInput(**each) for each in value.get("values") or ()],
        end=value.get("end"),
        meal=value.get("meal"),
        note=value.get("note"),
        source=ReadingSourceInput(**source) if source else None,
        attributes=[ReadingAttributeInput(**each) for each in value.get("attributes") or ()],
    )


ReadingInput.__strawberry_definition__.from_input = _reading_input  # type: ignore[attr-defined]
