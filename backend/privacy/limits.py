"""The room's numbers, from ``limits.toml`` with their reasons."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from importlib import resources

_RAW = tomllib.loads((resources.files(__package__) / "limits.toml").read_text("utf-8"))


def _value(name: str) -> int:
    value: int = _RAW[name]["value"]
    return value


DOWNLOAD_KEPT = timedelta(days=_value("download_kept_days"))
DOWNLOAD_ATTEMPTS = _value("download_attempts")
COOLING_OFF = timedelta(days=_value("cooling_off_days"))
SWEEP_AFTER = timedelta(seconds=_value("sweep_after_seconds"))
ROLLBACK_WITHIN = timedelta(days=_value("rollback_days"))
LEASE = timedelta(seconds=_value("lease_seconds"))
