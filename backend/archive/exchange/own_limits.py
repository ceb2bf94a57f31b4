"""Limits that a doctor set for one person, as Goals: what holds here goes along."""

from __future__ import annotations

from datetime import date
from typing import Any

from bson import ObjectId

from backend.archive.fhir import OutKept, canonical
from backend.archive.fhir.home_kinds import COMPONENT, KIND, MEAL, home_kinds
from backend.archive.sections.tables import LOINC, UCUM
from backend.measurements.kinds import spec
from backend.measurements.thresholds import Override


def goals_of(
    resident_id: ObjectId, limits: list[tuple[ObjectId, Override]], today: date
) -> list[OutKept]:
    """A Goal for each limit; those whose last day has passed are completed."""
    return [OutKept(raw=canonical(_goal(resident_id, *each, today)), valid=True) for each in limits]


def _goal(resident_id: ObjectId, id_: ObjectId, limit: Override, today: date) -> dict[str, Any]:
    over = limit.valid_until is not None and limit.valid_until < today
    unit = spec(limit.kind).components[limit.component].unit
    ends = {"low": limit.low, "high": limit.high}
    target: dict[str, Any] = {
        "measure": _measure(limit),
        "detailRange": {
            side: {"value": value, "unit": unit, "system": UCUM, "code": unit}
            for side, value in ends.items()
            if value is not None
        },
    }
    if limit.valid_until is not None:
        target["dueDate"] = limit.valid_until.isoformat()
    goal: dict[str, Any] = {
        "resourceType": "Goal",
        "id": str(id_),
        "lifecycleStatus": "completed" if over else "active",
        "description": {"text": f"{home_kinds()[limit.kind].zh}的个人范围"},
        "subject": {"reference": f"Patient/{resident_id}"},
        "startDate": limit.valid_from.isoformat(),
        "target": [target],
    }
    if limit.set_by:
        goal["expressedBy"] = {"display": limit.set_by}
    if limit.note:
        goal["note"] = [{"text": limit.note}]
    return goal


def _measure(limit: Override) -> dict[str, Any]:
    """The component's own code where it has one; our names of kind, component and meal always."""
    kind = home_kinds()[limit.kind]
    part = limit.component != kind.value
    loinc = next(iter(kind.components.get(limit.component, ())), None)
    code = loinc if part else kind.loinc_at(limit.meal)
    coding = [{"system": LOINC, "code": code}] if code else []
    coding.append({"system": KIND, "code": str(limit.kind), "display": kind.en})
    coding.append({"system": COMPONENT, "code": limit.component})
    if limit.meal is not None:
        coding.append({"system": MEAL, "code": str(limit.meal)})
    return {"coding": coding, "text": kind.zh}
