"""An entry as the rest of the program sees it, and its way into and out of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bson import ObjectId

from backend.access.categories import Category
from backend.access.relations import Relation, RelationKind
from backend.archive.sections import Body, EntryStatus, Precision, Section, body_of
from backend.core import words
from backend.core.clock import SHANGHAI, to_milliseconds
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.identity.viewer import Viewer


class EntrySource(StrEnum):
    """Who stands behind an entry."""

    SELF = "self"
    CAREGIVER = "caregiver"
    DOCTOR = "doctor"
    INSTITUTION = "institution"
    OCR = "ocr"


_SOURCE_OF = {
    RelationKind.SELF: EntrySource.SELF,
    RelationKind.GUARDIAN: EntrySource.CAREGIVER,
    RelationKind.CAREGIVER: EntrySource.CAREGIVER,
    RelationKind.DOCTOR: EntrySource.DOCTOR,
    RelationKind.INSTITUTION: EntrySource.INSTITUTION,
}


def relations_of(source: EntrySource) -> list[str]:
    """The relation kinds whose records have that source."""
    return [kind.value for kind, each in _SOURCE_OF.items() if each is source]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who put an entry in, as what, through what."""

    account_id: ObjectId
    relation: str
    kinship: str | None
    channel: str
    source: EntrySource

    @classmethod
    def of(cls, viewer: Viewer, relation: Relation) -> Provenance:
        return cls(
            account_id=viewer.account_id,
            relation=relation.kind.value,
            kinship=relation.kinship.value if relation.kinship else None,
            channel=viewer.channel.value,
            source=_SOURCE_OF[relation.kind],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    id: ObjectId
    resident_id: ObjectId
    section: Section
    category: Category
    at: datetime
    status: EntryStatus
    body: Body
    provenance: Provenance
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def precision(self) -> Precision:
        """How much of ``at`` is known; the rest of it is the first moment that it may mean."""
        return self.body.when.precision if self.body.when else Precision.INSTANT


def place(entry_id: ObjectId, field: str) -> str:
    """Where a sealed field of an entry belongs."""
    return f"entries:{entry_id}:{field}"


def content(entry_id: ObjectId, body: Body, key: OwnerKey, recorded_at: datetime) -> Raw:
    """The part of the document that says what the body says."""
    when, until = body.when, body.until
    return {
        "section": body.section.value,
        "category": body.category.value,
        "at": to_milliseconds(when.start()) if when else recorded_at,
        "until": to_milliseconds(until.start()) if until else None,
        "body": key.seal(body.model_dump_json(exclude_none=True).encode(), place(entry_id, "body")),
        "words": [key.token(token) for token in sorted(words.tokens(body.words()))],
    }


def to_raw(
    body: Body,
    *,
    resident_id: ObjectId,
    provenance: Provenance,
    key: OwnerKey,
    now: datetime,
) -> Raw:
    """The document of an entry recorded here."""
    frame = frame_of(ObjectId(), resident_id=resident_id, provenance=provenance, now=now)
    return frame | content(frame["_id"], body, key, now)


def frame_of(
    entry_id: ObjectId, *, resident_id: ObjectId, provenance: Provenance, now: datetime
) -> Raw:
    """A new entry's document without what its body says."""
    return {
        "_id": entry_id,
        "resident_id": resident_id,
        "status": EntryStatus.ACTIVE.value,
        "raw": None,
        "changed_here": False,
        "origin": None,
        "digest": None,
        "position": 0,
        "source": provenance.source.value,
        "recorded_by": {
            "account_id": provenance.account_id,
            "relation": provenance.relation,
            "kinship": provenance.kinship,
            "channel": provenance.channel,
        },
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }


def from_raw(raw: Raw, key: OwnerKey) -> Entry:
    section = Section(raw["section"])
    body = body_of(section, key.open_json(raw["body"], place(raw["_id"], "body")))
    by = raw["recorded_by"]
    return Entry(
        id=raw["_id"],
        resident_id=raw["resident_id"],
        section=section,
        category=Category(raw["category"]),
        at=_own_zone(raw["at"], body),
        status=EntryStatus(raw["status"]),
        body=body,
        provenance=Provenance(**by, source=EntrySource(raw["source"])),
        version=raw["version"],
        created_at=raw["created_at"],
        updated_at=raw["updated_at"],
    )


def _own_zone(at: datetime, body: Body) -> datetime:
    # The instant stays the stored one, which the cursor is made of; only its offset is the body's.
    when = body.when
    zone = when.local().tzinfo if when else SHANGHAI
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at.astimezone(UTC)
