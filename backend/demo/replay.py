"""A clock that can be set back, so that what happened last week is stored as of last week."""

from __future__ import annotations

from datetime import datetime

from backend.core.clock import Clock


class ReplayClock:
    """Answers what it was set to, and the real time before and after the replay."""

    def __init__(self, real: Clock) -> None:
        self._real = real
        self._at: datetime | None = None

    def now(self) -> datetime:
        return self._at or self._real.now()

    def real_now(self) -> datetime:
        return self._real.now()

    def set(self, at: datetime) -> None:
        """Replay ``at``, never later than the real time."""
        self._at = min(at, self._real.now())

    def release(self) -> None:
        self._at = None
