"""A table's rows as coded items."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ocr.lab import Match, dictionary
from ocr.layout.arrows import Measured, put_back
from ocr.layout.cells import Cells, read_cells
from ocr.layout.doubts import confidence, doubts_of
from ocr.layout.flags import flag_of
from ocr.layout.pieces import Piece
from ocr.layout.ranges import choose
from ocr.layout.repair import (
    repair_last_letter,
    repair_name,
    repair_range,
    repair_short_name,
    repair_unit,
    repair_value,
)
from ocr.layout.rows import Row
from ocr.layout.values import DOWN, UP, Result, fold, is_result, read_mark
from ocr.model import Box, Code, Item, Reference, Sex

LOINC = "http://loinc.org"
_NO_NAME = re.compile(
    r"^(姓名|性别|年龄|科室|床号|病区|标本|样本|诊断|备注|医生|日期|时间|项目|结果|单位|合计|小结|检查者|检查医生|"
    r"检验者|审核者|参考|页码|门诊号|住院号|条码|病历号|结论|建议|总检|体检日期|体检编号|电话|地址|单位名称|申请|临床)"
)
_NO_RESULT = re.compile(r"^\d{4}[-/.年]\d{1,2}[-/.月]|^\d{1,2}:\d{2}|^\d{8,}$")


@dataclass(frozen=True, slots=True)
class Context:
    """What the page knows beyond the row."""

    page: int
    sex: Sex | None
    age: float | None
    specimen: str | None
    box: Callable[[list[Piece]], Box]


def items_of(rows: list[Row], context: Context) -> list[Item]:
    """The rows that are results, in the order they stand."""
    read = [(row, read_cells(row)) for row in rows]
    kept = [(row, cells) for row, cells in read if _is_item(cells, row)]
    for _, cells in kept:
        cells.range_text = repair_range(cells.range_text, cells.repairs)
    ranges = [choose(cells.range_text, context.sex, context.age) for _, cells in kept]
    put_back(
        [
            Measured(cells, reference, context.specimen)
            for (_, cells), reference in zip(kept, ranges, strict=True)
        ],
        [row.text("result") for row, _ in kept],
    )
    return [
        _item_of(cells, reference, context)
        for (_, cells), reference in zip(kept, ranges, strict=True)
    ]


def _item_of(cells: Cells, reference: Reference | None, context: Context) -> Item:
    cells.name = repair_last_letter(cells.name, cells.repairs)
    match = dictionary().match(cells.name, cells.abbreviation, cells.unit, context.specimen)
    if match is None:
        cells.name = repair_short_name(
            cells.name, cells.abbreviation, cells.unit, context.specimen, cells.repairs
        )
        match = dictionary().match(cells.name, cells.abbreviation, cells.unit, context.specimen)
    unit = repair_unit(cells.unit, match, cells.repairs)
    if unit != cells.unit:
        match = dictionary().match(cells.name, cells.abbreviation, unit, context.specimen)
    result = repair_value(cells.result, unit, reference, match, cells.repairs)
    return _item(cells, result, unit, reference, match, context)


def _item(
    cells: Cells,
    result: Result,
    unit: str | None,
    reference: Reference | None,
    match: Match | None,
    context: Context,
) -> Item:
    name_score = _weakest_name(cells)
    name = repair_name(cells.name, name_score, match, cells.repairs)
    doubts = doubts_of(cells, result, unit, reference, match, name_score)
    code = match.entry.code_for(unit) if match is not None else None
    sure = confidence(cells, doubts, match, name_score)
    return Item(
        name=name,
        abbreviation=cells.abbreviation,
        code=Code(LOINC, code) if code is not None else None,
        value=result.value,
        text=result.text,
        unit=unit,
        reference=reference,
        flag=flag_of(result, reference, cells.mark, cells.calm),
        page=context.page,
        box=context.box(value_pieces(cells.pieces, cells.result.text)),
        confidence=sure,
        needs_review=bool([d for d in doubts if d != "unknown_item"]) or sure < 0.8,
        repairs=cells.repairs,
        doubts=doubts,
    )


def _weakest_name(cells: Cells) -> float:
    return min((p.weakest for p in cells.name_pieces), default=0.0)


def _is_item(cells: Cells, row: Row) -> bool:
    if not re.search(r"[A-Za-z一-鿿]", cells.name) or len(cells.name) > 40:
        return False
    if not cells.pieces or not cells.result.text or _NO_RESULT.match(cells.result.text):
        return False
    known = dictionary().knows(cells.name) or bool(
        cells.abbreviation and dictionary().knows(cells.abbreviation)
    )
    if _NO_NAME.match(cells.name) and not known:
        return False
    if cells.name in {"姓", "名", "性", "别", "年", "龄", "岁", "姓 名", "性 别", "年 龄"}:
        return False
    if cells.name.endswith((":", "：")) or len(cells.result.text) > 60:
        return False
    if known or cells.range_text or cells.unit:
        return True
    return is_result(cells.result.text) or len(cells.result.text) <= 24


def value_pieces(pieces: list[Piece], text: str) -> list[Piece]:
    """The characters that are the result itself, for the box around the value."""
    solid = [(p, i) for p in pieces for i in range(len(p.chars)) if not p.chars[i].char.isspace()]
    whole = "".join(fold(p.chars[i].char)[:1] or " " for p, i in solid)
    at = whole.find(text.replace(" ", "")) if text else -1
    if at < 0:
        return _unmarked(pieces)
    kept: list[Piece] = []
    for piece in pieces:
        own = [i for p, i in solid[at : at + len(text.replace(" ", ""))] if p is piece]
        part = piece.part(own[0], own[-1] + 1) if own else None
        if part is not None:
            kept.append(part)
    return kept or _unmarked(pieces)


def _unmarked(pieces: list[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    for piece in pieces:
        chars = piece.chars
        start, end = 0, len(chars)
        while start < end and (chars[start].char in UP + DOWN + "*★ "):
            start += 1
        while end > start and (chars[end - 1].char in UP + DOWN + "*★ "):
            end -= 1
        if (
            end - start >= 2
            and chars[end - 1].char in "HL"
            and (chars[end - 2].char.isdigit() or chars[end - 2].char == " ")
        ):
            end -= 1
        part = piece.part(start, end)
        if part is not None and read_mark(part.text) in (None, "normal"):
            kept.append(part)
    return kept or pieces
