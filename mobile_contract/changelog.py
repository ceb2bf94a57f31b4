"""The contract's changelog: what each release of the schema means for apps that are out there.

``mobile_contract/CHANGELOG.md`` has an entry a release, the newest first, each with the hash
of its SDL; above them ``Unreleased``, where the schema has moved on since. The last release
lies packed beside it, so that nobody edits it: its SDL, and the operations of released apps.
GraphQL Inspector tells safe changes from breaking ones. What breaks apps must have been
deprecated with ``until YYYY-MM-DD`` in its reason in the last release, and that day must be over.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from graphql import build_schema, parse, validate

from mobile_contract import FOLDER, Released, by_hash, operations, released

_SDK = FOLDER / "sdk"
_UNRELEASED = "Unreleased"
_ENTRY = re.compile(r"^## (Unreleased|\d{4}-\d{2}-\d{2}) · sdl ([0-9a-f]{12})$", re.MULTILINE)
_MADE = re.compile(r"^- (safe|careful|breaking): ")


@dataclass(frozen=True)
class Change:
    """``until``: how long the old way was promised, where its going was announced."""

    level: str
    what: str
    where: str
    until: str | None

    def allowed(self, today: date) -> bool:
        over = self.until is not None and date.fromisoformat(self.until) < today
        return self.level != "breaking" or over

    def line(self) -> str:
        return f"- {self.level}: {self.what}"


def digest(sdl: str) -> str:
    return hashlib.sha256(sdl.encode()).hexdigest()[:12]


@lru_cache(maxsize=4)
def changes(old: str, new: str) -> tuple[Change, ...]:
    """As GraphQL Inspector tells them, the breaking ones first. Needs Node and the SDK's
    packages; raises ``CalledProcessError`` or ``FileNotFoundError``."""
    if old == new:
        return ()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("old.graphql", "new.graphql")]
        for path, text in zip(paths, (old, new), strict=True):
            path.write_text(text, "utf-8")
        told = subprocess.run(
            ["node", "codegen/changes.mjs", *map(str, paths)],
            cwd=_SDK,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
    found = [Change(**each) for each in json.loads(told)]
    order = ("breaking", "careful", "safe")
    found.sort(key=lambda each: (order.index(each.level), each.where, each.what))
    return tuple(found)


def pack(folder: Path, what: Released) -> None:
    """The same bytes for the same release."""
    text = json.dumps(what, ensure_ascii=False, sort_keys=True)
    (folder / "released.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


class Changelog:
    """``CHANGELOG.md``, ``released.json.gz``, ``schema.graphql``, ``operations`` of a folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._text = folder / "CHANGELOG.md"
        self._folder = folder
        self._schema = folder / "schema.graphql"

    def faults(self, today: date) -> list[str]:
        """Why this contract cannot go out; none where it can."""
        now, entries = self._sdl(), self._entries()
        if not entries or entries[0][1] != digest(now):
            return ["The schema has changed: scripts/write_contract.py writes its entry."]
        released = [known for name, known in entries if name != _UNRELEASED]
        if released[:1] != [digest(self._released())]:
            return ["released.json.gz is not the schema of the newest released entry."]
        return [
            f"Breaks apps that are out there: {each.what} Deprecate it first, with"
            ' "until YYYY-MM-DD" in the reason, release that, and wait for the day.'
            for each in changes(self._released(), now)
            if not each.allowed(today)
        ]

    def update(self) -> bool:
        """Bring ``Unreleased`` up to date, people's own lines kept; whether anything changed."""
        now, text = self._sdl(), self._text.read_text("utf-8")
        head, own, rest = self._parts(text)
        made: list[str] = []
        if now != self._released():
            lines = [each.line() for each in changes(self._released(), now)]
            made = [f"## {_UNRELEASED} · sdl {digest(now)}", "", *own, *lines, ""]
        return self._write(text, "\n".join([head.rstrip(), "", *made, rest]))

    def release(self, today: date) -> None:
        """Close ``Unreleased`` under today's date and keep its SDL as the one to compare with."""
        self.update()
        text = self._text.read_text("utf-8")
        self._write(text, text.replace(f"## {_UNRELEASED} ·", f"## {today.isoformat()} ·"))
        now = build_schema(self._sdl())
        promised = {**released(self._folder)["operations"], **self._operations()}
        kept = {each: text for each, text in promised.items() if not validate(now, parse(text))}
        pack(self._folder, {"schema": self._sdl(), "operations": kept})

    def _operations(self) -> dict[str, str]:
        return by_hash(operations(self._folder / "operations"))

    def _parts(self, text: str) -> tuple[str, list[str], str]:
        """What stands above the entries, people's lines of ``Unreleased``, the released ones."""
        found = list(_ENTRY.finditer(text))
        if not found or found[0][1] != _UNRELEASED:
            start = found[0].start() if found else len(text)
            return text[:start], [], text[start:]
        end = found[1].start() if len(found) > 1 else len(text)
        lines = text[found[0].end() : end].strip().split("\n")
        own = [line for line in lines if line and not _MADE.match(line)]
        return text[: found[0].start()], [*own, ""] if own else [], text[end:]

    def _entries(self) -> list[tuple[str, str]]:
        return _ENTRY.findall(self._text.read_text("utf-8"))

    def _released(self) -> str:
        return released(self._folder)["schema"]

    def _sdl(self) -> str:
        return self._schema.read_text("utf-8")

    def _write(self, was: str, text: str) -> bool:
        if text != was:
            self._text.write_text(text, "utf-8")
        return text != was
