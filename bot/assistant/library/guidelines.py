"""Guideline limits by id, and what they say of a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from bot.assistant.answer import Citation
from bot.assistant.lexicon.kinds import read_toml


@dataclass(frozen=True, slots=True)
class Guideline:
    """One statement of a guideline, in both languages, with its source."""

    key: str
    kind: str
    source: str
    zh: str
    en: str

    def says(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def citation(self, language: str) -> Citation:
        colon = "：" if language == "zh" else ": "
        return Citation(f"Guideline/{self.key}", None, f"{self.source}{colon}{self.says(language)}")


class Verdict(NamedTuple):
    """What a guideline makes of a value: ``urgent``, ``high``, ``low`` or ``normal``."""

    level: str
    guideline: Guideline


class Rule(NamedTuple):
    """``level`` when a part of the value is at or beyond the limit."""

    kind: str
    guideline: str
    level: str
    part: str
    side: str
    limit: Decimal
    meal: str | None
    sex: str | None


@cache
def guidelines() -> Mapping[str, Guideline]:
    rows = read_toml(__package__, "guidelines.toml")
    return {k: Guideline(k, r["kind"], r["source"], r["zh"], r["en"]) for k, r in rows.items()}


def of_kind(kind: str) -> list[Guideline]:
    return [g for g in guidelines().values() if g.kind == kind]


@cache
def _rules() -> list[Rule]:
    rows = read_toml(__package__, "judging.toml")["rule"]
    return [
        Rule(
            r["kind"],
            r["guideline"],
            r["level"],
            r.get("part", "value"),
            r["side"],
            Decimal(str(r["limit"])),
            r.get("meal"),
            r.get("sex"),
        )
        for r in rows
    ]


def beyond(value: Decimal, side: str, limit: Decimal) -> bool:
    return {
        "at_least": value >= limit,
        "above": value > limit,
        "at_most": value <= limit,
        "below": value < limit,
    }[side]


def judge(
    kind: str,
    values: Mapping[str, Decimal],
    *,
    meal: str | None = None,
    sex: str | None = None,
    adult: bool = True,
) -> Verdict | None:
    """The first rule that fits, else normal by the kind's first rule; None without rules.

    ``values`` are in the kind's canonical unit. Children are not judged by
    adults' limits, urgent ones apart.
    """
    rules = [
        r
        for r in _rules()
        if r.kind == kind
        and (r.meal is None or r.meal == meal)
        and (r.sex is None or r.sex == sex)
        and (adult or r.level == "urgent" or kind == "temperature")
    ]
    for rule in rules:
        value = values.get(rule.part)
        if value is not None and beyond(value, rule.side, rule.limit):
            return Verdict(rule.level, guidelines()[rule.guideline])
    last = sorted((r for r in rules if r.level != "urgent"), key=lambda r: r.level == "low")
    return Verdict("normal", guidelines()[last[0].guideline]) if last else None


def limits(kind: str, level: str, meal: str | None = None, sex: str | None = None) -> list[Rule]:
    """The rules that make a value ``high`` or ``low``."""
    return [
        r
        for r in _rules()
        if r.kind == kind
        and r.level == level
        and (r.meal is None or r.meal == meal)
        and (r.sex is None or r.sex == sex)
    ]
