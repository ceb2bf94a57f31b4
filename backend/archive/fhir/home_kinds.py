"""The table of home readings: LOINC to kind and component, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import OWN_SYSTEMS
from backend.archive.sections.tables import LOINC, table
from backend.measurements.draft import Kind, Meal

KIND = OWN_SYSTEMS + "kind"
COMPONENT = OWN_SYSTEMS + "reading-component"
MEAL = OWN_SYSTEMS + "meal"
ATTRIBUTE = OWN_SYSTEMS + "attribute"


@dataclass(frozen=True, slots=True)
class HomeKind:
    """One kind as FHIR writes it. ``value`` is the component in ``Observation.value``."""

    kind: Kind
    zh: str
    en: str
    category: str
    loinc: tuple[str, ...]
    value: str | None
    components: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    meals: Mapping[str, Meal]

    def loinc_at(self, meal: Meal | None) -> str | None:
        """The LOINC code to write: the meal's own where LOINC tells meals apart."""
        by_meal = next((code for code, at in self.meals.items() if at is meal), None)
        return by_meal or next(iter(self.loinc), None)

    def component_of(self, coding: Json) -> str | None:
        """The component that a component's code names: our own name or LOINC's code."""
        code = coding.get("code")
        if coding.get("system") == COMPONENT:
            return code
        if coding.get("system") != LOINC:
            return None
        return next((name for name, codes in self.components.items() if code in codes), None)


@cache
def home_kinds() -> Mapping[Kind, HomeKind]:
    rows = table("observation_kinds")["kinds"]
    return {Kind(name): _home_kind(Kind(name), row) for name, row in rows.items()}


def _home_kind(kind: Kind, row: dict[str, Any]) -> HomeKind:
    value = row.get("value")
    return HomeKind(
        kind=kind,
        zh=row["zh"],
        en=row["en"],
        category=row["category"],
        loinc=tuple(row["loinc"]),
        value=value,
        components={name: tuple(codes) for name, codes in row.get("components", {}).items()},
        required=frozenset(row.get("required", [value] if value else [])),
        meals={code: Meal(meal) for code, meal in row.get("meals", {}).items()},
    )


@cache
def _by_code() -> Mapping[tuple[str, str], HomeKind]:
    kinds = home_kinds().values()
    loinc = {(LOINC, code): kind for kind in kinds for code in kind.loinc}
    return loinc | {(KIND, str(kind.kind)): kind for kind in kinds}


def home_kind_of(resource: Json) -> tuple[HomeKind, str] | None:
    """The kind of an Observation and the code that says it, or None."""
    by_code = _by_code()
    for coding in resource["code"].get("coding") or ():
        found = by_code.get((coding.get("system"), coding.get("code")))
        if found is not None:
            return found, coding["code"]
    return None
