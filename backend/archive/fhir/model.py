"""What reading a Bundle gives: for each entry what became of it and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.access.categories import Category
from backend.archive.fhir.kept_category import category_of_kept
from backend.archive.sections.base import Body, EntryStatus, Section
from backend.archive.sections.profile import Profile
from backend.core.errors import KangbanError
from backend.measurements.draft import Draft


class Outcome(StrEnum):
    """TAKEN: mapped. MERGED: the very same resource is there already. RAW: kept as
    received, with the reason where it should have been mapped. REFUSED: not kept."""

    TAKEN = "taken"
    MERGED = "merged"
    RAW = "raw"
    REFUSED = "refused"


class Origin(StrEnum):
    """Who recorded something, as ``meta.tag`` of what we write says it."""

    SELF = "self"
    CAREGIVER = "caregiver"
    INSTITUTION = "institution"
    OCR = "ocr"


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two receipts the same resource: the sender, the type, and the resource's id,
    else its fullUrl, else a UUID of its content."""

    system: str
    fhir_type: str
    key: str

    def __str__(self) -> str:
        return f"{self.system}|{self.fhir_type}/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What every draft has: ``raw`` canonical JSON with all digits, ``digest`` SHA-256 (hex)
    of it without version and time of the sender's server. ``own_id`` is our id, where the
    resource comes from an export of ours."""

    raw: bytes
    identity: Identity
    digest: str
    fhir_type: str
    full_url: str | None = None
    status: EntryStatus = EntryStatus.ACTIVE
    origin: Origin | None = None
    own_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft(Received):
    """An entry of the archive. ``encounter`` is the reference that the resource gives."""

    section: Section
    body: Body
    encounter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingDraft(Received):
    """A home reading; ``draft`` is what the measurements room takes."""

    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Received):
    """A resource that is not modelled, or not valid (``valid`` False): exported again."""

    valid: bool = True
    reason: str | None = None

    @property
    def category(self) -> Category:
        """The category whose consent covers it, by its type and the codes inside."""
        return category_of_kept(self.fhir_type, self.raw)


AnyDraft = EntryDraft | ReadingDraft | Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """One entry's answer. ``index`` counts the entries, those of nested Bundles included;
    ``path`` says where it stood. ``reason`` is set for RAW and REFUSED where something is
    wrong, and for TAKEN where something was rewritten."""

    index: int
    path: str
    status: Outcome
    fhir_type: str | None = None
    fhir_id: str | None = None
    full_url: str | None = None
    reason: KangbanError | None = None
    drafts: tuple[AnyDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleReading:
    """``patient`` is whose record was read, ``candidates`` all whom the file is about;
    ``profile`` holds the facts of the Patient resource, if there is one."""

    bundle_type: str
    patient: str | None
    candidates: tuple[str, ...]
    profile: Profile | None
    mapped: tuple[Mapped, ...]

    @property
    def counts(self) -> Mapping[Outcome, int]:
        return Counter(item.status for item in self.mapped)

    @property
    def drafts(self) -> tuple[AnyDraft, ...]:
        return tuple(draft for item in self.mapped for draft in item.drafts)
