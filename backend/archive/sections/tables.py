"""The code tables of ``backend/archive/data``, read once."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The TOML file ``data/<name>.toml``."""
    text = files("backend.archive").joinpath("data", f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


_CODES = table("code_systems")
LOINC: str = _CODES["loinc"]["url"]
SNOMED: str = _CODES["snomed"]["url"]
UCUM: str = _CODES["ucum"]["url"]
ATC_SYSTEMS: frozenset[str] = frozenset(_CODES["atc"]["urls"])
ICD10_SYSTEMS: frozenset[str] = frozenset(_CODES["icd10"]["urls"])
ICD10_FORM: re.Pattern[str] = re.compile(_CODES["icd10"]["form"])
MAX_TEXT: int = table("limits")["text"]["characters"]
EARLIEST_YEAR: int = table("limits")["dates"]["earliest_year"]
