"""A file as it comes in, and as a report holds it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.measurements.reading import RecordedBy
from backend.reports.inspected import CONTENT_TYPES, Inspected
from backend.reports.limits import NAME_CHARACTERS
from backend.reports.report import seen_place


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file as sent; ``name`` gives the extension that must agree."""

    data: bytes
    name: str = ""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A file that is not here yet. ``mark`` is its content's, ``blob_id`` where it will lie."""

    mark: bytes
    file: Inspected
    name: str
    blob_id: ObjectId

    @classmethod
    def of(cls, mark: bytes, file: Inspected, incoming: Incoming) -> Fresh:
        return cls(mark, file, incoming.name[-NAME_CHARACTERS:], ObjectId())


def content_mark(data: bytes, key: OwnerKey) -> bytes:
    """The same for the same file of one resident, noise to who has no key."""
    return key.token(f"file:{hashlib.sha256(data).hexdigest()}")


def file_raw(
    fresh: Fresh,
    report_id: ObjectId,
    key: OwnerKey,
    by: RecordedBy,
    now: datetime,
) -> Raw:
    file_id = ObjectId()
    seen: dict[str, Any] = {
        "name": fresh.name,
        "pages": [asdict(page) for page in fresh.file.pages],
    }
    return {
        "id": file_id,
        "blob_id": fresh.blob_id,
        "kind": fresh.file.kind,
        "content_type": CONTENT_TYPES[fresh.file.kind],
        "size": len(fresh.file.data),
        "pages": len(fresh.file.pages),
        "mark": fresh.mark,
        "seen": key.seal_json(seen, seen_place(report_id, file_id)),
        "added_by": by.to_raw(),
        "added_at": now,
    }
