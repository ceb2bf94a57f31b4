"""What the archive stores. Words are sealed; plain is only what is queried by."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId
from pydantic import BaseModel, Field

from backend.access.categories import Category
from backend.archive.sections import EntryStatus, Section
from backend.core.documents import ASC, DESC, ResidentOwned, index, unique


class ResidentDocument(ResidentOwned):
    """A person; ``id`` and ``resident_id`` are the same."""

    profile: bytes
    phone_index: bytes | None = None
    id_number_index: bytes | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1

    class Settings:
        name = "residents"
        indexes: ClassVar = [
            index("residents_by_phone", ("phone_index", ASC), sparse=True),
            index("residents_by_id_number", ("id_number_index", ASC), sparse=True),
        ]


class Origin(BaseModel):
    """The sender's own name of an entry: ``Condition/abc`` of ``fhir:hospital-1``."""

    system: str
    id: str


class EntryRecorder(BaseModel):
    account_id: PydanticObjectId
    relation: str
    kinship: str | None = None
    channel: str


class EntryDocument(ResidentOwned):
    """One entry of one section."""

    section: Section
    category: Category
    at: datetime
    """Clinical date for the timeline; when it was recorded, where it has none."""
    until: datetime | None = None
    status: EntryStatus = EntryStatus.ACTIVE
    body: bytes
    raw: bytes | None = None
    changed_here: bool = False
    """Whether the body says something else than ``raw`` since it came."""
    words: list[bytes] = Field(default_factory=list)
    origin: Origin | None = None
    digest: bytes | None = None
    """Keyed hash of the resource as received: an identical re-import changes nothing."""
    position: int = 0
    """Order within one import, so that export gives resources back as they came."""
    source: str
    recorded_by: EntryRecorder
    version: int = 1
    created_at: datetime
    updated_at: datetime

    class Settings:
        name = "entries"
        indexes: ClassVar = [
            unique(
                "one_entry_per_origin",
                ("resident_id", ASC),
                ("origin.system", ASC),
                ("origin.id", ASC),
                partialFilterExpression={"origin.id": {"$type": "string"}},
            ),
            # The assistant asks what changed since it last looked.
            index(
                "entries_by_change",
                ("resident_id", ASC),
                ("updated_at", ASC),
                ("version", ASC),
            ),
            index(
                "entries_by_time",
                ("resident_id", ASC),
                ("status", ASC),
                ("at", DESC),
                ("_id", DESC),
            ),
            index(
                "entries_by_section_and_time",
                ("resident_id", ASC),
                ("section", ASC),
                ("status", ASC),
                ("at", DESC),
                ("_id", DESC),
            ),
            index("entries_by_word", ("resident_id", ASC), ("words", ASC)),
        ]


class KeptResource(ResidentOwned):
    """A FHIR resource that has no section here, kept so that export gives it back."""

    fhir_type: str
    category: Category
    origin: Origin
    raw: bytes
    valid: bool
    reason: str | None = None
    digest: bytes
    position: int
    created_at: datetime
    updated_at: datetime

    class Settings:
        name = "kept_resources"
        indexes: ClassVar = [
            unique(
                "one_kept_resource_per_origin",
                ("resident_id", ASC),
                ("origin.system", ASC),
                ("origin.id", ASC),
            )
        ]


DOCUMENTS = (ResidentDocument, EntryDocument, KeptResource)
