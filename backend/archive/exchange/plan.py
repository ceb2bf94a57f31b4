"""An import, sorted out before it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bson import ObjectId

from backend.access.categories import Category
from backend.access.errors import AccessDenied
from backend.archive.entry import EntrySource, Provenance, content, frame_of, place
from backend.archive.exchange.elsewhere import Elsewhere
from backend.archive.exchange.envelope import packed
from backend.archive.exchange.known import Known, origin_of
from backend.archive.exchange.report import ItemReport, item_report
from backend.archive.fhir import EntryDraft, Kept, Mapped, Origin, Outcome, ReadingDraft
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.measurements.granted import category_of

_SOURCES = {
    Origin.SELF: EntrySource.SELF,
    Origin.CAREGIVER: EntrySource.CAREGIVER,
    Origin.INSTITUTION: EntrySource.INSTITUTION,
    Origin.OCR: EntrySource.OCR,
}


@dataclass(frozen=True, slots=True)
class PlannedReading:
    """A reading on its way to the measurements room, and whose answer it is."""

    mapped: Mapped
    draft: ReadingDraft


@dataclass(slots=True)
class ImportPlan:
    """What to insert and replace; readings go their own way."""

    reports: dict[int, ItemReport] = field(default_factory=dict)
    new_entries: list[Raw] = field(default_factory=list)
    changed_entries: list[tuple[Raw, Raw]] = field(default_factory=list)
    new_kept: list[Raw] = field(default_factory=list)
    changed_kept: list[tuple[ObjectId, Raw]] = field(default_factory=list)
    readings: list[PlannedReading] = field(default_factory=list)
    elsewhere: Elsewhere = field(default_factory=Elsewhere)

    def report(self, mapped: Mapped, outcome: Outcome) -> None:
        self.reports[mapped.index] = item_report(mapped, outcome)


class ImportPlanner:
    """Decides for each entry of a Bundle: new, the same, changed, or not allowed."""

    def __init__(
        self,
        resident_id: ObjectId,
        key: OwnerKey,
        provenance: Provenance,
        allowed: frozenset[Category],
        now: datetime,
    ) -> None:
        self._resident_id = resident_id
        self._key = key
        self._provenance = provenance
        self._allowed = allowed
        self._now = now

    def add(self, plan: ImportPlan, mapped: Mapped, known: Known) -> None:
        """Put one entry's answer and documents into the plan."""
        if not mapped.drafts:
            plan.report(mapped, mapped.status)
            return
        for draft in mapped.drafts:
            category = category_in(draft)
            if category not in self._allowed:
                refusal = AccessDenied(category=category.value)
                plan.reports[mapped.index] = item_report(mapped, Outcome.REFUSED, refusal)
            elif isinstance(draft, ReadingDraft):
                if plan.elsewhere.holds(draft, self._digest(draft.digest)):
                    plan.report(mapped, Outcome.MERGED)
                else:
                    plan.readings.append(PlannedReading(mapped, draft))
            elif isinstance(draft, EntryDraft):
                self.entry(plan, mapped, draft, known)
            else:
                self._kept(plan, mapped, draft, known)

    def entry(self, plan: ImportPlan, mapped: Mapped, draft: EntryDraft, known: Known) -> None:
        """Also for a reading that the measurements room did not take."""
        origin = origin_of(draft.identity)
        stored = known.entries.get(origin["id"])
        digest = self._digest(draft.digest)
        if stored is None and plan.elsewhere.holds(draft, digest):
            plan.report(mapped, Outcome.MERGED)
        elif stored is None:
            document = self._new_entry(draft, mapped.index, digest)
            known.entries[origin["id"]] = document
            plan.new_entries.append(document)
            plan.report(mapped, Outcome.TAKEN)
        elif bytes(stored["digest"] or b"") == digest:
            plan.report(mapped, Outcome.MERGED)
        else:
            changes = self._entry_content(stored["_id"], draft, digest)
            plan.changed_entries.append((stored, changes))
            plan.report(mapped, Outcome.TAKEN)

    def _kept(self, plan: ImportPlan, mapped: Mapped, draft: Kept, known: Known) -> None:
        origin = origin_of(draft.identity)
        stored = known.kept.get(origin["id"])
        digest = self._digest(draft.digest)
        if stored is None and plan.elsewhere.holds(draft, digest):
            plan.report(mapped, Outcome.MERGED)
            return
        if stored is None:
            document = self._new_kept(draft, mapped.index, digest)
            known.kept[origin["id"]] = document
            plan.new_kept.append(document)
        elif bytes(stored["digest"]) != digest:
            plan.changed_kept.append(
                (stored["_id"], self._kept_content(stored["_id"], draft, digest))
            )
        else:
            plan.report(mapped, Outcome.MERGED)
            return
        plan.report(mapped, mapped.status)

    def _new_entry(self, draft: EntryDraft, position: int, digest: bytes) -> Raw:
        document = frame_of(
            ObjectId(),
            resident_id=self._resident_id,
            provenance=self._provenance,
            now=self._now,
        )
        document |= self._entry_content(document["_id"], draft, digest)
        document |= {"origin": origin_of(draft.identity), "position": position}
        if draft.origin is not None:
            document["source"] = _SOURCES[draft.origin].value
        return document

    def _entry_content(self, entry_id: ObjectId, draft: EntryDraft, digest: bytes) -> Raw:
        box = packed(draft.raw, draft.full_url)
        return {
            **content(entry_id, draft.body, self._key, self._now),
            "raw": self._key.seal(box, place(entry_id, "raw")),
            "status": draft.status.value,
            "digest": digest,
            "changed_here": False,
            "updated_at": self._now,
        }

    def _new_kept(self, draft: Kept, position: int, digest: bytes) -> Raw:
        kept_id = ObjectId()
        return {
            "_id": kept_id,
            "resident_id": self._resident_id,
            "fhir_type": draft.fhir_type,
            "origin": origin_of(draft.identity),
            "position": position,
            "created_at": self._now,
            **self._kept_content(kept_id, draft, digest),
        }

    def _kept_content(self, kept_id: ObjectId, draft: Kept, digest: bytes) -> Raw:
        box = packed(draft.raw, draft.full_url)
        return {
            "category": draft.category.value,
            "raw": self._key.seal(box, f"kept_resources:{kept_id}:raw"),
            "valid": draft.valid,
            "reason": draft.reason,
            "digest": digest,
            "updated_at": self._now,
        }

    def _digest(self, digest: str) -> bytes:
        # Keyed: the digest of a short resource could be guessed.
        return self._key.token(digest)


def category_in(draft: EntryDraft | ReadingDraft | Kept) -> Category:
    """Which part of the record the draft would change."""
    if isinstance(draft, ReadingDraft):
        return category_of(draft.draft.kind)
    return draft.body.category if isinstance(draft, EntryDraft) else draft.category
