"""Which entries belong to a category with its own consent, by code and by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from backend.access.categories import Category
from backend.archive.sections.tables import ATC_SYSTEMS, ICD10_SYSTEMS, LOINC, SNOMED, table
from backend.archive.sections.values import Coding

_SENSITIVE = (Category.MENTAL_HEALTH, Category.REPRODUCTIVE_HEALTH)


def sensitive_category(codings: Iterable[Coding], name: str = "") -> Category | None:
    """MENTAL_HEALTH, REPRODUCTIVE_HEALTH or None; the first code that says so decides."""
    for coding in codings:
        found = of_code(coding.system, coding.code)
        if found is not None:
            return found
    return of_words(name)


@lru_cache(maxsize=8192)
def of_code(system: str | None, code: str | None) -> Category | None:
    """The category of one code, or None."""
    if not code:
        return None
    return next((c for c in _SENSITIVE if _holds(table("sensitive_codes")[c], system, code)), None)


def _holds(codes: dict[str, Any], system: str | None, code: str) -> bool:
    if system == LOINC:
        return code in codes["loinc"]
    if system == SNOMED:
        return code in codes["snomed"]
    if system in ATC_SYSTEMS:
        return code.startswith(tuple(codes["atc"]))
    if system in ICD10_SYSTEMS:
        return any(low <= code[: len(low)] <= high for low, high in codes["icd10"])
    return False


@lru_cache(maxsize=8192)
def of_words(name: str) -> Category | None:
    """The category that a name says in words ("抑郁症", "Normal pregnancy"), or None."""
    if not name:
        return None
    return next((category for category in _SENSITIVE if _words(category).search(name)), None)


@cache
def _words(category: Category) -> re.Pattern[str]:
    words = table("sensitive_codes")[category]["words"]
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE)


@lru_cache(maxsize=1024)
def of_url(url: str) -> Category | None:
    """The category of a questionnaire by its canonical URL, or None."""
    lower = url.lower()
    parts = ((c, table("sensitive_codes")[c]["urls"]) for c in _SENSITIVE)
    return next((c for c, urls in parts if any(part in lower for part in urls)), None)
