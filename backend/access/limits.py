"""The numbers of ``data/policy.toml``, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any

from backend.access.categories import Action, Category

_RAW: dict[str, Any] = tomllib.loads(
    files("backend.access").joinpath("data", "policy.toml").read_text("utf-8")
)


@dataclass(frozen=True, slots=True)
class Preset:
    """A choice of categories and rights that people need no explanation for."""

    name: str
    zh: str
    en: str
    categories: frozenset[Category]
    actions: frozenset[Action]
    default: bool = False

    def label(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


def _categories(raw: dict[str, Any]) -> frozenset[Category]:
    return frozenset(map(Category, raw["categories"]))


def _actions(raw: dict[str, Any]) -> frozenset[Action]:
    return frozenset(map(Action, raw["actions"]))


PRESETS = tuple(
    Preset(
        name=name,
        zh=each["zh"],
        en=each["en"],
        categories=_categories(each),
        actions=_actions(each),
        default=each.get("default", False),
    )
    for name, each in _RAW["preset"].items()
)
DAILY_CARE = next(each for each in PRESETS if each.default)

AGE_OF_CONSENT: int = _RAW["ages"]["consent"]
AGE_OF_MAJORITY: int = _RAW["ages"]["adult"]
RENEWAL_GRACE = timedelta(days=_RAW["renewal"]["grace_days"])
RENEWAL_NOTICE = timedelta(days=_RAW["renewal"]["notice_days"])

LONGEST_GUARDIANSHIP = timedelta(days=_RAW["guardianship"]["longest_days"])
GUARDIANSHIP_WAITS = timedelta(days=_RAW["guardianship"]["waiting_days"])
GUARDIANSHIP_REASON: int = _RAW["guardianship"]["reason_characters"]

INVITATION_LIFE = timedelta(minutes=_RAW["invitation"]["minutes"])
CONFIRM_WITHIN = timedelta(hours=_RAW["invitation"]["confirm_hours"])
MOST_INVITATIONS: int = _RAW["invitation"]["most_open"]
ATTEMPTS_PER_ACCOUNT: int = _RAW["invitation"]["attempts_per_account"]
ATTEMPTS_PER_ADDRESS: int = _RAW["invitation"]["attempts_per_address"]
ATTEMPTS_WINDOW = timedelta(minutes=_RAW["invitation"]["attempts_window_minutes"])

CONTRACT_LIFE = timedelta(days=_RAW["contract"]["days"])
LONGEST_CONTRACT = timedelta(days=_RAW["contract"]["longest_days"])
PROPOSAL_LIFE = timedelta(days=_RAW["contract"]["proposal_days"])
OFFER_LIFE = timedelta(minutes=_RAW["contract"]["offer_minutes"])
CONTRACT_CATEGORIES = _categories(_RAW["contract"]["grant"])
CONTRACT_ACTIONS = _actions(_RAW["contract"]["grant"])

BREAK_GLASS_LIFE = timedelta(minutes=_RAW["break_glass"]["minutes"])
MOST_BREAK_GLASS: int = _RAW["break_glass"]["most_open"]
BREAK_GLASS_REASON: int = _RAW["break_glass"]["reason_characters"]
BREAK_GLASS_CATEGORIES = _categories(_RAW["break_glass"])
