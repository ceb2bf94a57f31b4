"""A draft as it is reviewed: what recognition read, with everybody's corrections on it.

Pure. An item's id says where its value stands on which page, so that corrections hold
when a page is added and the report is read once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from backend.reports.correction import HEADER, HEADER_FIELDS, Correction
from backend.reports.results import flag_for, number_in, reference_in
from ocr.kinds.fields import specimen_kind
from ocr.lab import dictionary
from ocr.model import (
    Box,
    Code,
    Flag,
    Item,
    Kind,
    Medication,
    Narrative,
    ParsedReport,
    Reference,
    Repair,
)

LOINC = "http://loinc.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One result. ``page`` and ``box`` are None for what somebody added by hand;
    ``read`` is what recognition found, None for these; ``uncertain`` wants a look."""

    id: str
    name: str
    abbreviation: str | None
    code: Code | None
    value: float | None
    text: str
    unit: str | None
    reference: Reference | None
    flag: Flag | None
    page: int | None = None
    box: Box | None = None
    confidence: float | None = None
    uncertain: bool = False
    doubts: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()
    read: Item | None = None
    removed: bool = False
    changed_by: Correction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of running text, or a drug, under the id that confirming names it by."""

    id: str
    said: Narrative | Medication


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    kind: Kind
    patient_name: str | None
    patient_sex: str | None
    patient_age: int | None
    facility: str | None
    department: str | None
    specimen: str | None
    sample_number: str | None
    collected_at: str | None
    reported_at: str | None
    items: tuple[ReviewItem, ...]
    narrative: tuple[Part, ...]
    medications: tuple[Part, ...]
    warnings: tuple[str, ...]
    header_changed: dict[str, Correction] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[ReviewItem, ...]:
        """The items that confirming takes over."""
        return tuple(each for each in self.items if not each.removed)

    def item(self, item_id: str) -> ReviewItem | None:
        return next((each for each in self.items if each.id == item_id), None)


def review_of(parsed: ParsedReport, corrections: Iterable[Correction]) -> Review:
    """The draft with the corrections that were not undone, oldest first."""
    standing = [each for each in corrections if each.undone_at is None]
    header = {name: each for each in standing if each.target == HEADER for name in each.changes}
    fields = {name: getattr(parsed, name) for name in HEADER_FIELDS}
    fields |= {name: each.changes[name] for name, each in header.items()}
    items = {each.id: each for each in _read_items(parsed)}
    for each in standing:
        if each.changes.get("added"):
            items[each.target] = _blank(each.target)
        if each.target in items:
            items[each.target] = corrected(items[each.target], each, fields["specimen"])
    return Review(
        kind=parsed.kind,
        patient_name=parsed.patient.name,
        patient_sex=parsed.patient.sex,
        patient_age=parsed.patient.age,
        **fields,
        items=tuple(items.values()),
        narrative=tuple(_parts("n", parsed.narrative)),
        medications=tuple(_parts("m", parsed.medications)),
        warnings=tuple(parsed.warnings),
        header_changed=header,
    )


def corrected(item: ReviewItem, correction: Correction, specimen: str | None) -> ReviewItem:
    """The item as the correction says; what depends on what it changed is worked out anew."""
    changes = correction.changes
    changed = replace(
        item,
        uncertain=False,
        removed=bool(changes.get("removed", False)),
        changed_by=correction,
        name=changes.get("name", item.name),
        text=changes.get("text", item.text),
        unit=changes.get("unit", item.unit),
    )
    if "text" in changes:
        changed = replace(changed, value=number_in(changes["text"]))
    if "reference" in changes:
        changed = replace(changed, reference=reference_in(changes["reference"] or ""))
    if changes.keys() & {"text", "reference"}:
        flag = flag_for(changed.value, changed.text, changed.reference)
        changed = replace(changed, flag=flag)
    if "flag" in changes:
        changed = replace(changed, flag=changes["flag"])
    if changes.keys() & {"name", "unit"}:
        changed = replace(changed, code=_code(changed, specimen))
    return changed


def _read_items(parsed: ParsedReport) -> Iterable[ReviewItem]:
    seen: dict[str, int] = {}
    for item in parsed.items:
        place = _place(item.page, item.box)
        seen[place] = seen.get(place, 0) + 1
        # Two results read in one rectangle: the second is told apart by its turn.
        item_id = place if seen[place] == 1 else f"{place}-{seen[place]}"
        yield ReviewItem(
            id=item_id,
            name=item.name,
            abbreviation=item.abbreviation,
            code=item.code,
            value=item.value,
            text=item.text,
            unit=item.unit,
            reference=item.reference,
            flag=item.flag,
            page=item.page,
            box=item.box,
            confidence=item.confidence,
            uncertain=item.needs_review,
            doubts=tuple(item.doubts),
            repairs=tuple(item.repairs),
            read=item,
        )


def _parts(letter: str, said: Iterable[Narrative | Medication]) -> Iterable[Part]:
    for position, each in enumerate(said):
        yield Part(id=f"{letter}{_place(each.page, each.box)}-{position}", said=each)


def _place(page: int, box: Box) -> str:
    return f"p{page}-{'-'.join(map(str, box))}"


def _blank(item_id: str) -> ReviewItem:
    empty: dict[str, Any] = dict.fromkeys(
        ("abbreviation", "code", "value", "unit", "reference", "flag")
    )
    return ReviewItem(id=item_id, name="", text="", **empty)


def _code(item: ReviewItem, specimen: str | None) -> Code | None:
    found = dictionary().match(item.name, item.abbreviation, item.unit, specimen_kind(specimen))
    code = found.entry.code_for(item.unit) if found else None
    return Code(LOINC, code) if code else None
