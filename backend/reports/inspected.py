"""What looking at a file tells, and how to ask for it from the sandbox.

The looking itself needs the image libraries: they are imported in the sandbox's process,
and cost a server that nobody sends a file nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

CONTENT_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "heic": "image/heic",
    "pdf": "application/pdf",
}
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class SeenPage:
    """As displayed, in pixels; of a PDF at 200 dpi."""

    width: int
    height: int
    phash: str


@dataclass(frozen=True, slots=True)
class Inspected:
    """``data`` is the file without location and device."""

    kind: str
    data: bytes
    pages: tuple[SeenPage, ...]


def inspect(data: bytes, name: str) -> Inspected:
    """As ``inspecting.inspect``."""
    from backend.reports import inspecting

    return inspecting.inspect(data, name)


def page_png(data: bytes, number: int, mark: Box | None) -> bytes:
    """As ``inspecting.page_png``."""
    from backend.reports import inspecting

    return inspecting.page_png(data, number, mark)


def crop_png(data: bytes, number: int, box: Box) -> bytes:
    """As ``inspecting.crop_png``."""
    from backend.reports import inspecting

    return inspecting.crop_png(data, number, box)
