"""How long a busy thread may keep the event loop waiting for Python's lock."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_SHORT = 0.0005  # seconds; Python's own 5 ms are paid by the event loop at every message
_lock = Lock()
_wanting = 0
_usual = 0.0


@contextmanager
def short_turns() -> Iterator[None]:
    """Threads of this process take shorter turns as long as anybody is in such a block."""
    global _wanting, _usual
    with _lock:
        if _wanting == 0:
            _usual = sys.getswitchinterval()
            sys.setswitchinterval(min(_SHORT, _usual))
        _wanting += 1
    try:
        yield
    finally:
        with _lock:
            _wanting -= 1
            if _wanting == 0:
                sys.setswitchinterval(_usual)
