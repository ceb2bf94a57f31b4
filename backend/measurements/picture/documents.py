"""How many photos an account had read; the photos themselves are nowhere."""

from __future__ import annotations

from typing import ClassVar

from backend.core.attempts import AttemptCount, expiring
from backend.core.documents import ASC, unique


class PictureAttempts(AttemptCount):
    """``key`` is a blind index of the account."""

    class Settings:
        name = "picture_attempts"
        indexes: ClassVar = [
            unique("one_picture_count_per_key", ("key", ASC)),
            expiring("picture_attempts_expire"),
        ]


DOCUMENTS = (PictureAttempts,)
