"""What an app team builds on: schema, operations, error codes, the SDK, the reference client.

An operation is a file of ``operations``; selections that several share are fragments, one a
file of ``operations/fragments``, named after the fragment. The text that is registered, and
whose SHA-256 names the operation to the server, is the operation's file followed by the
fragments that it uses, directly or through another, in the order of their files' names with
an empty line before each. ``sdk/codegen/composed.mjs`` follows the same rule.

Apps that are out there keep asking by the hashes of their day. What was released stays
registered, in ``released.json.gz`` beside the schema of that day (``changelog``), until a
release whose schema no longer has what it asks for.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

FOLDER = Path(__file__).resolve().parent
_OPERATIONS = FOLDER / "operations"
_SPREAD = re.compile(r"\.\.\.\s*(?!on\b)(\w+)")
_WORD_ENDS = re.compile(r"([a-z0-9])([A-Z])")


def operations(folder: Path = _OPERATIONS) -> dict[str, str]:
    """Each operation's whole text by its file's name without ending."""
    fragments = _texts(folder / "fragments")
    return {name: text + _used(text, fragments) for name, text in _texts(folder).items()}


def operation(name: str) -> str:
    """One operation's whole text. Raises ``FileNotFoundError``."""
    text = (_OPERATIONS / f"{name}.graphql").read_text("utf-8")
    return text + _used(text, _texts(_OPERATIONS / "fragments"))


class Released(TypedDict):
    """``operations``: text by hash, of this release and of earlier ones."""

    schema: str
    operations: dict[str, str]


def released(folder: Path = FOLDER) -> Released:
    """What was promised last."""
    packed = (folder / "released.json.gz").read_bytes()
    unpacked: Released = json.loads(gzip.decompress(packed))
    return unpacked


def by_hash(texts: Mapping[str, str]) -> dict[str, str]:
    """Texts by the SHA-256 of each."""
    return {hashlib.sha256(text.encode()).hexdigest(): text for text in texts.values()}


def _texts(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.graphql"))}


def _used(text: str, fragments: Mapping[str, str]) -> str:
    found: set[str] = set()
    waiting = [text]
    while waiting:
        for spread in _SPREAD.findall(waiting.pop()):
            name = _WORD_ENDS.sub(r"\1_\2", spread).lower()
            if name in fragments and name not in found:
                found.add(name)
                waiting.append(fragments[name])
    return "".join(f"\n{fragments[name]}" for name in sorted(found))
