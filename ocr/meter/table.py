"""``data/meter.toml``, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table() -> dict[str, Any]:
    """The whole file."""
    text = files("ocr").joinpath("data", "meter.toml").read_text("utf-8")
    return tomllib.loads(text)


READING: dict[str, float] = {
    name: value for name, value in table()["reading"].items() if name != "source"
}
KINDS: dict[str, dict[str, Any]] = table()["kinds"]
