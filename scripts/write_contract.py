"""Write what clients build on: the schema's SDL, the catalogue of errors, the changelog.

    scripts/write_contract.py              writes mobile_contract/schema.graphql and errors.json,
                                           and what changed into CHANGELOG.md
    scripts/write_contract.py --release    dates what changed: from now on it is promised

A test fails while the files differ from the code. ``scripts/check_sdl.py`` says
what a difference of the schema means for clients.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import string
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import backend
import bot
import graphql_api
import rewards
from backend.core.clock import SHANGHAI
from backend.core.errors import CATALOGUE, KangbanError

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "mobile_contract" / "schema.graphql"
ERRORS = ROOT / "mobile_contract" / "errors.json"
_ROOMS = (backend, bot, graphql_api, rewards)
_ENTRY_POINT = "backend.asgi"  # switches the collection of garbage off
_OPTIONAL = {"sentence_transformers"}  # the extra "semantic"


def sdl() -> str:
    """As ``kangban schema`` prints it."""
    from graphql_api.schema import build_schema

    return build_schema().as_str().strip() + "\n"


def errors() -> list[dict[str, Any]]:
    """Every code with its HTTP status, messages and the names that the messages fill in."""
    for room in _ROOMS:
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            _import(module.name)
    return [
        {
            "code": code,
            "status": error.status,
            "zh-CN": error.zh,
            "en": error.en,
            "data": placeholders(error),
        }
        for code, error in sorted(CATALOGUE.items())
    ]


def _import(name: str) -> None:
    if name == _ENTRY_POINT:
        return
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in _OPTIONAL:
            raise


def placeholders(error: type[KangbanError]) -> list[str]:
    """The names in braces of either message."""
    parsed = (part for text in (error.zh, error.en) for part in string.Formatter().parse(text))
    return sorted({name for _, name, _, _ in parsed if name})


def errors_json() -> str:
    return json.dumps({"errors": errors()}, ensure_ascii=False, indent=2) + "\n"


def main(arguments: list[str]) -> None:
    SCHEMA.write_text(sdl(), encoding="utf-8")
    ERRORS.write_text(errors_json(), encoding="utf-8")
    print(f"{SCHEMA.relative_to(ROOT)} and {ERRORS.relative_to(ROOT)} written")
    _write_changelog(release="--release" in arguments)


def _write_changelog(*, release: bool) -> None:
    from mobile_contract.changelog import Changelog

    try:
        if release:
            Changelog().release(datetime.now(SHANGHAI).date())
        elif Changelog().update():
            print("mobile_contract/CHANGELOG.md has what changed; add what apps should know")
    except (FileNotFoundError, subprocess.CalledProcessError):
        sys.exit("CHANGELOG.md is not written: that needs Node and scripts/setup test")


if __name__ == "__main__":
    main(sys.argv[1:])
