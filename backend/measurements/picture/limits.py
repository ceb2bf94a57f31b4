"""``limits.toml``, read once."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from importlib.resources import files

from backend.core.attempts import Limit

_LIMITS = tomllib.loads(
    files("backend.measurements.picture").joinpath("limits.toml").read_text("utf-8")
)

MEGABYTES: int = _LIMITS["megabytes"]
BYTES: int = MEGABYTES * 1024 * 1024
SECONDS: float = _LIMITS["seconds"]
MEMORY_BYTES: int = _LIMITS["memory_megabytes"] * 1024 * 1024
PER_ACCOUNT = Limit(_LIMITS["pictures_an_hour"], timedelta(hours=1))
