"""What consent stores: one document for every time it was given or withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId

from backend.access.consent.purpose import Purpose
from backend.access.relations import RelationKind
from backend.core.documents import ASC, DESC, ResidentOwned, unique
from backend.identity.viewer import Channel, Language


class ConsentRecord(ResidentOwned):
    """Never changed, only followed by the next; the newest of a purpose holds."""

    purpose: Purpose
    sequence: int
    given: bool
    version: str
    digest: str
    """SHA-256 of the text that was shown, in the language it was shown in."""
    language: Language
    at: datetime
    account_id: PydanticObjectId
    relation: RelationKind
    channel: Channel

    class Settings:
        name = "consents"
        indexes: ClassVar = [
            unique(
                "one_consent_per_purpose_and_sequence",
                ("resident_id", ASC),
                ("purpose", ASC),
                ("sequence", DESC),
            )
        ]


DOCUMENTS = (ConsentRecord,)
