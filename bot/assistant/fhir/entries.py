"""Conditions, allergies, immunizations, procedures, family history, encounters to entries."""

from __future__ import annotations

from bot.assistant.fhir.elements import (
    Instant,
    Resource,
    codes,
    concept_names,
    concept_text,
    concepts,
    instant,
    narrative,
    notes,
    reference,
    status,
)
from bot.assistant.records import Area, Entry

# v3-ActCode of Encounter.class, for a visit that names neither its type nor its class.
_CLASSES = {
    "AMB": ("门诊", "ambulatory"),
    "IMP": ("住院", "inpatient"),
    "ACUTE": ("住院", "inpatient"),
    "NONAC": ("住院", "inpatient"),
    "OBSENC": ("急诊留观", "emergency observation"),
    "EMER": ("急诊", "emergency"),
    "HH": ("上门", "home visit"),
    "FLD": ("外出服务", "field visit"),
    "VR": ("线上问诊", "virtual visit"),
}
_CLOSED = {"inactive", "resolved", "remission", "completed", "stopped", "cancelled"}


def condition(r: Resource, ref: str) -> Entry | None:
    verification = status(r, "verificationStatus")
    if verification == "entered-in-error":
        return None
    clinical = status(r, "clinicalStatus")
    start = _first(r, "onsetDateTime", "recordedDate", "dateRecorded", "assertedDate")
    period = r.get("onsetPeriod") or {}
    start = start or instant(period.get("start"))
    end = _first(r, "abatementDateTime")
    details = {
        "severity": concept_text(r.get("severity")),
        "onset": str(r.get("onsetString") or ""),
        "verification": verification,
    }
    return _entry(
        Area.CONDITION,
        ref,
        concepts(r.get("code")),
        start,
        end,
        active=clinical not in _CLOSED and end is None and verification != "refuted",
        state="refuted" if verification == "refuted" else clinical,
        text=notes(r),
        details=details,
    )


def allergy(r: Resource, ref: str) -> Entry | None:
    if status(r, "verificationStatus") in ("entered-in-error", "refuted"):
        return None
    reactions = [x for x in r.get("reaction") or [] if isinstance(x, dict)]
    substances = [s for x in reactions for s in concepts(x.get("substance"))]
    manifested = [concept_text(m) for x in reactions for m in concepts(x.get("manifestation"))]
    descriptions = [str(x["description"]) for x in reactions if x.get("description")]
    severities = [str(x["severity"]) for x in reactions if x.get("severity")]
    details = {
        "reaction": "、".join(dict.fromkeys(filter(None, manifested or descriptions))),
        "severity": "、".join(dict.fromkeys(severities)),
        "criticality": str(r.get("criticality") or ""),
        "categories": " ".join(str(c) for c in r.get("category") or []),
    }
    named = concepts(r.get("code")) or concepts(r.get("substance"))
    return _entry(
        Area.ALLERGY,
        ref,
        [*named, *substances],
        _first(r, "onsetDateTime", "recordedDate", "assertedDate"),
        None,
        active=status(r, "clinicalStatus") not in _CLOSED,
        state=status(r, "clinicalStatus"),
        text=notes(r),
        details=details,
    )


def immunization(r: Resource, ref: str) -> Entry | None:
    if status(r) in ("entered-in-error", "not-done") or r.get("wasNotGiven") is True:
        return None
    doses = [x for x in r.get("protocolApplied") or [] if isinstance(x, dict)]
    dose = next((str(x[k]) for x in doses for k in x if k.startswith("doseNumber")), "")
    details = {
        "dose_number": dose,
        "lot": str(r.get("lotNumber") or ""),
        "site": concept_text(r.get("site")),
    }
    start = _first(r, "occurrenceDateTime", "date")
    return _entry(
        Area.IMMUNIZATION,
        ref,
        concepts(r.get("vaccineCode")),
        start,
        None,
        state=status(r),
        text=notes(r) or str(r.get("occurrenceString") or ""),
        details=details,
    )


def procedure(r: Resource, ref: str) -> Entry | None:
    if status(r) in ("entered-in-error", "not-done"):
        return None
    period = r.get("performedPeriod") or {}
    start = _first(r, "performedDateTime") or instant(period.get("start"))
    texts = [
        notes(r),
        *(concept_text(c) for c in concepts(r.get("outcome"))),
        *(concept_text(c) for c in concepts(r.get("complication"))),
    ]
    details = {
        "reason": "、".join(filter(None, (concept_text(c) for c in concepts(r.get("reasonCode"))))),
        "site": "、".join(filter(None, (concept_text(c) for c in concepts(r.get("bodySite"))))),
    }
    return _entry(
        Area.PROCEDURE,
        ref,
        concepts(r.get("code")),
        start,
        instant(period.get("end")),
        state=status(r),
        text="\n".join(filter(None, texts)),
        details=details,
    )


def family(r: Resource, ref: str) -> Entry | None:
    if status(r) == "entered-in-error":
        return None
    rows = [c for c in r.get("condition") or [] if isinstance(c, dict)]
    named = [c.get("code") for c in rows]
    said = "、".join(filter(None, (_family_condition(c) for c in rows)))
    relation = concept_text(r.get("relationship")) or str(r.get("name") or "")
    details = {
        "relation": relation,
        "relation_codes": " ".join((*codes(r.get("relationship")), relation)),
        "conditions": said,
        "name": str(r.get("name") or ""),
        "deceased": _deceased(r),
    }
    names = [n for c in named for n in concept_names(c)]
    return Entry(
        area=Area.FAMILY,
        ref=ref,
        name=relation,
        names=tuple(dict.fromkeys(names)),
        start=None,
        status=status(r),
        text=notes(r),
        details={k: v for k, v in details.items() if v},
    )


def encounter(r: Resource, ref: str) -> Entry | None:
    state = status(r)
    if state in ("entered-in-error", "cancelled"):
        return None
    period = r.get("period") or {}
    start, end = instant(period.get("start")), instant(period.get("end"))
    kind = r.get("class")
    class_code = str(kind.get("code") or "") if isinstance(kind, dict) else str(kind or "")
    reasons = [concept_text(c) for c in concepts(r.get("reasonCode")) + concepts(r.get("reason"))]
    reasons += [
        str(d["condition"]["display"])
        for d in r.get("diagnosis") or []
        if isinstance(d, dict) and (d.get("condition") or {}).get("display")
    ]
    provider = str((r.get("serviceProvider") or {}).get("display") or "")
    who = [
        str((p.get("individual") or {}).get("display") or "")
        for p in r.get("participant") or []
        if isinstance(p, dict)
    ]
    places = [
        str((p.get("location") or {}).get("display") or "")
        for p in r.get("location") or []
        if isinstance(p, dict)
    ]
    details = {
        "class": class_code,
        "reason": "、".join(dict.fromkeys(filter(None, reasons))),
        "provider": provider or "、".join(filter(None, places)),
        "doctor": "、".join(filter(None, who)),
        "department": concept_text(r.get("serviceType")),
    }
    display = str(kind.get("display") or "") if isinstance(kind, dict) else ""
    named = concepts(r.get("type")) or ([{"text": display}] if display else [])
    named = named or [{"text": word} for word in _CLASSES.get(class_code, ())]
    return _entry(
        Area.APPOINTMENT if state == "planned" else Area.ENCOUNTER,
        ref,
        [*named, {"text": display}],
        start,
        end,
        active=state in ("in-progress", "arrived", "onleave", "planned"),
        state=state,
        text=notes(r),
        details=details,
    )


def appointment(r: Resource, ref: str) -> Entry | None:
    if status(r) in ("entered-in-error", "cancelled", "noshow"):
        return None
    named = concepts(r.get("serviceType")) + concepts(r.get("appointmentType"))
    who = [
        str((p.get("actor") or {}).get("display") or "")
        for p in r.get("participant") or []
        if isinstance(p, dict) and not reference(p.get("actor")).startswith("Patient/")
    ]
    text = "\n".join(str(r[k]) for k in ("description", "comment") if r.get(k))
    return _entry(
        Area.APPOINTMENT,
        ref,
        named or [{"text": str(r.get("description") or "预约")}],
        instant(r.get("start")),
        instant(r.get("end")),
        state=status(r),
        text=text,
        details={"doctor": "、".join(filter(None, who))},
    )


def plan(r: Resource, ref: str) -> Entry | None:
    """CarePlan, Goal and ServiceRequest: what was planned or aimed at."""
    if status(r) == "entered-in-error" or status(r, "lifecycleStatus") == "entered-in-error":
        return None
    described = r.get("description")
    named = concepts(described) + concepts(r.get("category")) + concepts(r.get("code"))
    details = [(a.get("detail") or {}) for a in r.get("activity") or [] if isinstance(a, dict)]
    steps = [concept_text(d.get("code")) or str(d.get("description") or "") for d in details]
    texts = [str(r.get("title") or ""), str(described) if isinstance(described, str) else ""]
    texts += [*steps, notes(r)]
    if not any(texts):
        texts = [narrative(r)]
    title = [{"text": r["title"]}] if r.get("title") else []
    period = r.get("period") or {}
    return _entry(
        Area.PLAN,
        ref,
        [*title, *named],
        instant(period.get("start")) or _first(r, "startDate", "authoredOn", "created"),
        instant(period.get("end")),
        active=(status(r) or status(r, "lifecycleStatus")) in ("active", "accepted", "planned"),
        state=status(r) or status(r, "lifecycleStatus"),
        text="\n".join(filter(None, texts)),
        details={},
    )


def _entry(
    area: Area,
    ref: str,
    named: list[Resource],
    start: Instant | None,
    end: Instant | None,
    *,
    active: bool = True,
    state: str = "",
    text: str = "",
    details: dict[str, str],
) -> Entry | None:
    name = next(filter(None, (concept_text(c) for c in named)), "")
    if not name:
        return None
    return Entry(
        area=area,
        ref=ref,
        name=name,
        names=tuple(dict.fromkeys(n for c in named for n in concept_names(c))),
        start=start.at if start else None,
        start_text=start.text if start else None,
        end=end.at if end else None,
        active=active,
        status=state,
        text=text,
        details={k: v for k, v in details.items() if v},
    )


def _first(r: Resource, *keys: str) -> Instant | None:
    return next(filter(None, (instant(r.get(key)) for key in keys)), None)


def _family_condition(c: Resource) -> str:
    name = concept_text(c.get("code"))
    age = c.get("onsetAge")
    if name and isinstance(age, dict) and age.get("value") is not None:
        return f"{name}（{age['value']}岁起）"
    return name


def _deceased(r: Resource) -> str:
    if r.get("deceasedBoolean") is True or r.get("deceasedDate") or r.get("deceasedString"):
        return "yes"
    return "yes" if isinstance(r.get("deceasedAge"), dict) else ""
