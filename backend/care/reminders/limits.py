"""The numbers of ``data/reminders.toml``, read once."""

from __future__ import annotations

import tomllib
from datetime import time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from backend.access.categories import Category


class ReminderKind(StrEnum):
    MEASURE = "measure"
    MEDICATION = "medication"
    FOLLOW_UP = "follow_up"
    VACCINATION = "vaccination"
    RECHECK = "recheck"
    LIFESTYLE = "lifestyle"

    @property
    def category(self) -> Category:
        return Category(_raw("reminders")["kinds"][self.value]["category"])

    @property
    def missed_after(self) -> timedelta:
        return timedelta(minutes=_raw("reminders")["kinds"][self.value]["missed_minutes"])

    @property
    def late(self) -> timedelta:
        """How long after its time it is still worth telling."""
        return timedelta(minutes=_raw("reminders")["kinds"][self.value]["late_minutes"])


@cache
def _raw(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", f"{name}.toml").read_text("utf-8"))


def limits() -> dict[str, Any]:
    """The table ``limits``."""
    found: dict[str, Any] = _raw("reminders")["limits"]
    return found


def vaccines() -> dict[str, Any]:
    return _raw("vaccines")


def rechecks() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _raw("rechecks")["recheck"]
    return found


def medication_times(a_day: int) -> tuple[time, ...] | None:
    """When to take what is taken so often a day, where nothing says when."""
    found = _raw("reminders")["medication_times"].get(str(a_day))
    return tuple(map(time.fromisoformat, found)) if found else None


def suggested_time() -> time:
    return time.fromisoformat(_raw("reminders")["suggested"]["time"])
