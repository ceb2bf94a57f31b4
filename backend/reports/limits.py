"""What is taken at most: ``data/limits.toml``, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The TOML file ``data/<name>.toml``."""
    text = files("backend.reports").joinpath("data", f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


_LIMITS = table("limits")
_MEGABYTE = 1024 * 1024

FILE_MEGABYTES: int = _LIMITS["upload"]["file_megabytes"]
FILE_BYTES: int = FILE_MEGABYTES * _MEGABYTE
REQUEST_MEGABYTES: int = _LIMITS["upload"]["request_megabytes"]
PIECE_BYTES: int = _LIMITS["upload"]["piece_megabytes"] * _MEGABYTE
FILES: int = _LIMITS["upload"]["files"]
PAGES: int = _LIMITS["upload"]["pages"]
OPEN_UPLOADS: int = _LIMITS["upload"]["open_uploads"]
UPLOAD_DAYS: int = _LIMITS["upload"]["days"]
LEFTOVER_HOURS: int = _LIMITS["upload"]["leftover_hours"]
NAME_CHARACTERS: int = _LIMITS["upload"]["name_characters"]
SAME_PAGE_DISTANCE: int = _LIMITS["same_page"]["distance"]
SAME_PAGE_ITEMS: float = _LIMITS["same_page"]["items"]
SAME_PAGE_REPORTS: int = _LIMITS["same_page"]["reports"]
READING_SECONDS: float = _LIMITS["reading"]["seconds"]
LEASE_SECONDS: float = _LIMITS["reading"]["lease_seconds"]
READING_ATTEMPTS: int = _LIMITS["reading"]["attempts"]
READER_IDLE_SECONDS: float = _LIMITS["reading"]["idle_seconds"]
INSPECTION_SECONDS: float = _LIMITS["inspection"]["seconds"]
INSPECTION_BYTES: int = _LIMITS["inspection"]["memory_megabytes"] * _MEGABYTE
INSPECTION_IDLE_SECONDS: float = _LIMITS["inspection"]["idle_seconds"]
EXPORT_BYTES: int = _LIMITS["export"]["megabytes"] * _MEGABYTE
TREND_YEARS: int = _LIMITS["trend"]["years"]
TREND_POINTS: int = _LIMITS["trend"]["points"]
