"""What is stored of filled-in questionnaires. Answers and results are sealed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId
from pydantic import Field

from backend.access.categories import Category
from backend.core.documents import ASC, DESC, ResidentOwned, index, unique


class ResponseState(StrEnum):
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    STOPPED = "stopped"  # given up before the end
    WITHDRAWN = "withdrawn"  # entered in error


class ResponseDocument(ResidentOwned):
    """One filled-in questionnaire. ``box`` seals answers and scores together."""

    form: str
    form_version: str
    category: Category
    state: ResponseState = ResponseState.IN_PROGRESS
    open: bool | None = True
    box: bytes
    by: PydanticObjectId
    relation: str
    kinship: str | None = None
    channel: str
    started_at: datetime
    updated_at: datetime
    completed_at: datetime | None = None
    entry_id: PydanticObjectId | None = None
    observation_id: PydanticObjectId | None = None
    ticket_ids: dict[str, PydanticObjectId] = Field(default_factory=dict)
    """By the item whose answer could not wait."""
    version: int = 1

    class Settings:
        name = "questionnaire_responses"
        indexes: ClassVar = [
            unique(
                "one_open_response_per_form",
                ("resident_id", ASC),
                ("form", ASC),
                partialFilterExpression={"open": True},
            ),
            index(
                "responses_by_form_and_time",
                ("resident_id", ASC),
                ("form", ASC),
                ("completed_at", DESC),
            ),
            index("responses_by_time", ("resident_id", ASC), ("started_at", DESC), ("_id", DESC)),
            index("responses_by_entry", ("resident_id", ASC), ("entry_id", ASC), sparse=True),
        ]


DOCUMENTS = (ResponseDocument,)
