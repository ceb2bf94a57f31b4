"""Reads the whole content library as the server does; prints the first fault and exits with 1."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from backend.core.clock import SHANGHAI
from content.errors import ContentInvalid
from content.files.loading import read_library

_LIBRARY = Path(__file__).resolve().parents[1] / "content" / "library"


def main() -> int:
    today = datetime.now(SHANGHAI).date()
    texts = [(path.name, path.read_text("utf-8")) for path in sorted(_LIBRARY.glob("*.md"))]
    try:
        pieces = read_library(texts, today)
    except ContentInvalid as error:
        print(f"content/library/{error.data['file']}:{error.data['line']}: {error.data['reason']}")
        return 1
    print(f"{len(pieces)} pieces, all good")
    return 0


if __name__ == "__main__":
    sys.exit(main())
