"""export.zip: the one member that is the export, read through a bound on what it unpacks to.

The file is called export.xml in English and by another name elsewhere
(导出.xml on a Chinese phone), so it is known by how it begins.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from backend.measurements.devices.errors import (
    FileCompressionBomb,
    FileEncrypted,
    FileFormatUnknown,
    FileMalformed,
)

UNPACKED_LIMIT = 16 << 30
RATIO_LIMIT = 400
"""Real exports pack about 1:25."""
RATIO_FREE_BYTES = 64 << 20
"""Before so much has come out, the ratio says nothing."""
MOST_CANDIDATES = 20
_HEAD_BYTES = 65_536
_FORMAT = "ZIP"


class _Bounded(io.RawIOBase):
    """A member's bytes. Raises ``FileCompressionBomb``, ``FileMalformed``."""

    def __init__(self, member: BinaryIO, packed_bytes: int) -> None:
        self._member = member
        self._allowed = min(UNPACKED_LIMIT, max(RATIO_FREE_BYTES, packed_bytes * RATIO_LIMIT))
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        try:
            chunk = self._member.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
            raise FileMalformed(format=_FORMAT) from None
        self._read += len(chunk)
        if self._read > self._allowed:
            raise FileCompressionBomb()
        return chunk


@contextmanager
def opened_export(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The export inside. Raises ``FileMalformed``, ``FileEncrypted``, ``FileFormatUnknown``."""
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError):
        raise FileMalformed(format=_FORMAT) from None
    with archive:
        name = _export_name(archive)
        with _member(archive, name) as member:
            yield member


def _export_name(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    # Members are nested one folder deep; the clinical document beside it is no export.
    candidates = [
        info
        for info in archive.infolist()
        if info.filename.lower().endswith(".xml") and info.filename.count("/") <= 1
    ]
    for info in candidates[:MOST_CANDIDATES]:
        with _member(archive, info) as member:
            if b"<HealthData" in member.read(_HEAD_BYTES):
                return info
    raise FileFormatUnknown()


@contextmanager
def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[BinaryIO]:
    if info.flag_bits & 1:
        raise FileEncrypted()
    try:
        member = archive.open(info)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        raise FileMalformed(format=_FORMAT) from None
    with member:
        yield _Bounded(member, info.compress_size)  # type: ignore[arg-type, misc]
