"""The notices: versioned texts that are shown before consent is asked.

Files: ``notices/<purpose>.toml``, versions in order, the last is the current one.
A version is ``major.minor``; a new major version asks everybody again, a minor one
corrects wording.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from backend.access.consent.errors import NoticeUnknown
from backend.access.consent.purpose import Purpose
from backend.identity.viewer import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """In one language, in the order in which it is shown."""

    title: str
    paragraphs: tuple[str, ...]
    covers: tuple[str, ...]
    stops: tuple[str, ...]
    """What stops working when consent is withdrawn."""

    def digest(self) -> str:
        """SHA-256 (hex) of every line shown, each ended by a line feed, in UTF-8."""
        lines = (self.title, *self.paragraphs, *self.covers, *self.stops)
        return hashlib.sha256("".join(f"{each}\n" for each in lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One version of one purpose's notice. ``sources`` cites the law it rests on."""

    purpose: Purpose
    version: str
    since: date
    sources: tuple[str, ...]
    texts: Mapping[Language, NoticeText]

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    def text(self, language: Language) -> NoticeText:
        return self.texts[language]


@dataclass(frozen=True, slots=True)
class PurposeNotices:
    """All versions, oldest first; ``needs`` are purposes without which this one is void."""

    versions: tuple[Notice, ...]
    needs: tuple[Purpose, ...]
    abroad: bool

    @property
    def current(self) -> Notice:
        return self.versions[-1]


@cache
def notices() -> Mapping[Purpose, PurposeNotices]:
    """Every purpose's, in the order of the enum."""
    return {purpose: _read(purpose) for purpose in Purpose}


def current(purpose: Purpose) -> Notice:
    return notices()[purpose].current


def notice(purpose: Purpose, version: str) -> Notice:
    """Raises ``NoticeUnknown``."""
    for each in notices()[purpose].versions:
        if each.version == version:
            return each
    raise NoticeUnknown(purpose=purpose.value)


def _read(purpose: Purpose) -> PurposeNotices:
    file = resources.files(__package__) / "notices" / f"{purpose.value}.toml"
    raw = tomllib.loads(file.read_text("utf-8"))
    return PurposeNotices(
        versions=tuple(_notice(purpose, each) for each in raw["versions"]),
        needs=tuple(Purpose(each) for each in raw["needs"]),
        abroad=raw["abroad"],
    )


def _notice(purpose: Purpose, raw: dict[str, Any]) -> Notice:
    return Notice(
        purpose=purpose,
        version=raw["version"],
        since=raw["since"],
        sources=tuple(raw["sources"]),
        texts={Language.ZH: _text(raw["zh"]), Language.EN: _text(raw["en"])},
    )


def _text(raw: dict[str, Any]) -> NoticeText:
    return NoticeText(
        title=raw["title"],
        paragraphs=tuple(raw["paragraphs"]),
        covers=tuple(raw["covers"]),
        stops=tuple(raw["stops"]),
    )
