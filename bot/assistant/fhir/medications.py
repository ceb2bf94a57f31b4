"""MedicationRequest, MedicationStatement, -Dispense and -Administration to entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.assistant.fhir.elements import (
    Instant,
    Resource,
    concept_names,
    concept_text,
    concepts,
    instant,
    notes,
    reference,
    status,
)
from bot.assistant.records import Area, Entry

_TAKING = {"active", "intended", "in-progress", "on-hold", "unknown", ""}
_IGNORED = {"entered-in-error", "cancelled", "draft", "not-taken", "not-done"}
_PERIOD_ZH = {"d": "日", "wk": "周", "mo": "月", "h": "小时"}


def medication(
    r: Resource, ref: str, resources: Mapping[str, Resource], now: datetime
) -> Entry | None:
    """One medication. ``resources`` resolves ``medicationReference``."""
    if status(r) in _IGNORED or r.get("doNotPerform") is True:
        return None
    concept = r.get("medicationCodeableConcept") or r.get("medication") or _referred(r, resources)
    name = concept_text(concept) or str((r.get("medicationReference") or {}).get("display") or "")
    if not name:
        return None
    dosages = [
        d for d in r.get("dosageInstruction") or r.get("dosage") or [] if isinstance(d, dict)
    ]
    start = instant(_period(r).get("start")) or _bounds(dosages, "start")
    for key in ("effectiveDateTime", "authoredOn", "dateAsserted", "dateWritten", "whenHandedOver"):
        start = start or instant(r.get(key))
    end = instant(_period(r).get("end")) or _bounds(dosages, "end")
    ended = end is not None and end.at < now
    dose = "；".join(dict.fromkeys(filter(None, (dosage_text(d) for d in dosages))))
    reasons = [concept_text(c) for c in concepts(r.get("reasonCode"))]
    details = {
        "dose": dose,
        "reason": "、".join(filter(None, reasons)),
        "why_stopped": concept_text(r.get("statusReason")),
        "doctor": str((r.get("requester") or {}).get("display") or ""),
    }
    return Entry(
        area=Area.MEDICATION,
        ref=ref,
        name=name,
        names=concept_names(concept) or (name,),
        start=start.at if start else None,
        start_text=start.text if start else None,
        end=end.at if end else None,
        active=status(r) in _TAKING and not ended,
        status=status(r),
        text=notes(r),
        details={k: v for k, v in details.items() if v},
    )


def dosage_text(d: Resource) -> str:
    """How a dose is taken, in the record's own words, else put together from its parts."""
    said = d.get("text") or d.get("patientInstruction")
    if said:
        return str(said)
    amount = _amount(d)
    repeat = (d.get("timing") or {}).get("repeat") or {}
    code = concept_text((d.get("timing") or {}).get("code"))
    often = code
    if repeat.get("frequency") and repeat.get("period"):
        unit = _PERIOD_ZH.get(str(repeat.get("periodUnit")), str(repeat.get("periodUnit") or ""))
        span = "" if repeat["period"] == 1 else str(repeat["period"])
        often = f"每{span}{unit} {repeat['frequency']} 次"
    needed = "需要时" if d.get("asNeededBoolean") is True else ""
    return " ".join(filter(None, (needed, often, amount, concept_text(d.get("route")))))


def _amount(d: Resource) -> str:
    rates = [x for x in d.get("doseAndRate") or [] if isinstance(x, dict)]
    for holder in (*rates, d):
        quantity = holder.get("doseQuantity")
        if isinstance(quantity, dict) and quantity.get("value") is not None:
            return f"{quantity['value']} {quantity.get('unit') or ''}".strip()
    return ""


def _period(r: Resource) -> Resource:
    period = r.get("effectivePeriod")
    return period if isinstance(period, dict) else {}


def _bounds(dosages: list[Resource], side: str) -> Instant | None:
    for d in dosages:
        bounds = ((d.get("timing") or {}).get("repeat") or {}).get("boundsPeriod") or {}
        found = instant(bounds.get(side))
        if found:
            return found
    return None


def _referred(r: Resource, resources: Mapping[str, Resource]) -> object:
    target = resources.get(reference(r.get("medicationReference")).lstrip("#"))
    if target is None:
        for contained in r.get("contained") or []:
            if f"#{contained.get('id')}" == reference(r.get("medicationReference")):
                target = contained
    return target.get("code") if target else None
