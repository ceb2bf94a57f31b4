"""Who recorded something and whether it was an error, in the resource itself.

Provenance travels as ``meta.tag``, not as Provenance resources: a tag cannot be
separated from what it says, and half as many resources go out. Resources that
are exported as received carry no tag of ours.
"""

from __future__ import annotations

from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import OWN_SYSTEMS, Mapping
from backend.archive.fhir.model import Origin
from backend.archive.fhir.resources.allergy import VERIFICATION as ALLERGY_VERIFICATION
from backend.archive.fhir.resources.condition import VERIFICATION as CONDITION_VERIFICATION
from backend.archive.sections.base import EntryStatus

ORIGIN = OWN_SYSTEMS + "origin"
_ERROR = "entered-in-error"
_CODED = {"Condition": CONDITION_VERIFICATION, "AllergyIntolerance": ALLERGY_VERIFICATION}
_STATUS_FIELDS = {
    "Condition": "verificationStatus",
    "AllergyIntolerance": "verificationStatus",
    "Goal": "lifecycleStatus",
}


def origin_of(resource: Json) -> Origin | None:
    """The origin that an export of ours wrote, or None."""
    for tag in (resource.get("meta") or {}).get("tag") or ():
        if tag.get("system") == ORIGIN and tag.get("code") in set(Origin):
            return Origin(tag["code"])
    return None


def with_origin(resource: Json, origin: Origin) -> Json:
    """The resource with the tag that says who recorded it."""
    meta = dict(resource.get("meta") or {})
    others = [tag for tag in meta.get("tag") or () if tag.get("system") != ORIGIN]
    meta["tag"] = [*others, {"system": ORIGIN, "code": str(origin)}]
    return {**resource, "meta": meta}


def status_of(resource: Json) -> EntryStatus:
    """ENTERED_IN_ERROR where the resource says so."""
    field = _STATUS_FIELDS.get(resource["resourceType"], "status")
    value = resource.get(field)
    if isinstance(value, dict):
        wrong = any(item.get("code") == _ERROR for item in value.get("coding") or ())
    else:
        wrong = value == _ERROR
    return EntryStatus.ENTERED_IN_ERROR if wrong else EntryStatus.ACTIVE


def with_status(resource: Json, status: EntryStatus, mapping: Mapping) -> Json:
    """The resource saying that status; FHIR's invariants con-5 and ait-2 then allow no
    clinicalStatus."""
    if status_of(resource) is status:
        return resource
    changed = dict(resource)
    field, system = mapping.status_field, _CODED.get(resource["resourceType"])
    if status is EntryStatus.ENTERED_IN_ERROR:
        changed[field] = {"coding": [{"system": system, "code": _ERROR}]} if system else _ERROR
        if system:
            changed.pop("clinicalStatus", None)
    elif mapping.revived is None:
        changed.pop(field)
    else:
        changed[field] = mapping.revived
    return changed
