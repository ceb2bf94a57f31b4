"""What a file really is, by its bytes; names that lie and hidden second files refused."""

from __future__ import annotations

from pathlib import Path

from ocr.errors import (
    ExtensionWrong,
    FileEmpty,
    FileMissing,
    FilePolyglot,
    FileTooLarge,
    FormatUnsupported,
)
from ocr.image.limits import MAX_BYTES

_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
_EXTENSIONS = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".jpe": "jpeg",
    ".jfif": "jpeg",
    ".png": "png",
    ".heic": "heic",
    ".heif": "heic",
    ".hif": "heic",
    ".pdf": "pdf",
}
_SCRIPTS = (b"<script", b"<?php", b"<html", b"<!doctype html")
_ZIP_END = b"PK\x05\x06"


def read_bytes(path: Path) -> bytes:
    """The file's bytes; refused before reading where it is missing, empty or too large."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise FileMissing() from error
    if not path.is_file():
        raise FileMissing()
    if size > MAX_BYTES:
        raise FileTooLarge(limit_mb=MAX_BYTES // 1024 // 1024)
    return path.read_bytes()


def kind_of(data: bytes, name: str = "") -> str:
    """``jpeg``, ``png``, ``heic`` or ``pdf``.

    Raises ``FileEmpty``, ``FileTooLarge``, ``FormatUnsupported``, ``ExtensionWrong`` or
    ``FilePolyglot``.
    """
    if not data:
        raise FileEmpty()
    if len(data) > MAX_BYTES:
        raise FileTooLarge(limit_mb=MAX_BYTES // 1024 // 1024)
    kind = _by_magic(data)
    if kind is None:
        raise FormatUnsupported()
    named = _EXTENSIONS.get(Path(name).suffix.lower()) if Path(name).suffix else kind
    if named != kind:
        raise ExtensionWrong(named=Path(name).suffix.lower(), found=kind)
    if _hides_another(data, kind):
        raise FilePolyglot()
    return kind


def _by_magic(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return "heic"
    return "pdf" if data.startswith(b"%PDF-") else None


def _hides_another(data: bytes, kind: str) -> bool:
    if _ZIP_END in data[-66_000:]:
        return True
    if kind == "pdf":
        end = data.rfind(b"%%EOF")
        return end >= 0 and any(s in data[end:].lower() for s in _SCRIPTS)
    return b"%PDF-" in data or any(s in data[-66_000:].lower() for s in _SCRIPTS)
