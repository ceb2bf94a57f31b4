"""The words of the doctor: what it is given, what it says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

Status = Literal["ok", "warn", "fail"]


class Words(NamedTuple):
    """The same sentence twice."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    ``fail``: Kangban does not run without it. ``warn``: it runs, and something
    named does not work. ``how_to_fix`` is None where there is nothing to fix.
    """

    name: str
    status: Status
    what: Words
    how_to_fix: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the settings say; the doctor reads no setting itself."""

    data_dir: Path
    master_key_file: Path
    mongodb_uri: str | None = None
    production: bool = False
    ocr_engine: str = "rapidocr"
    wechat_configured: bool = False
    firebase_configured: bool = False


def same(text: str) -> Words:
    """A command or a version, which reads alike in both languages."""
    return Words(text, text)
