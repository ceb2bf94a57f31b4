"""A record worth a page: a visit, drugs, allergies, laboratory, readings before and since."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from bson import ObjectId

from backend.archive.sections import (
    AllergyBody,
    Amount,
    Body,
    Coding,
    ConditionBody,
    EncounterBody,
    MedicationBody,
    ObservationBody,
    PartialDate,
    ReportBody,
    coded,
    named,
)
from backend.archive.sections.allergy import Criticality, Reaction
from backend.archive.sections.condition import ClinicalStatus
from backend.archive.sections.medication import Dosage, MedicationStatus
from backend.archive.sections.result import ReferenceRange, Result, ResultType
from backend.identity.viewer import Viewer
from backend.measurements.draft import Draft, Kind, Meal
from backend.services import Services
from tests.factories import ICD10, a_condition, a_key, a_resident, at, bp, glucose

VISIT = "2026-10-22"  # 30 days before the tests' now
LOINC = "http://loinc.org"


def visit(day: str = VISIT) -> EncounterBody:
    return EncounterBody(
        setting=Coding(code="AMB"),
        start=PartialDate(f"{day}T09:00:00+08:00"),
        facility="幸福里社区卫生服务中心",
    )


def lab(day: str, value: str, code: str = "4548-4", name: str = "糖化血红蛋白") -> ObservationBody:
    return ObservationBody(
        name=coded(LOINC, code, text=name),
        result=Result(type=ResultType.QUANTITY, amount=Amount(value=Decimal(value), unit="%")),
        effective=PartialDate(day),
        references=(ReferenceRange(low=Amount(value=Decimal(4)), high=Amount(value=Decimal(6))),),
    )


def drug(
    name: str, start: str, *, end: str | None = None, dose: str = "每日早晨 1 片"
) -> MedicationBody:
    return MedicationBody(
        name=named(name),
        status=MedicationStatus.COMPLETED if end else MedicationStatus.ACTIVE,
        strength="5 mg/片",
        start=PartialDate(start),
        end=PartialDate(end) if end else None,
        dosages=(Dosage(text=dose, dose=Amount(value=Decimal(5), unit="mg")),),
    )


BODIES: tuple[Body, ...] = (
    visit("2026-06-25"),
    visit(),
    a_condition(),
    ConditionBody(name=coded(ICD10, "J18.9", text="肺炎"), clinical_status=ClinicalStatus.RESOLVED),
    AllergyBody(substance=named("花粉"), criticality=Criticality.LOW),
    AllergyBody(
        substance=named("青霉素"),
        criticality=Criticality.HIGH,
        reactions=(Reaction(manifestations=(named("呼吸困难"),)),),
    ),
    drug("苯磺酸氨氯地平片", "2015-05"),
    drug("缬沙坦胶囊", "2026-11-01"),
    drug("吲达帕胺片", "2020-01", end="2026-11-01"),
    lab("2026-04-01", "7.8"),
    lab("2026-07-01", "7.4"),
    lab("2026-10-20", "7.0"),
    lab("2026-10-20", "5.0", "2823-3", "钾"),
    ReportBody(
        name=named("生化检查"),
        effective=PartialDate("2026-10-20"),
        facility="市第一医院",
        conclusion="糖化血红蛋白偏高",
    ),
)


def readings() -> list[Draft]:
    """Ten days before the visit 150/90 each, ten since 130/80 each; fasting glucose 8 and 6."""
    found = []
    for day in range(1, 11):
        for first, systolic, diastolic, sugar in (
            (at(VISIT) - timedelta(days=20), 150, 90, 8.0),
            (at(VISIT) + timedelta(days=5), 130, 80, 6.0),
        ):
            when = first + timedelta(days=day)
            found += [bp(systolic, diastolic, when), glucose(sugar, when, meal=Meal.FASTING)]
    return found


def symptom(words: str, day: str) -> Draft:
    return Draft(kind=Kind.SYMPTOM, at=at(day), note=words)


async def a_record(services: Services, viewer: Viewer | None = None) -> tuple[Viewer, ObjectId]:
    viewer, resident_id = await a_resident(services, viewer)
    await services.recording.record_batch(viewer, resident_id, readings(), idempotency_key=None)
    for words, day in (("头晕半小时", "2026-11-10"), ("旧的咳嗽", "2026-10-01")):
        await services.recording.record(
            viewer, resident_id, symptom(words, day), idempotency_key=a_key()
        )
    for body in BODIES:
        await services.entries.add(viewer, resident_id, body, idempotency_key=a_key())
    return viewer, resident_id
