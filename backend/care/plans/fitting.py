"""Which pathways suit whom: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bson import ObjectId

from backend.access.categories import Category
from backend.care.plans.pathway import Pathway, Who
from backend.care.plans.programme import Words
from backend.measurements.thresholds.rows import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A running diagnosis or pregnancy of the archive."""

    entry_id: ObjectId
    category: Category
    label: str
    codes: Sequence[tuple[str, str]] = ()
    pregnancy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """``bmi``: the class of the last weight and height, with its words; None where unknown."""

    age: int | None
    pregnant: bool
    conditions: Sequence[Known] = ()
    bmi: tuple[str, Words] | None = None
    born: date | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    pathway: Pathway
    reason: Words
    evidence: tuple[ObjectId, ...]


def fits(pathways: Iterable[Pathway], facts: Facts) -> dict[str, Fit]:
    """By key, those that suit, with the reason in words."""
    found = (fit(each, facts) for each in pathways)
    return {each.pathway.key: each for each in found if each is not None}


def reasoned(pathways: Iterable[Pathway], facts: Facts) -> frozenset[str]:
    """Keys of those whose diagnosis or pregnancy is still there, whoever else they are for.

    A plan for high blood pressure does not end itself in a pregnancy: that is for people to say.
    """
    return frozenset(each.key for each in pathways if _has_reason(each, facts))


def _has_reason(pathway: Pathway, facts: Facts) -> bool:
    who = pathway.who
    about = [each for each in facts.conditions if each.category is pathway.category]
    if who.icd10 or who.snomed:
        return any(not each.pregnancy and _diagnosed(who, each) for each in about)
    return not who.pregnant or any(each.pregnancy for each in about)


def fit(pathway: Pathway, facts: Facts) -> Fit | None:
    who = pathway.who
    if who.age_from is not None and (facts.age is None or facts.age < who.age_from):
        return None
    if who.pregnant is not None and facts.pregnant is not who.pregnant:
        return None
    if who.bmi and (facts.bmi is None or facts.bmi[0] not in who.bmi):
        return None
    # What is kept more privately than the plan would be told by it.
    about = [each for each in facts.conditions if each.category is pathway.category]
    if who.icd10 or who.snomed:
        found = [each for each in about if not each.pregnancy and _diagnosed(who, each)]
        if not found:
            return None
        return Fit(pathway, _because(who, found[0].label), tuple(each.entry_id for each in found))
    if who.pregnant:
        found = [each for each in about if each.pregnancy]
        if not found:
            return None
        return Fit(pathway, who.because, tuple(each.entry_id for each in found))
    named = facts.bmi[1] if who.bmi and facts.bmi else None
    return Fit(pathway, who.because if named is None else _because(who, named.zh, named.en), ())


def _because(who: Who, zh: str, en: str | None = None) -> Words:
    return Words(
        zh=who.because.zh.replace("{name}", zh), en=who.because.en.replace("{name}", en or zh)
    )


def _diagnosed(who: Who, known: Known) -> bool:
    return has_code(known, who.snomed, who.icd10)


def has_code(known: Known, snomed: Collection[str], icd10: Collection[str]) -> bool:
    """Whether a diagnosis is one of these concepts, or within one of these ranges."""
    systems = table()["condition_systems"]
    for system, code in known.codes:
        lowered, upper = system.lower(), code.strip().upper()
        if any(mark in lowered for mark in systems["snomed"]) and code in snomed:
            return True
        if any(mark in lowered for mark in systems["icd10"]) and any(
            _within(upper, *each.split("-")) for each in icd10
        ):
            return True
    return False


def _within(code: str, first: str, last: str) -> bool:
    # A code without its dot ("E119") is how claims files write it.
    if "." in first and "." not in code and len(code) > len("E11"):
        code = f"{code[:3]}.{code[3:]}"
    return len(code) >= len(first) and first <= code[: len(first)] <= last
