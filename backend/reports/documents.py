"""What reports store. What is printed on a page is sealed; plain is only what is queried by."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from beanie import PydanticObjectId
from pydantic import BaseModel, Field

from backend.core.documents import ASC, DESC, ResidentOwned, index, unique
from backend.measurements.documents import Recorder


class ReportState(StrEnum):
    READING = "reading"  # waiting for recognition, or in it
    READY = "ready"  # for review
    FAILED = "failed"  # nothing to review; can be run again
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"  # FHIR entered-in-error
    DISCARDED = "discarded"  # put away before it was confirmed


class Step(StrEnum):
    """How far recognition has come; ``straightened`` and ``read`` are told page by page."""

    RECEIVED = "received"
    STRAIGHTENED = "straightened"
    READ = "read"
    UNDERSTOOD = "understood"
    READY = "ready_for_review"


class StoredFile(BaseModel):
    """One uploaded file. ``seen`` seals its name and its pages' sizes and perceptual hashes."""

    id: PydanticObjectId
    blob_id: PydanticObjectId
    kind: str
    content_type: str
    size: int
    pages: int
    mark: bytes
    """Keyed hash of the file as it was sent."""
    seen: bytes
    added_by: Recorder
    added_at: datetime


class StoredCorrection(BaseModel):
    """One change of the draft by somebody. ``body`` seals what was changed to what."""

    id: PydanticObjectId
    body: bytes
    by: Recorder
    at: datetime
    undone_at: datetime | None = None
    undone_by: Recorder | None = None


class Link(BaseModel):
    """What became of one part of the report: an entry or a reading."""

    part: str
    entry_id: PydanticObjectId | None = None
    reading_id: PydanticObjectId | None = None


class ReportDocument(ResidentOwned):
    state: ReportState = ReportState.READING
    files: list[StoredFile]
    reading: bytes | None = None
    """What recognition found, sealed JSON of ``ocr.contract``."""
    corrections: list[StoredCorrection] = Field(default_factory=list)
    same_as: list[PydanticObjectId] = Field(default_factory=list)
    """Other reports that look like this one: offered, never merged."""
    links: list[Link] = Field(default_factory=list)
    confirmed_by: Recorder | None = None
    confirmed_at: datetime | None = None
    recorded_by: Recorder
    version: int = 1
    created_at: datetime
    updated_at: datetime

    class Settings:
        name = "reports"
        indexes: ClassVar = [
            unique("one_report_per_page_content", ("resident_id", ASC), ("files.mark", ASC)),
            index("reports_by_time", ("resident_id", ASC), ("created_at", DESC), ("_id", DESC)),
            index("reports_by_entry", ("resident_id", ASC), ("links.entry_id", ASC)),
            index("reports_by_reading", ("resident_id", ASC), ("links.reading_id", ASC)),
        ]


class JobState(StrEnum):
    PENDING = "pending"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"


class Progressed(BaseModel):
    step: Step
    page: int | None = None
    at: datetime


class ReportJob(ResidentOwned):
    """The reading of one report; ``id`` is the report's. Small: change streams carry it whole."""

    state: JobState = JobState.PENDING
    round: int = 1
    """Counts the reasons to read: a page added while reading makes another round."""
    attempts: int = 0
    available_at: datetime
    leased_by: str | None = None
    pages: int
    steps: list[Progressed] = Field(default_factory=list)
    failure: dict[str, Any] | None = None
    """``code`` and client-safe ``data`` of why the last run stopped."""
    updated_at: datetime

    class Settings:
        name = "report_jobs"
        indexes: ClassVar = [
            index("report_jobs_by_availability", ("state", ASC), ("available_at", ASC)),
            index("report_jobs_by_resident", ("resident_id", ASC), ("updated_at", DESC)),
        ]


class UploadDocument(ResidentOwned):
    """A file that comes in pieces. ``name`` is sealed. Gone when nobody goes on with it."""

    account_id: PydanticObjectId
    length: int
    offset: int = 0
    name: bytes
    into: PydanticObjectId | None = None
    report_id: PydanticObjectId | None = None
    """Where the finished file went."""
    known: bool = False
    resembles: list[PydanticObjectId] = Field(default_factory=list)
    created_at: datetime
    expires_at: datetime

    class Settings:
        name = "report_uploads"
        indexes: ClassVar = [
            index("uploads_by_account", ("resident_id", ASC), ("account_id", ASC)),
            index("report_uploads_expire", ("expires_at", ASC), expireAfterSeconds=0),
        ]


class PieceDocument(ResidentOwned):
    """A part of an unfinished upload, sealed."""

    upload_id: PydanticObjectId
    start: int
    size: int
    data: bytes
    expires_at: datetime

    class Settings:
        name = "report_pieces"
        indexes: ClassVar = [
            unique(
                "one_piece_per_start",
                ("resident_id", ASC),
                ("upload_id", ASC),
                ("start", ASC),
            ),
            index("report_pieces_expire", ("expires_at", ASC), expireAfterSeconds=0),
        ]


class LeftoverDocument(ResidentOwned):
    """Stored files that have no report (``backend.reports.leftovers``)."""

    blob_ids: list[PydanticObjectId]
    at: datetime
    clearing: bool = False
    """Being deleted: no report can have them any more."""

    class Settings:
        name = "report_leftovers"
        indexes: ClassVar = [
            index("leftovers_by_time", ("at", ASC)),
            index("leftovers_by_resident", ("resident_id", ASC), ("at", ASC)),
        ]


class ReportAlertDocument(ResidentOwned):
    """Results of a confirmed report outside its own ranges; ``id`` is the report's."""

    level: int
    said: bytes
    """Sealed JSON: the words in zh and en, and the results."""
    last_at: datetime
    """When the results are from."""
    raised_at: datetime
    created_at: datetime
    updated_at: datetime
    version: int = 1
    open: bool = True
    acknowledged_at: datetime | None = None
    acknowledged_by: PydanticObjectId | None = None

    class Settings:
        name = "report_alerts"
        indexes: ClassVar = [
            index("report_alerts_by_time", ("resident_id", ASC), ("last_at", DESC), ("_id", DESC)),
        ]


DOCUMENTS = (
    ReportDocument,
    ReportJob,
    UploadDocument,
    PieceDocument,
    LeftoverDocument,
    ReportAlertDocument,
)
