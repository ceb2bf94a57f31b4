"""Groups of words for conditions, medicines, vaccines, reports …: how asked, how recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.records import Area, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One thing and its words. ``kinds`` are the numbers that belong to it."""

    area: Area
    key: str
    zh: str
    en: str
    say: tuple[str, ...]
    match: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def fits(self, entry: Entry, *, with_text: bool = False) -> bool:
        """Whether an entry of the archive is about this."""
        said = [entry.name, *entry.names, entry.details.get("conditions", "")]
        if with_text:
            said += [entry.text, entry.details.get("conclusion", "")]
        names = " | ".join(said).lower()
        if any(word in names for word in self.excluded):
            return False
        return any(word in names for word in self.match)


@cache
def terms(area: Area) -> Mapping[str, Term]:
    """The groups of an area, by key; medicines are ``drugs()``."""
    return {
        key: Term(
            area=area,
            key=key,
            zh=row["zh"],
            en=row["en"],
            say=tuple(row["say"]),
            match=tuple(row["match"]),
            excluded=tuple(row.get("not", ())),
            kinds=tuple(row.get("kinds", ())),
        )
        for key, row in read_toml(__package__, "terms.toml").get(area.value, {}).items()
    }


@cache
def drugs() -> Mapping[str, Term]:
    rows = read_toml(__package__, "drugs.toml")["generic"]
    return {
        key: Term(
            area=Area.MEDICATION,
            key=key,
            zh=row["zh"],
            en=key.replace("_", " "),
            say=tuple(row["names"]),
            match=tuple(row["names"]),
            classes=tuple(row["class"]),
        )
        for key, row in rows.items()
    }


@cache
def drug_classes() -> Mapping[str, Term]:
    """Classes as terms that match any of their medicines."""
    rows = read_toml(__package__, "drugs.toml")["class"]
    return {
        key: Term(
            area=Area.MEDICATION,
            key=f"class:{key}",
            zh=row["zh"],
            en=row["en"],
            say=tuple(row["say"]),
            match=tuple(n for d in drugs().values() if key in d.classes for n in d.match),
        )
        for key, row in rows.items()
    }
