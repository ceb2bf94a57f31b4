"""How many questions a day."""

from __future__ import annotations

from bson import ObjectId

from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Session
from bot.assistant.stored.documents import QuestionDay
from bot.assistant.stored.errors import DailyQuestionsReached
from bot.assistant.stored.limits import limits


class Counting:
    """One count an account and day in Asia/Shanghai."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def check(self, account_id: ObjectId) -> None:
        """Raises ``DailyQuestionsReached``, before any work is done."""
        raw = await QuestionDay.get_pymongo_collection().find_one(
            {"account_id": account_id, "day": self._today()}
        )
        if raw is not None and raw["questions"] >= limits().daily:
            raise DailyQuestionsReached(limit=limits().daily)

    async def count(self, account_id: ObjectId, session: Session) -> None:
        """One more. Raises ``DailyQuestionsReached`` where others at the same time were first;
        the first two of a day at once: ``DuplicateKeyError``, to be tried again.
        """
        raw = await QuestionDay.get_pymongo_collection().find_one_and_update(
            {"account_id": account_id, "day": self._today()},
            {
                "$inc": {"questions": 1},
                "$setOnInsert": {"at": self._core.clock.now()},
            },
            upsert=True,
            return_document=True,
            session=session,
        )
        assert raw is not None  # upsert
        if raw["questions"] > limits().daily:
            raise DailyQuestionsReached(limit=limits().daily)

    def _today(self) -> str:
        return self._core.clock.now().astimezone(SHANGHAI).date().isoformat()
