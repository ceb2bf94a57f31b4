"""The adapter's own sentences and limits."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from aiogram.types import User

from backend.identity.viewer import Language


def words(language: Language, key: str, **values: object) -> str:
    template: str = _table("words")["en" if language is Language.EN else "zh"][key]
    return template.format(**values)


def language_of(user: User | None) -> Language:
    """As the person's Telegram is set; Chinese where it is neither."""
    code = (user.language_code or "") if user else ""
    return Language.EN if code.startswith("en") else Language.ZH


def limit(name: str) -> int:
    return int(_table("limits")[name])


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))
