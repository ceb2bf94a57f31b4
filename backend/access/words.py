"""How a recorder reads: 女儿代录, recorded by daughter."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from backend.access.relations import RelationKind

_FAMILY = frozenset({RelationKind.GUARDIAN.value, RelationKind.CAREGIVER.value})


@cache
def _words() -> dict[str, Any]:
    text = files("backend.access").joinpath("data", "words.toml").read_text("utf-8")
    return tomllib.loads(text)


def who(relation: str, kinship: str | None, language: str) -> str:
    """What somebody is to the resident: kinship where it is known, else the relation."""
    named = _words()["kinship"].get(kinship) or _words()["relation"].get(relation)
    return str(named[_side(language)]) if named else relation


def recorded_by_words(relation: str, kinship: str | None, language: str) -> str:
    """``relation`` and ``kinship`` as entries and readings keep them."""
    if relation == RelationKind.SELF.value:
        key = "self"
    else:
        key = "family" if relation in _FAMILY else "other"
    template: str = _words()["recorded"][key][_side(language)]
    return template.format(who=who(relation, kinship, language))


def _side(language: str) -> str:
    return "en" if language.startswith("en") else "zh"
