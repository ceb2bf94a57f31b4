"""The red-flag rules as read from ``rules/*.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any


class Level(StrEnum):
    EMERGENCY = "emergency"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One red flag. ``groups`` must all be said of now; ``numbers`` name readings it needs.

    ``near`` is how many characters may lie between them (None: anywhere).
    ``who`` limits it to child, pregnant or infant; ``unless`` are words that
    take it back. ``examples`` and ``harmless`` are sentences its test reads.
    """

    key: str
    category: str
    level: Level
    zh: str
    en: str
    source: str
    groups: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    numbers: tuple[str, ...]
    near: int | None
    who: str | None
    always: bool
    examples: tuple[str, ...]
    harmless: tuple[str, ...]


_FILES = (
    "helpers",
    "neuro",
    "named",
    "settings",
    "heart",
    "breathing",
    "metabolic",
    "pregnancy",
    "child",
    "injury",
    "poison",
    "mind",
    "farewell",
    "parts_body",
    "parts_events",
    "parts_mind",
    "parts_english",
    "english",
    "sameday",
)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, emergencies first."""
    shared = _read("words")["words"]
    found: list[Rule] = []
    for name in _FILES:
        data = _read(name)
        words = {**shared, **data.get("words", {})}
        found += [_rule(row, words) for row in data["rule"]]
    return tuple(sorted(found, key=lambda rule: rule.level is Level.URGENT))


@cache
def alike(key: str) -> Rule:
    """What stands for a rule where none is met but the sentence is like an emergency.

    ``key`` is ``body`` or ``mind``.
    """
    row = {"level": "emergency", **_read("alike")[key], "id": f"alike-{key}"}
    return _rule(row, {})


def _read(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath("rules", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _rule(row: dict[str, Any], words: dict[str, str]) -> Rule:
    def pattern(source: str) -> re.Pattern[str]:
        for name, alternatives in words.items():
            source = source.replace("{" + name + "}", f"(?:{alternatives})")
        source = source.replace("{g}", "[^，,。.!！?？;；不没无]{0,8}")
        return re.compile(source)

    return Rule(
        key=row["id"],
        category=row["category"],
        level=Level(row["level"]),
        zh=row["zh"],
        en=row["en"],
        source=row["source"],
        groups=tuple(pattern(group) for group in row.get("all", ())),
        unless=pattern(row["unless"]) if row.get("unless") else None,
        numbers=tuple(row.get("numbers", ())),
        near=row.get("near"),
        who=row.get("who"),
        always=row.get("always", False),
        examples=tuple(row.get("examples", ())),
        harmless=tuple(row.get("harmless", ())),
    )
