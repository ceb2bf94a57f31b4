"""What counts as evidence now; what was withdrawn is not here any more."""

from __future__ import annotations

from typing import ClassVar

from backend.core.documents import ASC, ResidentOwned, index, unique
from rewards.rules.rule import EvidenceKind


class EvidenceDocument(ResidentOwned):
    """``ref`` names the reading, entry or report; ``day`` is ISO, on the wall calendar there."""

    kind: EvidenceKind
    ref: str
    day: str
    subject: str
    late: int

    class Settings:
        name = "point_evidence"
        indexes: ClassVar = [
            unique("one_evidence_per_reference", ("resident_id", ASC), ("kind", ASC), ("ref", ASC)),
            index("evidence_by_day", ("resident_id", ASC), ("kind", ASC), ("day", ASC)),
        ]
