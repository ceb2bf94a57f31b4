"""A row's cells read for what they hold, whatever column they slipped into."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ocr.layout.names import split_name
from ocr.layout.pieces import Piece
from ocr.layout.ranges import is_interval, plain
from ocr.layout.rows import Row
from ocr.layout.units import is_unit, read_unit
from ocr.layout.values import (
    DOWN,
    UP,
    Mark,
    Result,
    fold,
    is_number,
    read_mark,
    read_result,
)
from ocr.model import Repair

_ARROWS = re.compile(rf"[{UP}{DOWN}]+")
_UNIT_TAIL = re.compile(r"^(.*?\d[\d.]*\s*(?:[↑↓HL*]+)?)\s*([(（]?[a-zA-Zμµ%‰/×*个℃°次秒分].*)$")
_HEAD_MARK = re.compile(r"^(H|L|HH|LL|高|低)\s+(?=\S)")


@dataclass(slots=True)
class Cells:
    """A row told apart: texts, marks, and the pieces that hold the result."""

    name: str
    abbreviation: str | None
    result: Result
    pieces: list[Piece]
    unit: str | None
    range_text: str
    mark: Mark | None
    calm: bool
    repairs: list[Repair] = field(default_factory=list)
    name_pieces: list[Piece] = field(default_factory=list)
    columns: frozenset[str] = frozenset()


def read_cells(row: Row) -> Cells:
    """The row's cells; slipped ones (a unit in the range, a mark in the unit) put right."""
    texts = {kind: row.text(kind) for kind in ("result", "flag", "unit", "range")}
    pieces = list(row.cells.get("result", []))
    marks: list[Mark] = []
    texts["range"] = _stacked(row)
    calm = _flag_cell(texts, marks)
    if not texts["result"] and is_number(texts["flag"]):
        texts["result"], pieces = texts["flag"], list(row.cells.get("flag", []))
    pieces = _short_in_result(row, texts, pieces)
    _arrows(texts, marks)
    _trailing_arrow(texts, marks)
    _slipped(texts)
    repairs: list[Repair] = []
    result = _sign_misread(read_result(texts["result"]), repairs)
    if result.mark is not None:
        marks.append(result.mark)
    unit = _unit(texts["unit"], repairs)
    name, short = split_name(
        _without_result(row.text("name"), texts["result"]),
        row.text("abbreviation") or texts.get("short", ""),
    )
    directed = [m for m in marks if m != "abnormal"]
    mark = directed[0] if directed else (marks[0] if marks else None)
    names = row.cells.get("name", []) + row.cells.get("abbreviation", [])
    return Cells(
        name, short, result, pieces, unit, texts["range"], mark, calm, repairs, names, row.columns
    )


_NUMBER_LAST = re.compile(r"^(.*[一-鿿)）\]])\s*([<>]?\d+(?:\.\d+)?)$")


def _without_result(name: str, result: str) -> str:
    """A long name runs into its result: read with it, the result stands in both cells."""
    found = _NUMBER_LAST.match(fold(name))
    return found[1] if found and found[2] == fold(result).rstrip(UP + DOWN + " ") else name


_SHORT_FIRST = re.compile(r"^([A-Za-z][A-Za-z0-9\-+#%/()]{0,11})\s+(?=[<>≤≥↑↓*]?\s*\d|[阴阳弱未±])")


def _short_in_result(row: Row, texts: dict[str, str], pieces: list[Piece]) -> list[Piece]:
    """An abbreviation that slipped before the result, where it has no column of its own."""
    lead = _SHORT_FIRST.match(texts["result"])
    if lead is None or row.cells.get("abbreviation") or lead.group(1) in {"H", "L", "HH", "LL"}:
        return pieces
    texts["short"], texts["result"] = lead.group(1), texts["result"][lead.end() :]
    kept: list[Piece] = []
    drop = len(lead.group(1))
    for piece in pieces:
        part = piece.part(min(drop, len(piece.chars)), len(piece.chars))
        drop = max(0, drop - len(piece.chars))
        if part is not None:
            kept.append(part)
    return kept or pieces


def _stacked(row: Row) -> str:
    """The range cell's lines from top to bottom."""
    pieces = row.cells.get("range", []) + row.more_ranges
    levels: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.middle):
        if levels and piece.middle - levels[-1][0].middle < 0.6 * piece.height:
            levels[-1].append(piece)
        else:
            levels.append([piece])
    return "\n".join(
        " ".join(p.text.strip() for p in sorted(level, key=lambda p: p.left)) for level in levels
    )


def _flag_cell(texts: dict[str, str], marks: list[Mark]) -> bool:
    """Reads the mark column; True where it says the result is normal."""
    mark = read_mark(texts["flag"]) if texts["flag"] else None
    if mark == "normal":
        return True
    if mark is not None:
        marks.append(mark)
    elif texts["flag"]:
        arrow = _ARROWS.search(texts["flag"])
        if arrow:
            marks.append("high" if arrow.group()[0] in UP else "low")
    return False


def _arrows(texts: dict[str, str], marks: list[Mark]) -> None:
    """Arrows that slipped into the unit or range cell."""
    for kind in ("unit", "range"):
        arrow = _ARROWS.search(texts[kind])
        if arrow:
            marks.append("high" if arrow.group()[0] in UP else "low")
            texts[kind] = _ARROWS.sub("", texts[kind]).strip()
        head = _HEAD_MARK.match(texts[kind])
        if head and (mark := read_mark(head.group(1))) in ("high", "low"):
            marks.append(mark)
            texts[kind] = texts[kind][head.end() :]


def _trailing_arrow(texts: dict[str, str], marks: list[Mark]) -> None:
    """The arrow of ``8.2 s ↑``, which stands behind a unit in the same cell."""
    arrow = re.search(rf"[{UP}{DOWN}]+\s*$", texts["result"])
    if arrow and re.search(r"[A-Za-z%]\s*$", texts["result"][: arrow.start()]):
        marks.append("high" if arrow.group()[0] in UP else "low")
        texts["result"] = texts["result"][: arrow.start()].strip()


_ARROW_ALIKE = re.compile(
    r"^([<>]?\d+(?:\.\d+)?)\s?([山个十丁木本下上小中卜个干千TtJIYVvi!土→←千才平年])$"
)


def _sign_misread(result: Result, repairs: list[Repair]) -> Result:
    """``0.75 山``: a number with one sign behind it that an arrow is read as; ``士`` for ±."""
    if result.text == "士":
        repairs.append(Repair("value", result.text, "±", "no result is written so"))
        return read_result("±")
    found = _ARROW_ALIKE.match(result.text) if result.value is None else None
    if found is None:
        return result
    repairs.append(Repair("value", result.text, found.group(1), "an arrow read as a character"))
    return read_result(found.group(1))


def _slipped(texts: dict[str, str]) -> None:
    if not texts["unit"]:
        tail = _UNIT_TAIL.match(fold(texts["result"]))
        if tail and is_unit(tail.group(2)) and read_mark(tail.group(2)) is None:
            texts["result"], texts["unit"] = tail.group(1).strip(), tail.group(2)
    if texts["unit"] and not is_unit(texts["unit"]):
        _split_unit(texts)
    if not texts["unit"] and texts["range"]:
        head, _, last = texts["range"].rpartition(" ")
        if (
            head
            and re.search(r"\d", head)
            and re.match(r"[×x]?10\D?\D?\d*/", last)
            and is_unit(last)
        ):
            texts["range"], texts["unit"] = head.strip(), last
            return
        tail = _UNIT_TAIL.match(plain(texts["range"]))
        if tail and is_unit(tail.group(2)) and "\n" not in texts["range"]:
            texts["range"], texts["unit"] = tail.group(1).strip(), tail.group(2)
        elif is_unit(texts["range"]):
            texts["range"], texts["unit"] = "", texts["range"]


def _split_unit(texts: dict[str, str]) -> None:
    """A unit cell that also holds the end of the result or the start of the range."""
    unit, interval = texts["unit"], texts["range"]
    if is_interval(unit) and is_unit(interval):
        texts["unit"], texts["range"] = interval, unit
        return
    words = unit.split()
    for cut in range(1, len(words)):
        head, tail = " ".join(words[:cut]), " ".join(words[cut:])
        if is_unit(head):
            texts["unit"], texts["range"] = head, (tail + " " + interval).strip()
            return
        if is_unit(tail):
            texts["unit"] = tail
            texts["result"] = (texts["result"] + " " + head).strip()
            return
    whole = re.match(r"^([A-Za-z%μµ/]+(?:\d+/L)?)\s*([<>≤≥]?\d.*)$", unit)
    if whole and is_unit(whole.group(1)):
        texts["unit"], texts["range"] = whole.group(1), (whole.group(2) + interval).strip()
    elif is_interval(unit) and not interval:
        texts["unit"], texts["range"] = "", unit


def _unit(text: str, repairs: list[Repair]) -> str | None:
    text = text.strip()
    if not text or text in {"-", "--", "—", "/", "无"}:
        return None
    found = read_unit(text)
    if found is None:
        return plain(text).replace("μ", "u").replace("µ", "u").rstrip(".,;:。")
    unit, confused = found
    if confused:
        repairs.append(Repair("unit", text, unit, "known unit, look-alike characters"))
    return unit
