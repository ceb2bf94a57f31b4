"""What doctors answered before: the assistant gives it again, with its day and name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from backend.care.documents import Ticket, TicketState
from backend.care.words import opened
from backend.core.container import Core

_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorsAnswer:
    """``entry_id`` is the answer in the archive, which the policy and withdrawals govern."""

    entry_id: ObjectId
    question: str
    answered_at: datetime
    answered_by: ObjectId


class DoctorsAnswers:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def of(self, resident_id: ObjectId) -> list[DoctorsAnswer]:
        """Newest first, the last 200; for the assistant, which asked the policy."""
        states = [TicketState.ANSWERED.value, TicketState.REFERRED.value]
        query = {"resident_id": resident_id, "state": {"$in": states}}
        rows = await Ticket.find(query).sort("-opened_at", "-_id").limit(_MOST).to_list()
        if not rows:
            return []
        key = await self._core.keyring.key(resident_id)
        return [
            DoctorsAnswer(
                entry_id=each.entry_id,
                question=opened(each.words, each.id, key).question,
                answered_at=each.answered_at,
                answered_by=each.answered_by,
            )
            for each in rows
            if each.entry_id and each.answered_at and each.answered_by
        ]
