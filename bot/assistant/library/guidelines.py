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
    """What a guideline makes of a value.

    ``urgent``, ``high``, ``raised``, ``low``, ``normal``; with diabetes ``over_target``,
    ``under_target``, ``on_target``, in a pregnancy ``over_pregnant``, ``on_pregnant``;
    ``depends`` where it is not noted whether a glucose is fasting, ``depends_hours`` how long
    after food; ``under_limit`` where a guideline has a limit but no range.
    """

    level: str
    guideline: Guideline
    fixed: bool = True
    """Whether it holds beside a range that was set for the person."""


class Who(NamedTuple):
    """What of a person decides which limits hold. Children are not judged by adults' limits,
    urgent ones apart; ``diabetes`` in a pregnancy is that of the pregnancy, too."""

    sex: str | None = None
    adult: bool = True
    diabetes: bool = False
    pregnant: bool = False


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
    diabetes: bool | None
    pregnant: bool | None
    fixed: bool

    def is_for(self, meal: str | None, who: Who) -> bool:
        """``untimed`` rules are for what was noted neither fasting nor after food."""
        return (
            self.meal in (None, meal or "untimed")
            and self.sex in (None, who.sex)
            and self.diabetes in (None, who.diabetes)
            and self.pregnant in (None, who.pregnant)
            and (who.adult or self.level == "urgent" or self.kind == "temperature")
        )


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
            r.get("diabetes"),
            r.get("pregnant"),
            r.get("fixed", True),
        )
        for r in rows
    ]


# What a value is that passes no rule, by the level of the first one.
_REST = {
    "over_target": "on_target",
    "over_limit": "under_limit",
    "over_pregnant": "on_pregnant",
}


def beyond(value: Decimal, side: str, limit: Decimal) -> bool:
    return {
        "at_least": value >= limit,
        "above": value > limit,
        "at_most": value <= limit,
        "below": value < limit,
    }[side]


def judge(
    kind: str, values: Mapping[str, Decimal], who: Who, *, meal: str | None = None
) -> Verdict | None:
    """The first rule that fits, else what its guideline calls the rest; None without rules.

    ``values`` are in the kind's canonical unit.
    """
    rules = [r for r in _rules() if r.kind == kind and r.is_for(meal, who)]
    for rule in rules:
        value = values.get(rule.part)
        if value is not None and beyond(value, rule.side, rule.limit):
            if rule.level == "unjudged":
                return None
            return Verdict(rule.level, guidelines()[rule.guideline], rule.fixed)
    last = sorted((r for r in rules if r.level != "urgent"), key=lambda r: r.level == "low")
    return (
        Verdict(_REST.get(last[0].level, "normal"), guidelines()[last[0].guideline])
        if last
        else None
    )


_SIDES = {
    "high": ("high", "over_target", "over_limit", "over_pregnant"),
    "low": ("low", "under_target"),
}


def limits(kind: str, level: str, meal: str | None, who: Who) -> list[Rule]:
    """The rules that make a value ``high`` or ``low``."""
    levels = _SIDES[level]
    return [r for r in _rules() if r.kind == kind and r.level in levels and r.is_for(meal, who)]
