"""A multipart form with files, read in memory: health photos never lie plain on a disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from litestar import Request
from multipart import (  # type: ignore[import-untyped]
    MultipartSegment,
    ParserError,
    ParserLimitReached,
    PushMultipartParser,
)

from backend.reports.errors import UploadHeaderWrong, UploadTooLarge
from backend.reports.files import Incoming

_ENVELOPE = 64 * 1024  # the form's own lines
_MOST_PARTS = 100
_MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Form:
    """Plain fields by name, and the files of the field ``file`` in their order."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Incoming] = field(default_factory=list)


async def read_form(request: Request[Any, Any, Any], limit_mb: int) -> Form:
    """Raises ``UploadTooLarge``, before reading where the length is told, and
    ``UploadHeaderWrong`` for what is no form."""
    limit = limit_mb * _MEGABYTE + _ENVELOPE
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise UploadTooLarge(limit_mb=limit_mb)
    kind, options = request.content_type
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise UploadHeaderWrong(header="Content-Type")
    reading = _Reading(options["boundary"])
    total = 0
    try:
        async for block in request.stream():
            total += len(block)
            if total > limit:
                raise UploadTooLarge(limit_mb=limit_mb)
            if block:
                reading.take(block)
        reading.parser.close()
    except (ParserError, ParserLimitReached) as error:
        raise UploadHeaderWrong(header="Content-Type") from error
    return reading.form


class _Reading:
    """The parser's events, gathered."""

    def __init__(self, boundary: str) -> None:
        self.parser = PushMultipartParser(boundary, max_segment_count=_MOST_PARTS)
        self.form = Form()
        self._segment: Any = None
        self._data = bytearray()

    def take(self, block: bytes) -> None:
        for event in self.parser.parse(block):
            if isinstance(event, MultipartSegment):
                self._segment, self._data = event, bytearray()
            elif event:
                self._data += event
            else:
                self._end()

    def _end(self) -> None:
        segment, data = self._segment, bytes(self._data)
        if segment.name == "file":
            self.form.files.append(Incoming(data, segment.filename or ""))
        elif segment.filename is None:
            self.form.fields[segment.name] = data.decode("utf-8", "replace")
