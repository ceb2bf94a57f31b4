"""What a share link may be, read once from ``data/limits.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from backend.access.categories import Category
from backend.archive.sections import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLimits:
    longest_days: int
    most_opens: int
    pin_digits: tuple[int, int]
    pin_attempts: int
    location_life: timedelta
    most_resources: int
    largest_bytes: int
    longest_label: int
    longest_recipient: int
    most_running: int
    shareable: frozenset[Category]
    standing: frozenset[Section]


@cache
def share_limits() -> ShareLimits:
    table = _table("limits")
    return ShareLimits(
        longest_days=table["expiry"]["longest_days"],
        most_opens=table["opens"]["most"],
        pin_digits=(table["pin"]["shortest"], table["pin"]["longest"]),
        pin_attempts=table["pin"]["attempts"],
        location_life=timedelta(minutes=table["location"]["minutes"]),
        most_resources=table["payload"]["most_resources"],
        largest_bytes=table["payload"]["largest_bytes"],
        longest_label=table["text"]["longest_label"],
        longest_recipient=table["text"]["longest_recipient"],
        most_running=table["links"]["most_running"],
        shareable=frozenset(map(Category, table["categories"]["shareable"])),
        standing=frozenset(map(Section, table["standing"]["sections"])),
    )


@cache
def agents() -> list[dict[str, str]]:
    """Browser families: ``id``, ``mark``, ``zh`` and ``en``; the last one fits all."""
    found: list[dict[str, str]] = _table("agents")["agent"]
    return found


def agent_family(user_agent: str) -> str:
    """The family's id; the address and version that a User-Agent gives away are dropped."""
    return next(each["id"] for each in agents() if each["mark"] in user_agent)


def agent_label(family: str, language: str) -> str:
    known = next(each for each in agents() if each["id"] == family)
    return known["en" if language.startswith("en") else "zh"]


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("backend.sharing").joinpath(f"data/{name}.toml").read_text("utf-8"))
