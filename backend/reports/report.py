"""A report as the rest of the program sees it, and its way out of the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.core.database import Raw
from backend.core.errors import CATALOGUE, KangbanError
from backend.core.keys import OwnerKey
from backend.measurements.reading import RecordedBy
from backend.reports import correction as corrections
from backend.reports.correction import Correction
from backend.reports.documents import JobState, ReportState, Step
from backend.reports.parsed import from_stored
from backend.reports.review import Review, review_of
from ocr.model import ParsedReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One step; ``page`` where it is told page by page."""

    step: Step
    page: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """How far the reading of a report is. ``round`` grows with every reason to read anew."""

    report_id: ObjectId
    resident_id: ObjectId
    state: JobState
    round: int
    pages: int
    steps: tuple[Progress, ...]
    failure: KangbanError | None

    @property
    def ended(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the report (``number`` from 1) and where it lies: page ``of_file`` of a file."""

    number: int
    file_id: ObjectId
    blob_id: ObjectId
    of_file: int
    width: int
    height: int
    phash: str
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLink:
    part: str
    entry_id: ObjectId | None = None
    reading_id: ObjectId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``at`` is when it was uploaded. ``review`` is None until it was read."""

    id: ObjectId
    resident_id: ObjectId
    state: ReportState
    pages: tuple[Page, ...]
    parsed: ParsedReport | None
    review: Review | None
    corrections: tuple[Correction, ...]
    links: tuple[PartLink, ...]
    same_as: tuple[ObjectId, ...]
    recorded_by: RecordedBy
    confirmed_by: RecordedBy | None
    confirmed_at: datetime | None
    version: int
    at: datetime
    updated_at: datetime
    files: tuple[Raw, ...] = field(repr=False, default=())

    def page(self, number: int) -> Page | None:
        return next((each for each in self.pages if each.number == number), None)


def place(report_id: ObjectId, what: str) -> str:
    """Where a sealed field of a report belongs."""
    return f"reports:{report_id}:{what}"


def seen_place(report_id: ObjectId, file_id: ObjectId) -> str:
    return place(report_id, f"file:{file_id}")


def from_raw(raw: Raw, key: OwnerKey) -> Report:
    report_id = raw["_id"]
    parsed = _parsed(raw, key)
    made = tuple(corrections.from_raw(each, report_id, key) for each in raw["corrections"])
    confirmed_by = raw["confirmed_by"]
    return Report(
        id=report_id,
        resident_id=raw["resident_id"],
        state=ReportState(raw["state"]),
        pages=_pages(raw, key, parsed),
        parsed=parsed,
        review=review_of(parsed, made) if parsed else None,
        corrections=made,
        links=tuple(PartLink(**each) for each in raw["links"]),
        same_as=tuple(raw["same_as"]),
        recorded_by=RecordedBy(**raw["recorded_by"]),
        confirmed_by=RecordedBy(**confirmed_by) if confirmed_by else None,
        confirmed_at=raw["confirmed_at"],
        version=raw["version"],
        at=raw["created_at"],
        updated_at=raw["updated_at"],
        files=tuple(raw["files"]),
    )


def job_from_raw(raw: Raw) -> Job:
    return Job(
        report_id=raw["_id"],
        resident_id=raw["resident_id"],
        state=JobState(raw["state"]),
        round=raw["round"],
        pages=raw["pages"],
        steps=tuple(
            Progress(step=Step(each["step"]), page=each["page"], at=each["at"])
            for each in raw["steps"]
        ),
        failure=_failure(raw["failure"]),
    )


def seen_in(raw_file: Raw, report_id: ObjectId, key: OwnerKey) -> dict[str, Any]:
    """A file's sealed ``name`` and ``pages`` (width, height, phash)."""
    seen: dict[str, Any] = key.open_json(raw_file["seen"], seen_place(report_id, raw_file["id"]))
    return seen


def _parsed(raw: Raw, key: OwnerKey) -> ParsedReport | None:
    if raw["reading"] is None:
        return None
    return from_stored(key.open_json(raw["reading"], place(raw["_id"], "reading")))


def _pages(raw: Raw, key: OwnerKey, parsed: ParsedReport | None) -> tuple[Page, ...]:
    advice = {each.page: each.advice for each in parsed.quality} if parsed else {}
    pages: list[Page] = []
    for file in raw["files"]:
        for of_file, page in enumerate(seen_in(file, raw["_id"], key)["pages"], start=1):
            number = len(pages) + 1
            pages.append(
                Page(
                    number=number,
                    file_id=file["id"],
                    blob_id=file["blob_id"],
                    of_file=of_file,
                    width=page["width"],
                    height=page["height"],
                    phash=page["phash"],
                    advice=advice.get(number, ()),
                )
            )
    return tuple(pages)


def _failure(raw: Raw | None) -> KangbanError | None:
    return CATALOGUE[raw["code"]](**raw["data"]) if raw else None
