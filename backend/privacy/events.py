"""What happens in this room, for whoever tells the resident."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class DownloadReady(Event):
    name: ClassVar[str] = "download_ready"
    download_id: PydanticObjectId


class DownloadFailed(Event):
    name: ClassVar[str] = "download_failed"
    download_id: PydanticObjectId


class DeletionRequested(Event):
    """Tell every device of everybody who could have asked: it may have been a stolen phone."""

    name: ClassVar[str] = "deletion_requested"
    erasure_id: PydanticObjectId


class DeletionCancelled(Event):
    name: ClassVar[str] = "deletion_cancelled"
    erasure_id: PydanticObjectId


class ResidentErased(Event):
    """For what rooms keep outside of the store: indexes, caches. The record is gone already."""

    name: ClassVar[str] = "resident_erased"


class CorrectionRequested(Event):
    name: ClassVar[str] = "correction_requested"
    correction_id: PydanticObjectId


class CorrectionDone(Event):
    name: ClassVar[str] = "correction_answered"
    correction_id: PydanticObjectId


class RollbackDone(Event):
    name: ClassVar[str] = "rollback_done"
    rollback_id: PydanticObjectId
