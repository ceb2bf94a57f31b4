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
    ``under_target``, ``on_target``; ``depends`` where it is not noted whether a glucose is
    fasting; ``under_limit`` where a guideline has a limit but no range.
    """

    level: str
    guideline: Guideline
    fixed: bool = True
    """Whether it holds beside a range that was set for the person."""


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
    fixed: bool

    def is_for(self, meal: str | None, sex: str | None, diabetes: bool) -> bool:
        """``untimed`` rules are for what was noted neither fasting nor after food."""
        timed = self.meal is None or self.meal == (meal or "untimed")
        held = self.diabetes is None or self.diabetes is diabetes
        return timed and held and (self.sex is None or self.sex == sex)


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
            r.get("fixed", True),
        )
        for r in rows
    ]


# What a value is that passes no rule, by the level of the first one.
_REST = {"over_target": "on_target", "over_limit": "under_limit"}


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
    diabetes: bool = False,
) -> Verdict | None:
    """The first rule that fits, else what its guideline calls the rest; None without rules.

    ``values`` are in the kind's canonical unit. Children are not judged by
    adults' limits, urgent ones apart. ``diabetes`` asks for the targets that
    hold with it.
    """
    rules = [
        r
        for r in _rules()
        if r.kind == kind
        and r.is_for(meal, sex, diabetes)
        and (adult or r.level == "urgent" or kind == "temperature")
    ]
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


_SIDES = {"high": ("high", "over_target", "over_limit"), "low": ("low", "under_target")}


def limits(
    kind: str, level: str, meal: str | None = None, sex: str | None = None, diabetes: bool = False
) -> list[Rule]:
    """The rules that make a value ``high`` or ``low``."""
    return [
        r
        for r in _rules()
        if r.kind == kind and r.level in _SIDES[level] and r.is_for(meal, sex, diabetes)
    ]
