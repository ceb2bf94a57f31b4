"""Look-up: exact, then normalised, then fuzzy with unit and specimen as evidence."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz, process

from ocr.lab.entry import BLOOD, Entry, fold, load

How = Literal["exact", "normalised", "abbreviation", "fuzzy"]
ACCEPT = 0.8
_PREFIX = re.compile(r"^(血清|血浆|全血|静脉血|空腹|血液|尿液|粪便|大便)")
_SUFFIX = re.compile(r"(测定|检测|定量|定性|检查|试验|含量|水平|浓度|项目|结果|数|值)$")
_BRACKET = re.compile(r"[(（\[]([^()（）\[\]]*)[)）\]]")


@dataclass(frozen=True, slots=True)
class Match:
    """A dictionary hit, how it was found, and how sure (0..1)."""

    entry: Entry
    how: How
    score: float


@dataclass(frozen=True, slots=True)
class _Hit:
    how: How
    base: float


class Dictionary:
    """All items, indexed by folded name and abbreviation."""

    def __init__(self, entries: list[Entry]) -> None:
        self.entries = entries
        self._names: dict[str, list[Entry]] = defaultdict(list)
        self._short: dict[str, list[Entry]] = defaultdict(list)
        self._printed: set[str] = set()
        for entry in entries:
            for name in dict.fromkeys((entry.name, *entry.aliases)):
                self._names[fold(name)].append(entry)
                self._printed.add(name)
            for short in dict.fromkeys(fold(a) for a in entry.abbreviations):
                self._short[short].append(entry)
        self._keys = [k for k in self._names if len(k) >= 3]

    def knows(self, text: str) -> bool:
        """Whether the text is a name or an abbreviation of any item."""
        key = fold(text)
        return bool(key) and (key in self._names or key in self._short)

    def knows_name(self, text: str) -> bool:
        """Whether the text is a name (not merely an abbreviation) of any item."""
        return fold(text) in self._names

    def match(
        self,
        name: str,
        abbreviation: str | None = None,
        unit: str | None = None,
        specimen: str | None = None,
    ) -> Match | None:
        """The item meant, or None where the evidence does not carry it."""
        return self._match(name, abbreviation, unit, specimen)

    def of_abbreviation(
        self, abbreviation: str, unit: str, specimen: str | None = None
    ) -> list[Entry]:
        """Items of an abbreviation that are reported in exactly this unit."""
        found = [e for e in self._short.get(fold(abbreviation), []) if e.unit_of(unit)]
        return [e for e in found if specimen is None or _family(e.specimen) == _family(specimen)]

    @lru_cache(maxsize=8192)  # noqa: B019  one dictionary lives as long as the process
    def _match(
        self, name: str, abbreviation: str | None, unit: str | None, specimen: str | None
    ) -> Match | None:
        hits = self._hits(name, abbreviation)
        best: Match | None = None
        for entry, hit in hits:
            score = hit.base + _evidence(entry, abbreviation, unit, specimen)
            if (
                hit.how == "fuzzy"
                and entry.unit_of(unit) is None
                and not (unit is None and _shares(entry, abbreviation))
            ):
                continue
            if best is None or score > best.score + 1e-9:
                best = Match(entry, hit.how, score)
        if best is None or best.score < ACCEPT:
            return None
        return Match(best.entry, best.how, min(1.0, best.score))

    def _hits(self, name: str, abbreviation: str | None) -> list[tuple[Entry, _Hit]]:
        hits: list[tuple[Entry, _Hit]] = []
        exact: How = "exact" if name in self._printed else "normalised"
        for variant, base in _variants(name):
            found = self._names.get(variant, [])
            hits.extend((e, _Hit(exact if base == 1.0 else "normalised", base)) for e in found)
            hits.extend(
                (e, _Hit("abbreviation", base - 0.08)) for e in self._short.get(variant, [])
            )
        short = self._short.get(fold(abbreviation), []) if abbreviation else []
        key = fold(name)
        hits.extend((e, _Hit("abbreviation", 0.86)) for e in short if not key)
        for entry in short:
            likeness = max(fuzz.ratio(key, fold(n)) for n in (entry.name, *entry.aliases)) / 100
            if key and likeness >= 0.4:
                hits.append((entry, _Hit("fuzzy", 0.5 + 0.35 * likeness)))
        if len(key) >= 3 and not hits:
            hits.extend(self._fuzzy(key))
        return hits

    def _fuzzy(self, key: str) -> list[tuple[Entry, _Hit]]:
        near = process.extract(key, self._keys, scorer=fuzz.ratio, limit=5, score_cutoff=72)
        return [
            (entry, _Hit("fuzzy", 0.9 * score / 100))
            for found, score, _ in near
            if not _differs_in_sense(key, found)
            for entry in self._names[found]
        ]


def _family(specimen: str) -> str:
    return "blood" if specimen in BLOOD else specimen


def _differs_in_sense(a: str, b: str) -> bool:
    """Names that differ in a number, a sign or one of the telling words are other items."""
    telling = (
        r"\d|[%#+]|抗原|抗体|直接|间接|游离|总|高密度|低密度|igg|igm|iga|ige|前|绝对|百分|"
        r"尿|粪|球蛋白|白蛋白"
    )
    return sorted(re.findall(telling, a)) != sorted(re.findall(telling, b))


def _shares(entry: Entry, abbreviation: str | None) -> bool:
    return bool(abbreviation) and fold(abbreviation or "") in {fold(a) for a in entry.abbreviations}


def _evidence(
    entry: Entry, abbreviation: str | None, unit: str | None, specimen: str | None
) -> float:
    score = 0.12 if _shares(entry, abbreviation) else 0.0
    if unit is not None:
        if entry.unit_of(unit) is not None:
            score += 0.1
        else:
            score -= 0.12 if entry.units else 0.08
    elif entry.unit is None:
        score += 0.03
    if specimen is None:
        return score + (0.04 if entry.specimen in BLOOD else 0.0)
    if entry.specimen == specimen:
        return score + 0.12
    both_blood = entry.specimen in BLOOD and specimen in BLOOD
    if both_blood or entry.specimen in {"body", "ecg"}:
        return score - (0.02 if "arterial" in (entry.specimen, specimen) else 0.0)
    return score - 0.3


def _variants(name: str) -> list[tuple[str, float]]:
    """Folded forms of a name to look up, the surest first."""
    whole = fold(name)
    found = {whole: 1.0} if whole else {}
    outside = fold(_BRACKET.sub("", name))
    if outside:
        found.setdefault(outside, 0.95)
    for inside in _BRACKET.findall(name):
        if len(fold(inside)) >= 2:
            found.setdefault(fold(inside), 0.86)
    for form in list(found):
        trimmed = _SUFFIX.sub("", _PREFIX.sub("", form))
        if len(trimmed) >= 2 or (trimmed and "一" <= trimmed <= "鿿"):
            found.setdefault(trimmed, 0.92)
    latin = re.match(r"^([一-鿿αβγa-z\-]*[一-鿿])([a-z][a-z0-9\-#%+/]*)$", whole)
    if latin:
        found.setdefault(latin.group(1), 0.93)
    return list(found.items())


@lru_cache(maxsize=1)
def dictionary() -> Dictionary:
    """The dictionary, loaded once per process."""
    return Dictionary(load())
