"""A part of the download that another room gives as plain rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from bson import ObjectId

from backend.identity.viewer import Viewer
from backend.privacy.exporters.record import json_of
from backend.privacy.exporting import ExportFile

Rows = Callable[[Viewer, ObjectId], Awaitable[Sequence[dict[str, Any]]]]


class RowsExporter:
    """``rows`` asks the policy itself; ``zh`` and ``en`` say what the rows are."""

    def __init__(self, name: str, path: str, zh: str, en: str, rows: Rows) -> None:
        self.name = name
        self._path, self._zh, self._en = path, zh, en
        self._rows = rows

    async def files(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[ExportFile]:
        rows = await self._rows(viewer, resident_id)
        yield ExportFile(
            path=self._path, content=json_of(rows), zh=self._zh, en=self._en, count=len(rows)
        )
