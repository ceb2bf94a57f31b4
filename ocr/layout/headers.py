"""Finds the line that heads a table, and what each of its columns holds."""

from __future__ import annotations

import itertools
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rapidfuzz import fuzz

from ocr.layout.lines import Line
from ocr.layout.pieces import Char, Piece


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head: what the column holds, and the word's span in pixels."""

    kind: str
    text: str
    left: float
    right: float

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2


@lru_cache(maxsize=1)
def _words() -> list[tuple[str, str]]:
    table = tomllib.loads((files("ocr") / "data" / "columns.toml").read_text("utf-8"))
    pairs = [(word, kind) for kind, words in table.items() for word in words]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def heads_of(line: Line) -> list[Head]:
    """The heads of a table's columns; empty where the line heads no table."""
    chars = [(c, p) for p in sorted(line, key=lambda p: p.left) for c in p.chars]
    chars = [(c, p) for c, p in chars if not c.char.isspace() and c.char not in "|｜:：()（）"]
    if not chars or len(chars) > 90:
        return []
    heads: list[Head] = []
    unknown: list[tuple[Char, Piece]] = []
    matched, index = 0, 0
    while index < len(chars):
        head, length = _match(chars, index)
        if head is None:
            unknown.append(chars[index])
            index += 1
            continue
        _unknown(unknown, heads)
        heads.append(head)
        matched += length
        index += length
    _unknown(unknown, heads)
    heads = _bilingual(heads, line)
    return heads if _is_header(heads, matched / len(chars)) else []


def _bilingual(heads: list[Head], line: Line) -> list[Head]:
    """One column headed in two languages (Result 结果) is one column."""
    height = max((p.height for p in line), default=0.0)
    joined: list[Head] = []
    for head in heads:
        last = joined[-1] if joined else None
        if last is not None and last.kind == head.kind and head.left - last.right < 1.2 * height:
            joined[-1] = Head(head.kind, f"{last.text} {head.text}", last.left, head.right)
        else:
            joined.append(head)
    return joined


def _unknown(chars: list[tuple[Char, Piece]], heads: list[Head]) -> None:
    """A word between two heads that is none of ours, or was misread, heads a column too."""
    if chars:
        text = "".join(c.char for c, _ in chars)
        gap = chars[0][0].left - heads[-1].right if heads else 1e9
        if gap < 0.7 * chars[0][1].height:
            last = heads.pop()
            heads.append(Head(last.kind, last.text, last.left, chars[-1][0].right))
            chars.clear()
            return
        heads.append(Head("?", text, chars[0][0].left, chars[-1][0].right))
        chars.clear()


def _match(chars: list[tuple[Char, Piece]], index: int) -> tuple[Head | None, int]:
    for word, kind in _words():
        part = chars[index : index + len(word)]
        if "".join(c.char for c, _ in part).casefold() != word.casefold():
            continue
        if not _belongs(part) or _cuts_latin(chars, index, len(word)):
            continue
        return Head(kind, word, part[0][0].left, part[-1][0].right), len(word)
    return _date_head(chars, index)


def _cuts_latin(chars: list[tuple[Char, Piece]], index: int, length: int) -> bool:
    """Whether a Latin word would be cut out of a longer one."""
    if not chars[index][0].char.isascii():
        return False
    after = chars[index + length] if index + length < len(chars) else None
    last = chars[index + length - 1]
    return (
        after is not None
        and after[1] is last[1]
        and after[0].char.isascii()
        and after[0].char.isalpha()
        and last[0].char.isalpha()
    )


def _belongs(part: list[tuple[Char, Piece]]) -> bool:
    """Whether the characters stand as one word: close, or evenly spaced out (结  果)."""
    height = part[0][1].height
    gaps = [b[0].left - a[0].right for a, b in itertools.pairwise(part)]
    if not gaps or max(gaps) <= 0.7 * height:
        return True
    return max(gaps) <= 5 * height and max(gaps) <= 1.6 * max(min(gaps), 0.0) + 0.2 * height


def _date_head(chars: list[tuple[Char, Piece]], index: int) -> tuple[Head | None, int]:
    """A date in a table's head stands over a previous result."""
    text = "".join(c.char for c, _ in chars[index : index + 10])
    match = re.match(r"20\d\d[-/.]\d\d?[-/.]\d\d?", text)
    if match is None:
        return None, 0
    part = chars[index : index + match.end()]
    return Head("previous", match.group(), part[0][0].left, part[-1][0].right), match.end()


def _is_header(heads: list[Head], share: float) -> bool:
    kinds = {h.kind for h in heads} - {"?", "other", "number"}
    if "result" not in kinds or share < (0.4 if len(kinds) >= 3 else 0.6):
        return False
    return "name" in kinds or {"range", "unit"} <= kinds


def tables_of(heads: list[Head]) -> list[list[Head]]:
    """Splits heads into tables that stand side by side."""
    tables: list[list[Head]] = [[]]
    for head in heads:
        kinds = {h.kind for h in tables[-1]}
        if "result" in kinds and head.kind in {"number", "name"} and kinds & {"name", "number"}:
            tables.append([])
        elif head.kind == "name" and "name" in kinds:
            continue
        tables[-1].append(head)
    return [_once(_guessed(t, tables)) for t in tables]


def _guessed(table: list[Head], tables: list[list[Head]]) -> list[Head]:
    """Misread heads: by the word they come closest to, or by the same place in a sister table."""
    kinds = {h.kind for h in table}
    guessed: list[Head] = []
    for place, head in enumerate(table):
        kind = head.kind
        if kind == "?":
            sisters = [t for t in tables if t is not table and len(t) == len(table)]
            kind = next((t[place].kind for t in sisters if t[place].kind != "?"), "?")
            if kind == "?":
                kind = _nearest_kind(head.text)
            if kind in kinds:
                kind = "other"
        guessed.append(Head(kind, head.text, head.left, head.right))
    return guessed


def _nearest_kind(text: str) -> str:
    best = max(_words(), key=lambda w: fuzz.ratio(w[0], text))
    return best[1] if len(text) >= 2 and fuzz.ratio(best[0], text) >= 50 else "other"


def _once(table: list[Head]) -> list[Head]:
    """A second head of the same kind is another column: an older result, or nothing."""
    seen: set[str] = set()
    kept = []
    for head in table:
        kind = head.kind
        if kind in seen:
            kind = "previous" if kind == "result" else "other"
        seen.add(kind)
        kept.append(Head(kind, head.text, head.left, head.right))
    return kept
