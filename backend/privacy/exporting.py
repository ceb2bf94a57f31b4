"""What goes into a download: each room's part as files, from its own ``Exporter``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from bson import ObjectId

from backend.identity.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """A file of the download: its path there, what it is in both languages, how many things."""

    path: str
    content: bytes
    zh: str
    en: str
    count: int | None = None


class Exporter(Protocol):
    """One part of a resident's data. Asks the policy with the viewer, as for any other read.

    ``name`` is shown as the step of the progress and names no person.
    """

    @property
    def name(self) -> str: ...

    def files(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[ExportFile]: ...
