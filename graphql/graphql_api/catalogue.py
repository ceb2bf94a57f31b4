"""What can be measured, for clients that build their forms from it."""

from __future__ import annotations

from functools import cache

import strawberry

from backend.measurements.draft import Kind
from backend.measurements.kinds import spec


@strawberry.type(description="One number of a kind.")
class ComponentInfo:
    name: str
    label: str
    unit: str
    units: list[str]
    decimals: int
    required: bool
    loinc: str | None


@strawberry.type(description="A kind of measurement or diary entry.")
class KindInfo:
    kind: Kind
    label: str
    components: list[ComponentInfo]
    takes_meal: bool
    is_interval: bool
    needs_note: bool


@cache
def kind_infos(language: str) -> list[KindInfo]:
    """All kinds, in the order of the enum."""
    english = language == "en"
    return [
        KindInfo(
            kind=kind,
            label=about.en if english else about.zh,
            components=[
                ComponentInfo(
                    name=each.name,
                    label=each.en if english else each.zh,
                    unit=each.unit,
                    units=list(each.units),
                    decimals=each.decimals,
                    required=each.required,
                    loinc=each.loinc,
                )
                for each in about.components.values()
            ],
            takes_meal=about.meal,
            is_interval=about.interval,
            needs_note=about.note_required,
        )
        for kind in Kind
        for about in (spec(kind),)
    ]
