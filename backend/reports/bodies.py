"""A reviewed report as bodies of the archive. Pure: nothing is invented, nothing judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bson import ObjectId

from backend.archive.sections import (
    Amount,
    Body,
    Coding,
    Concept,
    ConditionBody,
    DocumentBody,
    MedicationBody,
    ObservationBody,
    PartialDate,
    Precision,
    ReportBody,
    named,
)
from backend.archive.sections.condition import Verification
from backend.archive.sections.document import Attachment
from backend.archive.sections.medication import Basis, Dosage
from backend.archive.sections.result import ReferenceRange, Result, ResultType
from backend.archive.sections.tables import UCUM
from backend.reports import wording
from backend.reports.report import Report
from backend.reports.results import compared_in, digits_in
from backend.reports.review import Review, ReviewItem
from ocr.model import Box, Medication, Narrative

DOCUMENT, REPORT = "document", "report"
_UCUM_CODES = frozenset({
    "%", "g/L", "mg/L", "ug/L", "ng/L", "g/dL", "mg/dL", "ug/dL", "ng/dL", "ng/mL", "ug/mL",
    "pg/mL", "mol/L", "mmol/L", "umol/L", "nmol/L", "pmol/L", "mmol/mol", "U/L", "kU/L", "U/mL",
    "fL", "pg", "s", "ms", "min", "mm/h", "mL/min", "10*9/L", "10*12/L", "mm[Hg]", "kPa", "cm",
    "kg", "kg/m2", "mg/g", "mg/24h", "g/24h", "ug/min",
})  # fmt: skip
_UCUM_SPELLINGS = {
    "10^9/L": "10*9/L", "10^12/L": "10*12/L", "10^6/L": "10*6/L", "mmHg": "mm[Hg]",
    "IU/L": "[IU]/L", "IU/mL": "[IU]/mL", "kIU/L": "k[IU]/L", "mIU/L": "m[IU]/L",
    "uIU/mL": "u[IU]/mL", "mIU/mL": "m[IU]/mL", "℃": "Cel",
}  # fmt: skip
_MOST_NOTES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A body under the part's id; ``page`` and ``box`` say where on the paper it stands."""

    part: str
    body: Body
    page: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Parts that the resident takes over beside the results, by their ids."""

    medications: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()


def effective_of(review: Review) -> PartialDate | None:
    """When the specimen was taken, else when the paper was issued."""
    return wording.date_of(review.collected_at) or wording.date_of(review.reported_at)


def document_of(report: Report, review: Review) -> Planned:
    """The original, as DocumentReference; its files are ``Binary/<blob id>``."""
    attachments = tuple(
        Attachment(
            content_type=file["content_type"],
            size=file["size"],
            url=f"Binary/{file['blob_id']}",
            created=PartialDate.of(file["added_at"]),
        )
        for file in report.files
    )
    body = DocumentBody(
        attachments=attachments,
        kind=wording.kind_concept(review.kind),
        dated=wording.date_of(review.reported_at) or effective_of(review),
        facility=review.facility,
    )
    return Planned(part=DOCUMENT, body=body)


def report_of(review: Review, results: list[str]) -> Planned:
    """The paper as DiagnosticReport. ``results`` are references to its observations."""
    issued = wording.date_of(review.reported_at)
    summed = [
        part.said.text
        for part in review.narrative
        if isinstance(part.said, Narrative) and wording.sums_up(part.said.section)
    ]
    body = ReportBody(
        name=wording.kind_concept(review.kind),
        kinds=wording.service_concepts(review.kind),
        effective=effective_of(review),
        issued=issued if issued and issued.precision is Precision.INSTANT else None,
        facility=review.facility,
        specimens=(review.specimen,) if review.specimen else (),
        results=tuple(results),
        conclusion="\n".join(summed) or None,
    )
    return Planned(part=REPORT, body=body)


def observation_of(item: ReviewItem, review: Review) -> Planned:
    """One result as Observation, value and range as printed."""
    issued = wording.date_of(review.reported_at)
    lab = review.kind == "lab_report"
    body = ObservationBody(
        name=_name(item),
        kinds=(wording.category_concept(review.kind),),
        result=result_of(item),
        interpretation=wording.flag_concepts(item.flag),
        references=_references(item),
        effective=effective_of(review),
        issued=issued if issued and issued.precision is Precision.INSTANT else None,
        specimen=review.specimen if lab else None,
        performers=(review.facility,) if review.facility else (),
        notes=_notes(item),
    )
    return Planned(part=item.id, body=body, page=item.page, box=item.box)


def medications_of(review: Review, choice: Choice) -> Iterator[Planned]:
    """The drugs that were chosen, as prescribed; how they are taken stays as printed."""
    day = wording.date_of(review.reported_at) or effective_of(review)
    for part in review.medications:
        drug = part.said
        if part.id in choice.medications and isinstance(drug, Medication):
            said = [drug.dose, drug.route, drug.frequency]
            text = "，".join(each for each in said if each)
            body = MedicationBody(
                basis=Basis.REQUEST,
                name=named(drug.name),
                strength=drug.strength,
                dosages=(Dosage(text=text),) if text else (),
                start=day,
                end=_end(day, drug.days),
                recorded=day,
            )
            yield Planned(part=part.id, body=body, page=drug.page, box=drug.box)


def conditions_of(review: Review, choice: Choice) -> Iterator[Planned]:
    """Diagnoses on the paper that were chosen; unconfirmed, since a person typed them off."""
    day = wording.date_of(review.reported_at) or effective_of(review)
    for part in review.narrative:
        said = part.said
        if part.id in choice.conditions and isinstance(said, Narrative):
            body = ConditionBody(
                name=named(said.text),
                verification=Verification.UNCONFIRMED,
                recorded=day,
                notes=(said.section,),
            )
            yield Planned(part=part.id, body=body, page=said.page, box=said.box)


def result_of(item: ReviewItem) -> Result:
    """A quantity with the digits as printed, or the words."""
    digits, compared = digits_in(item.text), compared_in(item.text)
    if digits is None and item.value is not None:
        digits = f"{item.value:.15g}"
    if digits is not None:
        return Result(type=ResultType.QUANTITY, amount=_amount(digits, item.unit))
    if compared is not None:
        amount = _amount(compared.value, item.unit).model_copy(
            update={"comparator": compared.comparator}
        )
        return Result(type=ResultType.QUANTITY, amount=amount)
    return Result(type=ResultType.STRING, text=item.text)


def reference_to(entry_id: ObjectId) -> str:
    """How a report names one of its results."""
    return f"Observation/{entry_id}"


def _name(item: ReviewItem) -> Concept:
    code = item.code
    codings = (Coding(system=code.system, code=code.code),) if code else ()
    return Concept(text=item.name, codings=codings)


def _amount(digits: str, unit: str | None) -> Amount:
    ucum = _UCUM_SPELLINGS.get(unit or "", unit)
    known = ucum is not None and (ucum in _UCUM_CODES or ucum in _UCUM_SPELLINGS.values())
    return Amount(
        value=Decimal(digits),
        unit=unit,
        system=UCUM if known else None,
        code=ucum if known else None,
    )


def _references(item: ReviewItem) -> tuple[ReferenceRange, ...]:
    reference = item.reference
    if reference is None:
        return ()
    low, high = (
        None if bound is None else _amount(f"{bound:.15g}", item.unit)
        for bound in (reference.low, reference.high)
    )
    return (ReferenceRange(low=low, high=high, text=reference.text or None),)


def _notes(item: ReviewItem) -> tuple[str, ...]:
    """What was repaired or corrected, so that nobody takes it for what the machine read."""
    notes = [f"识别修正：{each.read} → {each.repaired}" for each in item.repairs]
    read = item.read
    if item.changed_by is not None and read is not None and read.text != item.text:
        notes.append(f"人工更正：{read.text} → {item.text}")
    return tuple(notes[:_MOST_NOTES])


def _end(day: PartialDate | None, days: int | None) -> PartialDate | None:
    if day is None or not days or day.precision not in (Precision.DAY, Precision.INSTANT):
        return None
    last = day.local() + timedelta(days=days - 1)
    return PartialDate(last.date().isoformat())
