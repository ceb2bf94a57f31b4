"""From what the archive names to the keys of the lists: codes first, words beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from backend.archive.sections.tables import ATC_SYSTEMS, ICD10_SYSTEMS, SNOMED
from backend.archive.sections.values import Concept
from backend.core.words import fold
from content.files.lists import allergens, medicines, topics
from content.limits import table

_SAID = re.compile(r"过敏|不耐受|食物|allerg(y|ies|ic)( to)?|intoleran(ce|t)( to)?|\(.*?\)|（.*?）")
_LATIN = re.compile(r"[a-z][a-z ]{2,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Allergy:
    """``words`` are the substance's own names, folded; ``unclear`` where it is just food."""

    allergens: frozenset[str]
    medicines: frozenset[str]
    words: frozenset[str]
    unclear: bool


def topics_of(concept: Concept) -> frozenset[str]:
    """Topics that a diagnosis, or the reason of something, belongs to."""
    said = _words(concept)
    found = {key for key, each in topics().items() if any(w in said for w in each.words)}
    for coding in concept.codings:
        code = (coding.code or "").strip().upper()
        if coding.system in ICD10_SYSTEMS:
            found |= {k for k, t in topics().items() if any(_within(code, *r) for r in t.icd10)}
        elif coding.system == SNOMED:
            found |= {key for key, each in topics().items() if code in each.snomed}
    return frozenset(found)


def medicines_of(concept: Concept) -> frozenset[str]:
    """Groups that a medicine belongs to."""
    said = _words(concept)
    found = {key for key, each in medicines().items() if any(w in said for w in each.words)}
    atc = [c.code.strip().upper() for c in concept.codings if c.code and c.system in ATC_SYSTEMS]
    for key, each in medicines().items():
        if any(code.startswith(each.atc) for code in atc):
            found.add(key)
    return frozenset(found)


def allergy_of(substance: Concept, *, food: bool) -> Allergy:
    """What an allergy stands against; ``food`` where the archive says that it is one."""
    said = _words(substance)
    groups = frozenset(k for k, each in allergens().items() if any(w in said for w in each.words))
    names = frozenset(_names(said))
    unclear = any(word in said for word in table("allergens")["unclear"]["words"]) or food
    return Allergy(groups, medicines_of(substance), names, unclear and not groups and not names)


def _words(concept: Concept) -> str:
    parts = [concept.text or "", *(coding.display or "" for coding in concept.codings)]
    return fold(" ".join(parts))


def _names(said: str) -> Iterable[str]:
    plain = _SAID.sub(" ", said)
    yield from _CHINESE.findall(plain)
    yield from (each.strip() for each in _LATIN.findall(plain))


def _within(code: str, first: str, last: str) -> bool:
    if "." in first and "." not in code and len(code) > 3:
        code = f"{code[:3]}.{code[3:]}"
    return len(code) >= len(first) and first <= code[: len(first)] <= last
