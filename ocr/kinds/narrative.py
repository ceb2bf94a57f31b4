"""Running text under its headings, with the box that holds it."""

from __future__ import annotations

import itertools
import re
import tomllib
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files

from ocr.layout.lines import Line, height_of, middle_of, text_of
from ocr.layout.pieces import Piece
from ocr.model import Box, Kind, Narrative

_GROUPS: dict[str, tuple[str, ...]] = {
    "imaging": ("finding", "impression", "advice"),
    "ecg": ("finding", "impression", "advice"),
    "checkup": ("conclusion", "advice"),
    "discharge": ("discharge",),
    "lab_report": ("advice",),
}
_END = re.compile(
    r"^(?:报告医[生师]|审核医[生师]|检查医[生师]|诊断医[生师]|报告人|审核人|医[生师]签名|主检医[生师]|总检医[生师]|主治医[生师]|住院医[生师]|经治医[生师]|"
    r"报告时间|报告日期|检查日期|打印|签名|记录者|检验者|审核者|书写|患者签名|注[:：]|备注[:：]|本报告|此报告|声明|第\d+页|医师[:：]|医生[:：]|日期[:：])"
)


@lru_cache(maxsize=8)
def _headings(kind: Kind) -> list[str]:
    table = tomllib.loads((files("ocr") / "data" / "sections.toml").read_text("utf-8"))
    words = [word for group in _GROUPS.get(kind, ()) for word in table[group]]
    return sorted(set(words), key=lambda word: (-len(word), word))


def narrative_of(
    lines: list[Line],
    kind: Kind,
    page: int,
    box: Callable[[list[Piece]], Box],
    skip: Callable[[Line], bool],
    claimed: set[int],
) -> list[Narrative]:
    """Sections of one page; lines that ``skip`` names (table rows) belong to none.

    The ids of the characters taken go to ``claimed``.
    """
    found: list[Narrative] = []
    current: tuple[str, list[Line]] | None = None
    for line in lines:
        heading = _heading(line, kind)
        if heading is not None:
            _close(current, found, page, box, claimed)
            name, rest = heading
            current = (name, [rest] if rest else [])
        elif skip(line) or _END.match(_plain(line)):
            _close(current, found, page, box, claimed)
            current = None
        elif current is not None:
            current[1].append(line)
    _close(current, found, page, box, claimed)
    return found


def _plain(line: Line) -> str:
    return unicodedata.normalize("NFKC", text_of(line)).replace(" ", "")


def _heading(line: Line, kind: Kind) -> tuple[str, Line | None] | None:
    """A heading at the line's start, and what follows it on the line."""
    chars = [(p, i) for p in sorted(line, key=lambda p: p.left) for i in range(len(p.chars))]
    solid = [(p, i) for p, i in chars if not p.chars[i].char.isspace()]
    text = "".join(p.chars[i].char for p, i in solid)
    lead = re.match(r"^[【\[<〈《■●◆▲一二三四五六七八九十\d、.．)）]{0,4}", text)
    start = lead.end() if lead else 0
    for word in _headings(kind):
        if not text.startswith(word, start):
            continue
        after = text[start + len(word) :]
        closed = re.match(r"^[】\]>〉》]*\s*[:：;]?|^[:：]", after)
        length = start + len(word) + (closed.end() if closed else 0)
        if (
            after
            and not re.match(r"^[】\]>〉》]*[:：;]|^[】\]>〉》]", after)
            and not _gap(solid, start + len(word))
        ):
            continue
        return word, _rest(line, solid, length)
    return None


def _gap(solid: list[tuple[Piece, int]], at: int) -> bool:
    if at >= len(solid):
        return True
    (before, i), (after, j) = solid[at - 1], solid[at]
    return after.chars[j].left - before.chars[i].right > 0.8 * before.height


def _rest(line: Line, solid: list[tuple[Piece, int]], length: int) -> Line | None:
    if length >= len(solid):
        return None
    first, index = solid[length]
    rest = [p for p in line if p.left > first.left]
    part = first.part(index, len(first.chars))
    return [*([part] if part else []), *rest] or None


def _close(
    current: tuple[str, list[Line]] | None,
    found: list[Narrative],
    page: int,
    box: Callable[[list[Piece]], Box],
    claimed: set[int],
) -> None:
    if current is None or not current[1]:
        return
    name, lines = current
    claimed.update(id(c) for line in lines for p in line for c in p.chars)
    found.append(Narrative(name, _joined(lines), page, box([p for line in lines for p in line])))


def _joined(lines: list[Line]) -> str:
    """Lines as text: a full line runs on, a short one ends its sentence."""
    right = max(max(p.right for p in line) for line in lines)
    text = text_of(lines[0])
    for before, line in itertools.pairwise(lines):
        own = text_of(line)
        runs_on = max(p.right for p in before) > right - 3 * height_of(before)
        listed = re.match(r"^\s*(?:\d{1,2}[.、)）]|[①-⑩]|[（(]\d)", own)
        far = middle_of(line) - middle_of(before) > 4 * height_of(before)
        text += own if runs_on and not listed and not far else "\n" + own
    return text.strip()
