"""The tables of ``content/data``, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The TOML file ``data/<name>.toml``."""
    text = files("content").joinpath("data", f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def limits() -> dict[str, Any]:
    """The table of ``limits.toml``, by section."""
    return table("limits")
