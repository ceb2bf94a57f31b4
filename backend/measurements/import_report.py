"""What became of an imported file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.core.errors import KangbanError
from backend.measurements.batch import ItemOutcome, Outcome
from backend.measurements.devices import Refusal, Skipped

MOST_REFUSALS = 100
_WHOLE_FILE = "file"


@dataclass(frozen=True, slots=True)
class Progress:
    """``read`` of ``size`` bytes, and how many readings were dealt with."""

    read: int
    size: int
    readings: int


@dataclass(frozen=True, slots=True)
class ImportRefusal:
    """``position`` is the decoder's ("line 7", "row 3"), or "reading 12" of those it found."""

    position: str
    error: KangbanError


@dataclass(slots=True)
class ImportReport:
    """``counts`` by outcome; ``skipped`` counts records of types that are not held.

    ``broken`` is why the file could not be read to its end; what came before it counts.
    """

    counts: Counter[Outcome] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    refusals: list[ImportRefusal] = field(default_factory=list)
    broken: KangbanError | None = None
    readings: int = 0

    def add_skipped(self, skipped: Skipped) -> None:
        self.skipped[skipped.type] += skipped.count

    def add_refusal(self, refusal: Refusal) -> None:
        if refusal.position == _WHOLE_FILE:
            self.broken = refusal.error
        else:
            self._refused(refusal.position, refusal.error)

    def add_outcomes(self, outcomes: Sequence[ItemOutcome]) -> None:
        for outcome in outcomes:
            self.readings += 1
            if outcome.error is not None:
                self._refused(f"reading {self.readings}", outcome.error)
            else:
                self.counts[outcome.outcome] += 1

    def check(self) -> None:
        """Raises why the file is broken where nothing in it could be read."""
        if self.broken is not None and not (self.counts or self.skipped):
            raise self.broken

    def to_json(self, language: str) -> dict[str, Any]:
        """With messages in ``language``."""
        return {
            "counts": {each.value: self.counts[each] for each in Outcome},
            "skipped": [
                {"type": name, "count": self.skipped[name]} for name in sorted(self.skipped)
            ],
            "refusals": [
                {"position": each.position, **_said(each.error, language)} for each in self.refusals
            ],
            "broken": _said(self.broken, language) if self.broken else None,
        }

    def _refused(self, position: str, error: KangbanError) -> None:
        self.counts[Outcome.REFUSED] += 1
        if len(self.refusals) < MOST_REFUSALS:
            self.refusals.append(ImportRefusal(position, error))


def _said(error: KangbanError, language: str) -> dict[str, Any]:
    return {"code": error.code, "message": error.message(language), "data": error.data}
