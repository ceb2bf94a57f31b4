"""All pages together as one report: kind, whose, items, running text, drugs."""

from __future__ import annotations

import itertools
import re

from ocr.kinds.classify import kind_of
from ocr.kinds.dates import read_date
from ocr.kinds.fields import (
    facility_of,
    fields_of,
    panel_kind,
    patient_of,
    specimen_kind,
)
from ocr.kinds.medications import medications_of
from ocr.kinds.narrative import narrative_of
from ocr.layout.grammar import rows_without_head
from ocr.layout.items import Context, items_of
from ocr.layout.lines import Line, text_of
from ocr.layout.pairs import pairs_of
from ocr.layout.rows import Block, blocks_of
from ocr.layout.zones import Zone
from ocr.model import Item, Kind, ParsedReport
from ocr.page import PageText

_DATE_FIELDS: dict[str, tuple[str, ...]] = {
    "lab_report": ("reported", "audited", "tested"),
    "checkup": ("checkup", "reported", "tested", "audited"),
    "prescription": ("prescribed", "reported"),
    "discharge": ("discharged", "reported", "prescribed"),
    "imaging": ("reported", "audited", "tested"),
    "ecg": ("reported", "audited", "tested"),
    "other": ("reported",),
}
_WITH_ITEMS = {"lab_report", "checkup", "ecg"}


def report_of(pages: list[PageText], engine: str) -> ParsedReport:
    """The report that the pages make together."""
    texts = [spaced(line) for page in pages for line in page.lines]
    blocks = _blocks(pages)
    kind = kind_of(texts, sum(len(b.rows) for page in blocks for b in page))
    fields = fields_of(texts)
    patient = patient_of(fields, texts)
    specimen = _first(fields, "specimen")
    report = ParsedReport(
        kind=kind,
        engine=engine,
        pages=len(pages),
        patient=patient,
        facility=facility_of(texts) if kind != "other" else None,
        department=_first(fields, "department"),
        specimen=specimen,
        sample_number=_first(fields, "sample_number"),
        collected_at=_date(fields, ("collected",)),
        reported_at=_date(fields, _DATE_FIELDS[kind]),
        text="\n".join(text_of(line) for page in pages for line in page.lines),
        quality=[page.quality for page in pages],
    )
    for page, own in zip(pages, blocks, strict=True):
        _read_page(report, page, own, specimen)
    _warn(report, fields)
    return report


def spaced(line: Line) -> str:
    """The line's text with its wide gaps kept as two spaces."""
    parts = sorted(line, key=lambda p: p.left)
    text = parts[0].text if parts else ""
    for before, after in itertools.pairwise(parts):
        text += ("  " if after.left - before.right > 0.5 * after.height else "") + after.text
    return text


def _blocks(pages: list[PageText]) -> list[list[Block]]:
    found: list[list[Block]] = []
    carried: list[Zone] | None = None
    for page in pages:
        own = blocks_of(page.lines, carried, page.look)
        if any(b.rows for b in own):
            carried = own[-1].zones
        elif rows := rows_without_head(page.lines):
            own = [Block(rows, [], "", 0.0, 0.0)]
        found.append(own)
    return found


def _read_page(
    report: ParsedReport, page: PageText, blocks: list[Block], specimen: str | None
) -> None:
    used: set[int] = set()
    if report.kind in _WITH_ITEMS:
        for block in blocks:
            title = panel_kind(block.title) or specimen_kind(specimen) or panel_kind(_title(page))
            report.items.extend(items_of(block.rows, _context(report, page, title)))
            used.update(_chars(block))

    def in_table(line: Line) -> bool:
        return any(id(c) in used for p in line for c in p.chars)

    claimed = set(used)
    report.narrative.extend(
        narrative_of(page.lines, report.kind, page.number, page.boxes.loose, in_table, claimed)
    )
    if report.kind in {"ecg", "checkup"}:
        context = _context(report, page, None)
        colon = report.kind == "checkup"
        report.items.extend(pairs_of(page.lines, context, claimed, colon))
    if report.kind in {"prescription", "discharge"}:
        report.medications.extend(medications_of(page.lines, page.number, page.boxes.loose))


def _context(report: ParsedReport, page: PageText, specimen: str | None) -> Context:
    patient = report.patient
    return Context(page.number, patient.sex, patient.age, specimen, page.boxes.around)


def _chars(block: Block) -> set[int]:
    return {id(c) for row in block.rows for ps in row.cells.values() for p in ps for c in p.chars}


def _title(page: PageText) -> str:
    return " ".join(text_of(line) for line in page.lines[:8])


def _first(fields: dict[str, list[str]], kind: str) -> str | None:
    values = fields.get(kind)
    return re.split(r"\s{2,}", values[0])[0].strip() or None if values else None


def _date(fields: dict[str, list[str]], kinds: tuple[str, ...]) -> str | None:
    for kind in kinds:
        for value in fields.get(kind, []):
            found = read_date(value)
            if found is not None:
                return found
    return None


def _warn(report: ParsedReport, fields: dict[str, list[str]]) -> None:
    names = {re.split(r"\s", v)[0] for v in fields.get("name", []) if re.match(r"[一-鿿·]{2,4}", v)}
    if len(names) > 1:
        report.warnings.append("several_patients")
        for item in report.items:
            item.needs_review = True
    if report.kind == "other" and not report.text:
        report.warnings.append("no_text")


__all__ = ["Item", "Kind", "report_of"]
