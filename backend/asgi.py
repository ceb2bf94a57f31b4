"""The server's entry point. Hardly anything that is imported becomes garbage: it is not looked
for until everything is there (``settle_memory``), which is a seventh of the time of a start."""

from __future__ import annotations

import gc

gc.disable()

from backend.main import app  # noqa: E402

__all__ = ["app"]
