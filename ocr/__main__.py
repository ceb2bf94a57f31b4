"""``python -m ocr``: the library alone."""

from __future__ import annotations

import sys

from ocr.cli import main

sys.exit(main(sys.argv[1:]))
