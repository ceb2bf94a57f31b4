"""A received resource and its fullUrl in one sealed box."""

from __future__ import annotations


def packed(raw: bytes, full_url: str | None) -> bytes:
    """Canonical JSON has no line feed, so one parts the two."""
    return (full_url or "").encode() + b"\n" + raw


def unpacked(box: bytes) -> tuple[bytes, str | None]:
    """``raw`` and ``full_url``."""
    url, _, raw = box.partition(b"\n")
    return raw, url.decode() or None
