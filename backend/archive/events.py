"""What happens in the archive."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class ResidentRegistered(Event):
    name: ClassVar[str] = "resident_registered"


class ProfileChanged(Event):
    name: ClassVar[str] = "profile_changed"


class EntriesAdded(Event):
    name: ClassVar[str] = "entries_added"
    entry_ids: tuple[PydanticObjectId, ...]


class EntryChanged(Event):
    """Amended, marked as entered in error, or restored."""

    name: ClassVar[str] = "entry_changed"
    entry_id: PydanticObjectId
    version: int
