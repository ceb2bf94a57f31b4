"""Small FHIR Bundles for the assistant's tests."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from backend.core.clock import SHANGHAI
from bot.assistant.engine import Assistant
from bot.assistant.fhir.bundle import BundleView

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=SHANGHAI)
ME = {"reference": "Patient/p1"}


def observation(i: str, code: str, text: str, at: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": i,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": text},
        "subject": ME,
        "effectiveDateTime": at,
    } | more


def quantity(
    i: str, code: str, text: str, value: float, unit: str, at: str, **more: Any
) -> dict[str, Any]:
    return observation(i, code, text, at, valueQuantity={"value": value, "unit": unit}, **more)


def pressure(i: str, high: int, low: int, at: str, **more: Any) -> dict[str, Any]:
    parts = [("8480-6", high), ("8462-4", low)]
    component = [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {"value": value, "unit": "mmHg"},
        }
        for code, value in parts
    ]
    return observation(i, "85354-9", "血压", at, component=component, **more)


def condition(i: str, name: str) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": i,
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": name},
        "subject": ME,
        "onsetDateTime": "2019-05-01",
    }


def medicine(i: str, name: str, dose: str | None = None) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": i,
        "status": "active",
        "intent": "order",
        "subject": ME,
        "medicationCodeableConcept": {"text": name},
        "authoredOn": "2025-06-15",
    } | ({"dosageInstruction": [{"text": dose}]} if dose else {})


def patient(sex: str = "female", born: str = "1954-03-02", name: str = "张桂兰") -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "gender": sex,
        "birthDate": born,
        "name": [{"text": name}],
    }


def view(*resources: dict[str, Any], who: dict[str, Any] | None = None) -> BundleView:
    rows = [{"resource": r} for r in (who or patient(), *resources)]
    text = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": rows})
    return BundleView(json.loads(text, parse_float=Decimal), NOW)


def assistant(*resources: dict[str, Any], who: dict[str, Any] | None = None) -> Assistant:
    return Assistant(view(*resources, who=who))
