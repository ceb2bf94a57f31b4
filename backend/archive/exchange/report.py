"""What became of each entry of an imported Bundle."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from backend.archive.fhir import Mapped, Outcome
from backend.core.errors import KangbanError


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReport:
    """``reason`` where something was refused, kept raw for a reason, or rewritten."""

    index: int
    path: str
    fhir_type: str | None
    fhir_id: str | None
    full_url: str | None
    outcome: Outcome
    reason: KangbanError | None = None

    def to_json(self, language: str) -> dict[str, Any]:
        reason = self.reason
        return {
            "index": self.index,
            "path": self.path,
            "resourceType": self.fhir_type,
            "id": self.fhir_id,
            "fullUrl": self.full_url,
            "outcome": self.outcome.value,
            "code": reason.code if reason else None,
            "message": reason.message(language) if reason else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    bundle_type: str
    patient: str | None
    items: tuple[ItemReport, ...]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(each.outcome for each in self.items)
        return {outcome.value: found[outcome] for outcome in Outcome}

    def to_json(self, language: str) -> dict[str, Any]:
        return {
            "bundleType": self.bundle_type,
            "patient": self.patient,
            "counts": self.counts,
            "entries": [each.to_json(language) for each in self.items],
        }


def item_report(mapped: Mapped, outcome: Outcome, reason: KangbanError | None = None) -> ItemReport:
    return ItemReport(
        index=mapped.index,
        path=mapped.path,
        fhir_type=mapped.fhir_type,
        fhir_id=mapped.fhir_id,
        full_url=mapped.full_url,
        outcome=outcome,
        reason=reason or mapped.reason,
    )
