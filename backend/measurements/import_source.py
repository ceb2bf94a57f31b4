"""A file being read in one thread while another asks how far it is."""

from __future__ import annotations

import io
import os
from types import TracebackType
from typing import Any, BinaryIO

Source = str | os.PathLike[str] | int
"""A path, or the descriptor of an open file, which stays open."""

_BUFFER_BYTES = 1 << 18


class FileSource:
    """Use as a context manager; ``stream`` is seekable."""

    def __init__(self, source: Source) -> None:
        self._file = _Counted(source, "rb", closefd=not isinstance(source, int))
        self.size = os.fstat(self._file.fileno()).st_size
        # FileIO is not among the raw types that typeshed lets a buffer stand on.
        self.stream: BinaryIO = io.BufferedReader(self._file, _BUFFER_BYTES)
        self.stream.seek(0)

    @property
    def read(self) -> int:
        """The furthest byte that was read."""
        return self._file.furthest

    def stop(self) -> None:
        """From now on the file seems to end: its reader comes to an end soon."""
        self._file.stopped = True

    def __enter__(self) -> FileSource:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stream.close()


class _Counted(io.FileIO):
    furthest = 0
    stopped = False

    def readinto(self, buffer: Any, /) -> int | None:
        if self.stopped:
            return 0
        count = super().readinto(buffer)
        self.furthest = max(self.furthest, self.tell())
        return count

    def readall(self) -> bytes:
        content = b"" if self.stopped else super().readall()
        self.furthest = max(self.furthest, self.tell())
        return content
