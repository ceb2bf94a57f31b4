"""The page as PDF, on exactly one A4 sheet: rows are limited by the rules, so it always fits."""

from __future__ import annotations

from collections.abc import Sequence

from backend.summary import said
from backend.summary.errors import SummaryFontMissing
from backend.summary.fonts import faces
from backend.summary.model import Line, Some, Summary
from backend.summary.rules import say
from backend.summary.sheet import GREY, HEIGHT, INK, LINE, MARGIN, RED, WIDTH, Sheet

_FULL = WIDTH - 2 * MARGIN
_GAP = 6.0
_HALF = (_FULL - _GAP) / 2
_RIGHT = MARGIN + _HALF + _GAP
_ROW, _LAB = 6.0, 8.0
_COLUMNS = (29.0, 29.0, 23.0, 23.0, 14.0, 20.0, 27.0, 23.0)  # as said.HEADS


def pdf(summary: Summary) -> bytes:
    """PDF with its font embedded. Raises ``SummaryFontMissing``."""
    found = faces()
    if found is None:
        raise SummaryFontMissing
    title = say("title", summary.language)
    sheet = Sheet(found, at=summary.window.until, title=title)
    y = _header(sheet, summary, title)
    y = _background(sheet, summary, y)
    y = _indicators(sheet, summary, y)
    y = _labs(sheet, summary, y)
    _course(sheet, summary, y)
    sheet.text(MARGIN, HEIGHT - MARGIN - 2, say("note", summary.language), size=7.2, colour=GREY)
    return sheet.pdf()


def _header(sheet: Sheet, summary: Summary, title: str) -> float:
    sheet.text(MARGIN, MARGIN - 3, "　".join(said.who(summary)), size=15, bold=True)
    sheet.text(MARGIN + 120, MARGIN - 2, title, width=_FULL - 120, size=11, colour=GREY, right=True)
    sheet.text(MARGIN, MARGIN + 5, said.made(summary), size=8, colour=GREY)
    withheld = said.withheld(summary)
    if not withheld:
        return MARGIN + 10.5
    sheet.text(MARGIN, MARGIN + 9.4, withheld, size=9, bold=True, colour=RED)
    return MARGIN + 15


def _background(sheet: Sheet, summary: Summary, y: float) -> float:
    """Problems and allergies on the left, drugs on the right."""
    language, none = summary.language, say("none", summary.language)
    left = right = y
    if summary.problems is not None:
        left = _lines(sheet, "problems", summary.problems, language, MARGIN, left, none)
    if summary.allergies is not None:
        left = _lines(sheet, "allergies", summary.allergies, language, MARGIN, left, none)
    if summary.medications is not None:
        right = _drugs(sheet, summary.medications, summary, right, none)
    return max(left, right)


def _lines(
    sheet: Sheet, key: str, some: Some[Line], language: str, x: float, y: float, none: str
) -> float:
    y = sheet.heading(x, y, say(key, language), width=_HALF)
    for line in some.shown:
        colour = RED if line.marked else INK
        sheet.runs(x, y, [(line.text, True, colour), (line.detail, False, GREY)], width=_HALF)
        y += LINE
    return _rest(sheet, some, language, x, y, none)


def _pairs(
    sheet: Sheet, key: str, some: Some[Line], language: str, x: float, y: float, none: str
) -> float:
    """Each text with its detail on the line below."""
    y = sheet.heading(x, y, say(key, language), width=_HALF)
    for line in some.shown:
        colour = RED if line.marked else INK
        sheet.text(x, y, line.text, width=_HALF, bold=True, colour=colour)
        sheet.text(x + 3, y + LINE - 0.4, line.detail, width=_HALF - 3, size=8.4, colour=GREY)
        y += 2 * LINE - 0.6
    return _rest(sheet, some, language, x, y, none)


def _drugs(sheet: Sheet, some: Some[Line], summary: Summary, y: float, none: str) -> float:
    y = _pairs(sheet, "medications", some, summary.language, _RIGHT, y, none)
    changes = summary.medication_changes
    if changes is not None and changes.shown:
        text = "；".join(line.text for line in changes.shown)
        sheet.text(_RIGHT, y - 1, text, width=_HALF, colour=RED)
        y += LINE
    return y


def _rest(sheet: Sheet, some: Some[Line], language: str, x: float, y: float, none: str) -> float:
    """What was left out, or that there is nothing; where the next part begins."""
    words = said.more(some, language) if some.shown else none
    if words:
        sheet.text(x, y, words, width=_HALF, colour=GREY)
        y += LINE
    return y + 1.6


def _indicators(sheet: Sheet, summary: Summary, y: float) -> float:
    if summary.indicators is None:
        return y
    language = summary.language
    y = sheet.heading(MARGIN, y, say("indicators", language), width=_FULL)
    sheet.text(MARGIN + 24, y - 6.2, summary.window.words, width=_FULL - 24, size=8.4, colour=GREY)
    if not summary.indicators.shown:
        sheet.text(MARGIN, y, say("none_since", language), colour=GREY)
        return y + LINE + 1.6
    _cells(sheet, said.heads(language), y, colour=GREY, size=7.6)
    y += 4.6
    for each in summary.indicators.shown:
        row = said.indicator_row(each, language)
        sheet.rule(MARGIN, y - 0.4, _FULL)
        _cells(sheet, row.cells, y, colour=INK, size=8.6)
        x = MARGIN + sum(_COLUMNS[:-1])
        sheet.spark(row.spark, x + 1, y + 0.4, _COLUMNS[-1] - 2, _ROW - 2)
        y += _ROW
    return y + 1.6


def _cells(
    sheet: Sheet, cells: Sequence[str], y: float, *, colour: tuple[int, int, int], size: float
) -> None:
    x = MARGIN
    for place, (cell, width) in enumerate(zip(cells, _COLUMNS, strict=False)):
        sheet.text(x, y, cell, width=width, size=size, bold=place == 0, colour=colour)
        x += width


def _labs(sheet: Sheet, summary: Summary, y: float) -> float:
    """Two columns, filled row by row."""
    if summary.labs is None:
        return y
    language = summary.language
    y = sheet.heading(MARGIN, y, say("labs", language), width=_FULL)
    for place, each in enumerate(summary.labs.shown):
        row, x = said.lab_row(each, language), (MARGIN, _RIGHT)[place % 2]
        result, room = f"{row.value} {row.flag}".strip(), _HALF - 19
        # The name gives way, never the value.
        wide = sheet.width_of(result, bold=True)
        used = sheet.text(x, y, row.name, width=room - wide, bold=True)
        sheet.text(
            x + used + 1.2, y, result, width=wide, bold=True, colour=RED if row.flag else INK
        )
        sheet.text(x + 3, y + LINE - 0.5, row.detail, width=_HALF - 3, size=8, colour=GREY)
        sheet.spark(row.spark, x + room + 1, y + 0.4, 17, 3.4)
        y += _LAB if place % 2 else 0
    y += _LAB if len(summary.labs.shown) % 2 else 0
    words = said.more(summary.labs, language) or (
        "" if summary.labs.shown else say("none", language)
    )
    if words:
        sheet.text(MARGIN, y, words, colour=GREY)
        y += LINE
    return y + 1.6


def _course(sheet: Sheet, summary: Summary, y: float) -> None:
    """Reports beside alerts; below them what the family notes."""
    language, none = summary.language, say("none", summary.language)
    left = right = y
    if summary.reports is not None:
        left = _pairs(sheet, "reports", summary.reports, language, MARGIN, y, none)
    if summary.alerts is not None:
        right = _pairs(sheet, "alerts", summary.alerts, language, _RIGHT, y, none)
    if summary.symptoms is None:
        return
    y = sheet.heading(MARGIN, max(left, right), say("symptoms", language), width=_FULL)
    for line in summary.symptoms.shown:
        # The date first: a long text must not push it off the line.
        parts = [(line.detail, False, GREY), (line.text, False, INK)]
        sheet.runs(MARGIN, y, parts, width=_FULL)
        y += LINE
    _rest(sheet, summary.symptoms, language, MARGIN, y, say("none_since", language))
