"""The templates of ``phrases.toml``."""

from __future__ import annotations

from bot.assistant.lexicon.kinds import read_toml


def say(language: str, key: str, **values: object) -> str:
    template: str = read_toml(__package__, "phrases.toml")[language][key]
    return template.format(**values)
