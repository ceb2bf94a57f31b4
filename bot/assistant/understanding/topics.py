"""What a question is about: kinds of number, terms, and this archive's own names, as mentions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from bot.assistant.lexicon.kinds import kinds, panels, read_toml
from bot.assistant.lexicon.terms import Term, drug_classes, drugs, terms
from bot.assistant.records import Area, Entry
from bot.assistant.understanding.text import make_plain
from bot.assistant.view import ArchiveView

TERM_AREAS = (
    Area.CONDITION,
    Area.ALLERGY,
    Area.IMMUNIZATION,
    Area.PROCEDURE,
    Area.REPORT,
    Area.LIFESTYLE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A word in the question and one thing it may mean.

    ``what`` is kind, component, meal, panel, term or own; ``key`` names the
    kind (for component and meal ``part`` its part).
    """

    what: str
    key: str
    word: str
    at: int
    part: str = ""
    term: Term | None = None


class Topics:
    """Finds mentions; made once per archive, because its own names belong to it."""

    def __init__(self, view: ArchiveView) -> None:
        self._table: dict[str, list[Mention]] = defaultdict(list)
        for word, mentions in _common().items():
            self._table[word] += mentions
        for name, kind in view.own_names().items():
            self._own(make_plain(name), Mention("own", kind, name, 0))
        for area in (
            Area.MEDICATION,
            Area.CONDITION,
            Area.ALLERGY,
            Area.IMMUNIZATION,
            Area.PROCEDURE,
            Area.REPORT,
            Area.DOCUMENT,
        ):
            for entry in view.entries(area):
                self._entry(area, entry)
        self._pattern = _alternation(self._table)

    def mentions(self, text: str) -> list[Mention]:
        """Every reading of every word found, in the order of the text, longest words first."""
        found = []
        for match in self._pattern.finditer(text):
            for m in self._table[match[0]]:
                found.append(Mention(m.what, m.key, match[0], match.start(), m.part, m.term))
        return found

    def _own(self, name: str, mention: Mention) -> None:
        plain = re.sub(r"\(.*?\)|\[.*?\]", "", name).strip()
        known = self._table.get(plain, [])
        if len(plain) >= 2 and not any(m.what in ("kind", "component", "panel") for m in known):
            self._table[plain].append(mention)

    def _entry(self, area: Area, entry: Entry) -> None:
        for name in core_names(entry):
            if any(m.term and m.term.area is area for m in self._table.get(name, [])):
                continue
            term = Term(
                area=area,
                key=f"own:{name}",
                zh=entry.name,
                en=entry.name,
                say=(name,),
                match=(name, entry.name.lower()),
            )
            self._table[name].append(Mention("term", name, name, 0, "", term))


_QUALIFIERS = re.compile(r"^(?:(?:急性|慢性|原发性|继发性|复发性|双侧|左侧|右侧|轻度|中度|重度)+)")


def core_names(entry: Entry) -> set[str]:
    """An entry's names as a question would say them: no forms, salts, or code-system tails."""
    cores = set()
    for name in (entry.name, *entry.names):
        plain = make_plain(name)
        plain = re.sub(
            r"\((?:disorder|finding|procedure|situation|regime/therapy|[^)]*)\)", "", plain
        )
        plain = re.sub(r"\d+(?:\.\d+)?\s*(?:mg|g|ug|ml|iu|片|粒|单位|mcg).*$", "", plain)
        plain = re.sub(r"^(?:苯磺酸|盐酸|马来酸|酒石酸|琥珀酸|硫酸|富马酸|allergy to )", "", plain)
        plain = re.sub(
            (
                r"(?:缓释|控释|肠溶|分散|咀嚼|泡腾|软|硬)?(?:片剂?|胶囊|颗粒|口服液|"
                r"注射液|丸|滴眼液|吸入剂|喷雾剂)$|钙片$|钠片$|\b(?:oral tablet|tablet|"
                r"capsule|oral|injectable)\b.*$"
            ),
            "",
            plain,
        )
        plain = plain.strip(" ,，;；")
        if len(plain) >= (2 if re.search(r"[一-鿿]", plain) else 4) and len(plain) <= 40:
            cores.add(plain)
            bare = re.sub(_QUALIFIERS, "", plain)
            if len(bare) >= 3:
                cores.add(bare)
    return cores


def areas_in(text: str) -> list[Area | str]:
    """The parts of the archive a question names in general words, most telling first."""
    return [key for key, pattern in _areas() if pattern.search(text)]


def known_word(text: str, at: int) -> bool:
    """Whether a word of the lexicon begins there (so that 白细胞 is nobody's name)."""
    return bool(_known().match(text, at))


@cache
def _known() -> re.Pattern[str]:
    return _alternation(_common())


@cache
def _areas() -> list[tuple[Area | str, re.Pattern[str]]]:
    rows = read_toml(__package__, "areas.toml")
    keys: dict[str, Area | str] = {a.value: a for a in Area}
    return [(keys.get(k, k), re.compile("|".join(v))) for k, v in rows.items()]


@cache
def _common() -> Mapping[str, list[Mention]]:
    table: dict[str, list[Mention]] = defaultdict(list)

    def put(
        words: Iterable[str], what: str, key: str, part: str = "", term: Term | None = None
    ) -> None:
        for word in words:
            plain = make_plain(word)
            if not any(m.what == what and m.key == key for m in table[plain]):
                table[plain].append(Mention(what, key, plain, 0, part, term))

    for kind in kinds().values():
        put((*kind.say, make_plain(kind.zh)), "kind", kind.key)
        for part in kind.components.values():
            put(part.say, "component", kind.key, part.key)
        for meal in kind.meals.values():
            for word in meal.say:
                put((word,), "meal", f"{kind.key}:{meal.key}", meal.key)
    for panel in panels().values():
        put(panel.say, "panel", panel.key)
    for area in TERM_AREAS:
        for term in terms(area).values():
            put(term.say, "term", f"{area}:{term.key}", "", term)
    for term in (*drugs().values(), *drug_classes().values()):
        put(term.say, "term", f"drug:{term.key}", "", term)
    return table


def _alternation(table: Mapping[str, object]) -> re.Pattern[str]:
    parts = []
    for word in sorted(table, key=len, reverse=True):
        latin_start = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", word) else ""
        latin_end = r"(?=(?:s|es|'s)?(?![a-z]))" if re.search(r"[a-z]$", word) else ""
        other = read_toml(__package__, "overlaps.toml")["not_before"].get(word, "")
        parts.append(
            latin_start + re.escape(word) + latin_end + (f"(?![{other}])" if other else "")
        )
    return re.compile("|".join(parts))
