"""From coded diagnoses to the condition keys that limits depend on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from backend.measurements.thresholds.rows import table


@dataclass(frozen=True, slots=True)
class _Condition:
    key: str
    ranges: tuple[tuple[str, str], ...]
    concepts: frozenset[str]


def condition_keys(codes: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Keys of the conditions among ``codes``, pairs of (system, code).

    ICD-10 in any edition, by its system's address or OID, with or without the
    national extension ("E11.900", "I10.x05"); SNOMED CT concepts. Codes of
    other systems, and codes no limit depends on, say nothing.
    """
    return frozenset(key for system, code in codes for key in _keys(system, code))


def _keys(system: str, code: str) -> Iterable[str]:
    code = code.strip().upper()
    if _is(system, "icd10"):
        return (c.key for c in _conditions() if any(_within(code, *r) for r in c.ranges))
    if _is(system, "snomed"):
        return (c.key for c in _conditions() if code in c.concepts)
    return ()


def _is(system: str, name: str) -> bool:
    lowered = system.lower()
    return any(mark in lowered for mark in table()["condition_systems"][name])


def _within(code: str, first: str, last: str) -> bool:
    # A code without its dot ("E119") is how claims files write it.
    if "." in first and "." not in code and len(code) > 3:
        code = f"{code[:3]}.{code[3:]}"
    return len(code) >= len(first) and first <= code[: len(first)] <= last


@cache
def _conditions() -> tuple[_Condition, ...]:
    return tuple(
        _Condition(
            raw["key"],
            tuple((part[0], part[1]) for part in (text.split("-") for text in raw["icd10"])),
            frozenset(raw["snomed"]),
        )
        for raw in table()["condition"]
    )
