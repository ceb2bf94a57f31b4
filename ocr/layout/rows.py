"""Table rows: the cells of each line, wrapped cells brought back to their row."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from ocr.layout.headers import Head, heads_of, tables_of
from ocr.layout.lines import Line, lines_of, middle_of, text_of
from ocr.layout.pieces import Piece
from ocr.layout.relook import Look, look_again
from ocr.layout.zones import Zone, place, zones_of

FOOTER = re.compile(
    r"(检验者|审核者|检验员|审核员|检验医师|审核医师|检验人|审核人|报告者|报告人|核对者|复核|操作者|批准|送检|采集时间|采样时间|接收时间|"
    r"报告时间|报告日期|打印时间|打印日期|签发|检测时间|检验时间|检验日期|审核日期|收样|备\s*注|注\s*[:：]|声明|本报告|此报告|仅对|"
    r"友情提示|温馨提示|说明\s*[:：]|联系电话|咨询电话|地址\s*[:：]|第\s*\d+\s*页|共\s*\d+\s*页|页码|医生签名|主检|总检)"
)


@dataclass(slots=True)
class Row:
    """One row of one table: pieces by column kind; ``table`` counts over the page."""

    table: int
    level: float
    height: float
    cells: dict[str, list[Piece]] = field(default_factory=dict)
    more_ranges: list[Piece] = field(default_factory=list)
    columns: frozenset[str] = frozenset()

    def text(self, kind: str) -> str:
        """The cell's text, lines joined; empty where the cell is."""
        return " ".join(p.text.strip() for p in self.cells.get(kind, []))


@dataclass(slots=True)
class Block:
    """A table: its heading lines, its rows, and the column zones for a next page."""

    rows: list[Row]
    zones: list[Zone]
    title: str
    top: float
    bottom: float


def blocks_of(
    lines: list[Line], carried: list[Zone] | None = None, look: Look | None = None
) -> list[Block]:
    """All tables of a page that have a header; ``carried`` are a former page's columns."""
    starts = [(i, heads) for i, line in enumerate(lines) if (heads := heads_of(line))]
    blocks: list[Block] = []
    for order, (index, heads) in enumerate(starts):
        others = [h for i, h in starts if i != index]
        left, right = _strip(heads, others)
        ends = [i for i, h in starts[order + 1 :] if not _apart(heads, h)]
        body = [_within(line, left, right) for line in lines[index + 1 : (ends or [len(lines)])[0]]]
        body = [line for line in body if line]
        zones = zones_of(tables_of(heads), [b for b in body if not is_footer(b)])
        title = text_of(lines[index - 1]) if index > 0 else ""
        blocks.append(_block(body, zones, title, middle_of(lines[index]), look))
    if not starts and carried:
        blocks.append(_block(lines, carried, "", 0.0, look))
    return blocks


def _apart(a: list[Head], b: list[Head]) -> bool:
    """Whether two heads stand side by side: two reports on one photo."""
    return a[-1].right < b[0].left or b[-1].right < a[0].left


def _strip(heads: list[Head], others: list[list[Head]]) -> tuple[float, float]:
    """The vertical strip of the page that belongs to a head beside others."""
    left, right = -1e9, 1e9
    for other in others:
        if heads[-1].right < other[0].left:
            right = min(right, (heads[-1].right + other[0].left) / 2)
        elif other[-1].right < heads[0].left:
            left = max(left, (other[-1].right + heads[0].left) / 2)
    return left, right


def _within(line: Line, left: float, right: float) -> Line:
    return [p for p in line if left < p.centre < right]


_CONCLUSION = re.compile(
    r"^[【\[<《■●◆▲一二三四五六七八九十\d、.．]{0,3}(?:体检|总检|主检|综合|健康|医生|检查|诊断|保健|医学|复查|处理)?"
    r"(?:结论|建议|小结|综述|意见|提示|结论与建议|结论及建议)[】\]>》]?[:：]"
)


def is_footer(line: Line) -> bool:
    """Whether the line belongs to the table's foot (signatures, times, notes, conclusions)."""
    text = text_of(line).replace(" ", "")
    return FOOTER.search(text) is not None or _CONCLUSION.match(text) is not None


def _block(body: list[Line], zones: list[Zone], title: str, top: float, look: Look | None) -> Block:
    kept: list[Line] = []
    for line in body:
        if is_footer(line):
            break
        kept.append(line)
    bottom = middle_of(kept[-1]) if kept else top
    rows: list[Row] = []
    for table in sorted({z.table for z in zones}):
        rows.extend(_table_rows(kept, zones, table, look))
    return Block(rows, zones, title, top, bottom)


def _table_rows(body: list[Line], zones: list[Zone], table: int, look: Look | None) -> list[Row]:
    own: list[Piece] = []
    homes: dict[int, str] = {}
    for line in body:
        for zone, pieces in zip(zones, place(line, zones), strict=True):
            if zone.table == table:
                for piece in pieces:
                    homes[id(piece)] = zone.kind
                    own.append(piece)
    columns = frozenset(z.kind for z in zones if z.table == table)
    rows = [_row(line, homes, table, columns) for line in lines_of(own)]
    look_again(rows, look)
    return gather(rows)


def _row(line: Line, homes: dict[int, str], table: int, columns: frozenset[str]) -> Row:
    row = Row(table, middle_of(line), max(p.height for p in line), columns=columns)
    for piece in line:
        row.cells.setdefault(homes[id(piece)], []).append(piece)
    return row


def gather(rows: list[Row]) -> list[Row]:
    """Brings lines that only continue a cell (a range by sex, a long name) to their row."""
    full = [r for r in rows if "result" in r.cells and _has_name(r)]
    pitch = _pitch(full)
    for row in rows:
        if row in full:
            continue
        kinds = set(row.cells) - {"number", "other", "previous", "flag"}
        if kinds and kinds <= {"range", "unit"} and "range" in kinds and full:
            home = _nearest(row, full, pitch)
            if home is not None:
                home.more_ranges.extend(row.cells["range"])
        elif kinds and kinds <= {"name", "abbreviation"} and full:
            _wrap(row, full, pitch)
    return full


def _has_name(row: Row) -> bool:
    return bool(row.cells.get("name") or row.cells.get("abbreviation"))


def _pitch(rows: list[Row]) -> float:
    gaps = sorted(b.level - a.level for a, b in itertools.pairwise(rows))
    return gaps[len(gaps) // 2] if gaps else (rows[0].height * 2 if rows else 0.0)


def _nearest(row: Row, full: list[Row], pitch: float) -> Row | None:
    above = [r for r in full if r.level <= row.level]
    below = [r for r in full if r.level > row.level]
    if above and (above[-1].text("range") or not below):
        near = above[-1]
    else:
        near = min(full, key=lambda r: abs(r.level - row.level))
    if below and not below[0].text("range") and below[0].level - row.level < 1.3 * row.height * 1.5:
        near = below[0]
    return near if abs(near.level - row.level) < max(3.2 * pitch, 6 * row.height) else None


def _wrap(row: Row, full: list[Row], pitch: float) -> None:
    """Joins a wrapped name where it stands closer than the next row would."""
    near = min(full, key=lambda r: abs(r.level - row.level))
    gap = abs(near.level - row.level)
    text, other = row.text("name"), near.text("name")
    if re.match(r"^\s*\d+[.、\s]?", text) or len(text) > 24:
        return
    first, _second = (text, other) if row.level < near.level else (other, text)
    opened = first.count("(") + first.count("（") > first.count(")") + first.count("）")
    if not (opened or gap < min(0.72 * pitch, 1.45 * row.height)):
        return
    for kind in ("name", "abbreviation"):
        own = row.cells.get(kind, [])
        if own:
            there = near.cells.get(kind, [])
            near.cells[kind] = own + there if row.level < near.level else there + own
