"""The bodies of the archive's entries, one file a section.

Pure values: no database, no web. Everything is frozen and refuses what it does
not name. ``BODIES`` maps a section to its class; ``body_of`` reads stored data
back; ``build`` makes a body from what a client sent and answers with an error
of the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from backend.archive.sections.allergy import AllergyBody
from backend.archive.sections.base import Body, EntryStatus, Section
from backend.archive.sections.care_plan import CarePlanBody
from backend.archive.sections.child import ChildBody
from backend.archive.sections.condition import ConditionBody
from backend.archive.sections.document import DocumentBody
from backend.archive.sections.encounter import EncounterBody
from backend.archive.sections.errors import EntryInvalid
from backend.archive.sections.family_history import FamilyHistoryBody
from backend.archive.sections.goal import GoalBody
from backend.archive.sections.immunization import ImmunizationBody
from backend.archive.sections.lifestyle import LifestyleBody
from backend.archive.sections.medication import MedicationBody
from backend.archive.sections.observation import ObservationBody
from backend.archive.sections.partial_date import PartialDate, Precision
from backend.archive.sections.plausibility import check_dates
from backend.archive.sections.pregnancy import PregnancyBody
from backend.archive.sections.procedure import ProcedureBody
from backend.archive.sections.profile import Profile
from backend.archive.sections.questionnaire import QuestionnaireBody
from backend.archive.sections.report import ReportBody
from backend.archive.sections.values import Amount, Coding, Concept, Value, coded, named

BODIES: dict[Section, type[Body]] = {
    body.section: body
    for body in (
        ConditionBody,
        AllergyBody,
        MedicationBody,
        ImmunizationBody,
        ProcedureBody,
        FamilyHistoryBody,
        EncounterBody,
        LifestyleBody,
        PregnancyBody,
        ChildBody,
        ObservationBody,
        ReportBody,
        DocumentBody,
        QuestionnaireBody,
        CarePlanBody,
        GoalBody,
    )
}


def body_of(section: Section, data: Mapping[str, Any]) -> Body:
    """The body that ``body.model_dump(mode="json")`` was taken from."""
    return BODIES[section].model_validate(data)


def build(section: Section, data: Mapping[str, Any]) -> Body:
    """A body from outside. Raises ENTRY_INVALID naming the fields (never their values), or the
    more exact error of a date, a text or a code."""
    try:
        return BODIES[section].model_validate(data)
    except ValidationError as error:
        raise invalid(error) from error


def invalid(error: ValidationError) -> EntryInvalid:
    """ENTRY_INVALID with the places of a pydantic error."""
    places = [".".join(map(str, item["loc"])) or "body" for item in error.errors()]
    return EntryInvalid(fields=", ".join(dict.fromkeys(places[:20])))


__all__ = [
    "BODIES",
    "AllergyBody",
    "Amount",
    "Body",
    "CarePlanBody",
    "ChildBody",
    "Coding",
    "Concept",
    "ConditionBody",
    "DocumentBody",
    "EncounterBody",
    "EntryStatus",
    "FamilyHistoryBody",
    "GoalBody",
    "ImmunizationBody",
    "LifestyleBody",
    "MedicationBody",
    "ObservationBody",
    "PartialDate",
    "Precision",
    "PregnancyBody",
    "ProcedureBody",
    "Profile",
    "QuestionnaireBody",
    "ReportBody",
    "Section",
    "Value",
    "body_of",
    "build",
    "check_dates",
    "coded",
    "invalid",
    "named",
]
