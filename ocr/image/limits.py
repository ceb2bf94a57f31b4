"""What a file may be at most, so that no upload can exhaust the machine."""

from __future__ import annotations

MAX_BYTES = 50 * 1024 * 1024
MAX_PIXELS = 64_000_000
MAX_PAGES = 40
MIN_SIDE = 64
PDF_DPI = 200
