"""What ``write_bundle`` is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.archive.fhir.model import Origin
from backend.archive.sections.base import Body, EntryStatus
from backend.archive.sections.profile import Profile
from backend.measurements.draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class OutPerson:
    """The resident. ``id`` is our hex id. ``profile`` None: only what raw Patients say.
    ``changed`` says that ``profile`` is not what the received Patient said."""

    id: str
    profile: Profile | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """What every exported item has. ``raw``, ``full_url`` and ``source_system`` are those of
    the receipt, None for what was recorded here; ``changed`` says that the content is no
    longer what ``raw`` says."""

    id: str
    origin: Origin = Origin.SELF
    status: EntryStatus = EntryStatus.ACTIVE
    raw: bytes | None = None
    full_url: str | None = None
    source_system: str | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutEntry(Out):
    """An entry of the archive."""

    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class OutReading(Out):
    """A home reading, as entered: ``draft.at`` carries its own offset."""

    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class OutKept:
    """A resource kept as received; ``valid`` as ``Kept`` said."""

    raw: bytes
    valid: bool
    full_url: str | None = None
    source_system: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One resident's whole archive."""

    person: OutPerson
    at: datetime
    entries: Sequence[OutEntry] = ()
    readings: Sequence[OutReading] = ()
    kept: Sequence[OutKept] = ()
