"""What happens to pieces. Subscribers: points."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class QuizPassed(Event):
    """Somebody read a piece and passed its quiz, for the first time."""

    name: ClassVar[str] = "article_quiz_passed"
    record_id: PydanticObjectId
