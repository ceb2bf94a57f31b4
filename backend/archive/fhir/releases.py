"""Which FHIR release a resource is written for, and what can be carried over to R4."""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel

from backend.archive.fhir.errors import FhirTypeUnchecked, FhirTypeUnknown, FhirVersionUnsupported
from backend.archive.fhir.json_text import Json
from backend.archive.sections.tables import table
from backend.core.errors import KangbanError

_TABLE = table("fhir_releases")
_SHAPES = _TABLE["shapes"]
_CARRIED = _TABLE["carried_over"]
_DOSAGE = {"MedicationRequest": "dosageInstruction", "MedicationStatement": "dosage"}
_DOSES = ("doseQuantity", "doseRange", "rateQuantity", "rateRange", "rateRatio")
_ABSTRACT = ("Resource", "DomainResource")
_SHOWN = 60


@cache
def type_fault(fhir_type: str) -> KangbanError | None:
    """None for a type that can be checked; else FHIR_TYPE_UNCHECKED (R4 has it, R4B has not),
    FHIR_VERSION_UNSUPPORTED or FHIR_TYPE_UNKNOWN."""
    if model_of(fhir_type) is not None:
        return None
    if fhir_type in _TABLE["r4_only"]["types"]:
        return FhirTypeUnchecked(type=fhir_type)
    for release in ("STU3", "DSTU2"):
        if fhir_type in _TABLE["removed"][release]:
            return FhirVersionUnsupported(type=fhir_type, release=release)
    return FhirTypeUnknown(type=fhir_type[:_SHOWN])


@cache
def model_of(fhir_type: str) -> type[BaseModel] | None:
    """The R4B model of a resource type, imported when first asked for (0.4 s for the first)."""
    from fhir.resources.R4B import get_fhir_model_class
    from fhir.resources.R4B.resource import Resource

    try:
        model = get_fhir_model_class(fhir_type)
    except ValueError:
        return None
    return model if issubclass(model, Resource) and fhir_type not in _ABSTRACT else None


def older_release(resource: Json) -> FhirVersionUnsupported | None:
    """FHIR_VERSION_UNSUPPORTED where a field proves that the resource is older than R4."""
    fhir_type = resource["resourceType"]
    shape = _SHAPES.get(fhir_type)
    if shape is None:
        return None
    proven = any(field in resource for field in shape["fields"])
    proven = proven or any(isinstance(resource.get(field), str) for field in shape["codes"])
    return FhirVersionUnsupported(type=fhir_type, release=shape["release"]) if proven else None


def carry_over(resource: Json) -> tuple[Json, list[str]]:
    """The resource with what changed its type but not its meaning rewritten for R4, and the
    names of those fields: status codes of conditions and allergies, and doses."""
    fields: list[str] = []
    changed = dict(resource)
    for field, system in _CARRIED.get(resource["resourceType"], {}).items():
        code = resource.get(field)
        if isinstance(code, str):
            changed[field] = {"coding": [{"system": system, "code": code}]}
            fields.append(field)
    dosage = _DOSAGE.get(resource["resourceType"])
    if dosage is not None and isinstance(resource.get(dosage), list):
        changed[dosage] = [_with_doses(item, dosage, fields) for item in resource[dosage]]
    return (changed, list(dict.fromkeys(fields))) if fields else (resource, [])


def _with_doses(item: object, field: str, fields: list[str]) -> object:
    """STU3 had the dose beside the timing; R4 has it inside ``doseAndRate``."""
    if not isinstance(item, dict):
        return item
    doses = {key: item[key] for key in _DOSES if key in item}
    if not doses:
        return item
    fields.append(field)
    rest = {key: value for key, value in item.items() if key not in doses}
    return {**rest, "doseAndRate": [doses]}
