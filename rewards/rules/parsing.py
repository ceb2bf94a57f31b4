"""Rules from plain data: every field checked, the first fault named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rewards.rules.rule import Each, EvidenceKind, Rule, Words

LARGEST_AWARD = 1_000
LONGEST_BACK = 31
LONGEST_STREAK = 366
_LARGEST_CAP = 100_000
_LONGEST_TEXT = 200
_KEY_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_REQUIRED = (
    "key", "evidence", "each", "points", "start",
    "most_a_day", "most_a_month", "back_days", "zh", "en", "how_zh", "how_en",
)  # fmt: skip
_OPTIONAL = ("end", "streak_days", "freezes_a_month", "subjects")


class Unfit(ValueError):
    """``field`` is what is wrong, or None for the rule as a whole."""

    def __init__(self, field: str | None, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(reason)


def rule_of(raw: Mapping[str, Any]) -> Rule:
    """Raises ``Unfit``."""
    for name in raw:
        if name not in _REQUIRED + _OPTIONAL:
            raise Unfit(name, f"unknown field {name}")
    for name in _REQUIRED:
        if name not in raw:
            raise Unfit(None, f"{name} is missing")
    rule = Rule(
        key=_key(raw["key"]),
        evidence=EvidenceKind(_one_of("evidence", raw["evidence"], list(EvidenceKind))),
        each=Each(_one_of("each", raw["each"], list(Each))),
        points=_whole("points", raw["points"], 1, LARGEST_AWARD),
        start=_day("start", raw["start"]),
        end=_day("end", raw["end"]) if raw.get("end") is not None else None,
        most_a_day=_whole("most_a_day", raw["most_a_day"], 1, _LARGEST_CAP),
        most_a_month=_whole("most_a_month", raw["most_a_month"], 1, _LARGEST_CAP),
        back_days=_whole("back_days", raw["back_days"], 0, LONGEST_BACK),
        title=Words(_text("zh", raw["zh"]), _text("en", raw["en"])),
        how=Words(_text("how_zh", raw["how_zh"]), _text("how_en", raw["how_en"])),
        streak_days=_streak_days(raw.get("streak_days")),
        freezes_a_month=_whole("freezes_a_month", raw.get("freezes_a_month", 0), 0, 1),
        subjects=_subjects(raw.get("subjects", [])),
    )
    _check_together(rule)
    return rule


def _check_together(rule: Rule) -> None:
    if rule.end is not None and rule.end < rule.start:
        raise Unfit("end", "end is before start")
    if rule.most_a_day < rule.points:
        raise Unfit("most_a_day", "most_a_day is below points: the rule would never earn")
    if rule.most_a_month < rule.most_a_day:
        raise Unfit("most_a_month", "most_a_month is below most_a_day")
    streak = rule.each is Each.STREAK
    if streak and rule.streak_days is None:
        raise Unfit("each", "a streak needs streak_days")
    if not streak and (rule.streak_days is not None or rule.freezes_a_month):
        raise Unfit("each", "streak_days and freezes_a_month are for streaks")


def _key(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 40 or set(value) - _KEY_LETTERS:
        raise Unfit("key", "key is 1 to 40 small letters, digits and underscores")
    return value


def _one_of(name: str, value: Any, allowed: list[Any]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise Unfit(name, f"{name} is one of {', '.join(map(str, allowed))}")
    return value


def _whole(name: str, value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Unfit(name, f"{name} is a whole number from {least} to {most}")
    return value


def _day(name: str, value: Any) -> date:
    # A TOML date-time is a date too, for Python.
    if type(value) is not date:
        raise Unfit(name, f"{name} is a day such as 2026-01-31")
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_TEXT:
        raise Unfit(name, f"{name} is a text of 1 to {_LONGEST_TEXT} characters")
    return value.strip()


def _streak_days(value: Any) -> int | None:
    return None if value is None else _whole("streak_days", value, 2, LONGEST_STREAK)


def _subjects(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise Unfit("subjects", "subjects is a list of words")
    return frozenset(value)
