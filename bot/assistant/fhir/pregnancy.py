"""Observations of a pregnancy: its status, the last period, the date the child is due."""

from __future__ import annotations

from collections.abc import Iterator

from bot.assistant.fhir.elements import Resource, codes, concept_text, decimal, notes
from bot.assistant.fhir.observations import observed_at
from bot.assistant.records import Area, Entry

# source: LOINC 82810-3 pregnancy status, 8665-2 last menstrual period, 11778-8 delivery date
# estimated, 49051-6 gestational age in weeks; answers LA15173-0, SNOMED CT 77386006 pregnant
_STATUS = "82810-3"
_PARTS = {"8665-2": "lmp", "11778-8": "due", "49051-6": "weeks"}
_PREGNANT = {"LA15173-0", "77386006", "pregnant"}


def pregnancy(resource: Resource, ref: str) -> Entry | None:
    """``details``: ``lmp`` and ``due`` as dates, ``weeks`` at the entry's start. ``active`` where
    she is pregnant; None where the Observation tells of no pregnancy's dates."""
    own = set(codes(resource.get("code")))
    details = dict(_details(resource))
    if _STATUS not in own and not details:
        return None
    answers = set(codes(resource.get("valueCodeableConcept")))
    at = observed_at(resource)
    return Entry(
        area=Area.PREGNANCY,
        ref=ref,
        name=concept_text(resource.get("code")),
        start=at.at if at else None,
        start_text=at.text if at else None,
        active=_STATUS not in own or bool(answers & _PREGNANT),
        text=notes(resource),
        details=details,
    )


def _details(resource: Resource) -> Iterator[tuple[str, str]]:
    components = resource.get("component") or []
    for holder in (resource, *(c for c in components if isinstance(c, dict))):
        for code in codes(holder.get("code")):
            said = _value(holder) if code in _PARTS else ""
            if said:
                yield _PARTS[code], said


def _value(holder: Resource) -> str:
    quantity = holder.get("valueQuantity")
    if isinstance(quantity, dict):
        number = decimal(quantity.get("value"))
        return "" if number is None else format(number, "f")
    return str(holder.get("valueDateTime") or "")[:10]
