"""Which mapping reads a resource, and which writes a body."""

from __future__ import annotations

from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.fhir.resources import (
    allergy,
    care_plan,
    child,
    condition,
    document,
    encounter,
    family_history,
    goal,
    immunization,
    lifestyle,
    medication,
    observation,
    pregnancy,
    procedure,
    questionnaire,
    report,
)
from backend.archive.sections.base import Body, Section
from backend.archive.sections.medication import Basis, MedicationBody

_BY_TYPE: dict[str, Mapping] = {
    mapping.fhir_type: mapping
    for mapping in (
        allergy.MAPPING,
        care_plan.MAPPING,
        condition.MAPPING,
        document.MAPPING,
        encounter.MAPPING,
        family_history.MAPPING,
        goal.MAPPING,
        immunization.MAPPING,
        medication.REQUEST,
        medication.STATEMENT,
        observation.MAPPING,
        procedure.MAPPING,
        questionnaire.MAPPING,
        report.MAPPING,
    )
}

_BY_SECTION: dict[Section, Mapping] = {
    Section.CONDITION: condition.MAPPING,
    Section.ALLERGY: allergy.MAPPING,
    Section.IMMUNIZATION: immunization.MAPPING,
    Section.PROCEDURE: procedure.MAPPING,
    Section.FAMILY_HISTORY: family_history.MAPPING,
    Section.ENCOUNTER: encounter.MAPPING,
    Section.LIFESTYLE: lifestyle.MAPPING,
    Section.PREGNANCY: pregnancy.MAPPING,
    Section.CHILD: child.MAPPING,
    Section.OBSERVATION: observation.MAPPING,
    Section.REPORT: report.MAPPING,
    Section.DOCUMENT: document.MAPPING,
    Section.QUESTIONNAIRE: questionnaire.MAPPING,
    Section.CARE_PLAN: care_plan.MAPPING,
    Section.GOAL: goal.MAPPING,
}


def mapping_of(resource: Json) -> Mapping | None:
    """The mapping that reads this resource; None for a type that is not modelled."""
    if resource["resourceType"] != "Observation":
        return _BY_TYPE.get(resource["resourceType"])
    if lifestyle.aspect_of(resource) is not None and _has_content(resource):
        return lifestyle.MAPPING
    if child.aspect_of(resource) is not None:
        return child.MAPPING
    if pregnancy.status_of(resource) is not None:
        return pregnancy.MAPPING
    return observation.MAPPING


def _has_content(resource: Json) -> bool:
    """Whether a lifestyle Observation says how, and not only that it was asked."""
    values = ("valueCodeableConcept", "valueQuantity", "valueString", "note")
    return any(resource.get(name) for name in values)


def mapping_for(body: Body) -> Mapping:
    """The mapping that writes this body."""
    if isinstance(body, MedicationBody):
        return medication.REQUEST if body.basis is Basis.REQUEST else medication.STATEMENT
    return _BY_SECTION[body.section]
