"""The programme's numbers, read once from ``data/limits.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def limits() -> dict[str, Any]:
    """The table of the file, by section."""
    text = files("rewards").joinpath("data/limits.toml").read_text("utf-8")
    return tomllib.loads(text)
