"""What happens with filled-in questionnaires: ids and keys only."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class QuestionnaireEvent(Event):
    name: ClassVar[str] = "questionnaire"
    response_id: PydanticObjectId
    form: str


class QuestionnaireCompleted(QuestionnaireEvent):
    """Also when one that was marked as wrong is brought back."""

    name: ClassVar[str] = "questionnaire_completed"


class QuestionnaireWithdrawn(QuestionnaireEvent):
    """Entered in error: it counts for nothing any more."""

    name: ClassVar[str] = "questionnaire_withdrawn"
