"""The numbers of ``limits.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``kept`` in seconds, ``emergency_waits`` in seconds."""

    kept: float
    most_items: int
    daily: int
    longest: int
    follow_up: timedelta
    unanswered: int
    emergency_waits: float


@cache
def limits() -> Limits:
    raw = tomllib.loads(files(__package__).joinpath("limits.toml").read_text("utf-8"))
    return Limits(
        kept=float(raw["archives"]["kept_seconds"]),
        most_items=raw["archives"]["most_items"],
        daily=raw["questions"]["daily"],
        longest=raw["questions"]["longest"],
        follow_up=timedelta(minutes=raw["follow_up"]["minutes"]),
        unanswered=raw["follow_up"]["unanswered"],
        emergency_waits=raw["emergency"]["waits"] / 1000,
    )
