"""A response goes the way of its entry in the archive: marked as wrong there, it counts no more."""

from __future__ import annotations

from beanie import PydanticObjectId
from bson import ObjectId

from backend.archive.documents import EntryDocument
from backend.archive.entries import Entries
from backend.archive.events import EntryChanged
from backend.archive.sections import EntryStatus
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.identity.viewer import Viewer
from backend.questionnaires.documents import ResponseDocument, ResponseState
from backend.questionnaires.errors import QuestionnaireSettled
from backend.questionnaires.events import QuestionnaireCompleted, QuestionnaireWithdrawn
from backend.questionnaires.looking import Looking
from backend.questionnaires.response import Response


class Following:
    """``withdraw`` by somebody; ``on_entry`` for entries that the archive's own desk changed."""

    def __init__(self, core: Core, entries: Entries, looking: Looking) -> None:
        self._core = core
        self._entries = entries
        self._looking = looking

    async def withdraw(
        self, viewer: Viewer, resident_id: ObjectId, response_id: ObjectId
    ) -> Response:
        """Mark as entered in error, scores too. Raises ``QuestionnaireSettled`` where it is not
        a completed one, ``NotYourEntry``, ``AccessDenied``."""
        response = await self._looking.get(viewer, resident_id, response_id)
        entry_id = response.document.entry_id
        if response.document.state is not ResponseState.COMPLETED or entry_id is None:
            raise QuestionnaireSettled
        entry = await self._entries.get(viewer, resident_id, entry_id)
        await self._entries.mark_entered_in_error(
            viewer, resident_id, entry_id, version=entry.version
        )
        await self._follow(resident_id, entry_id, viewer.account_id)
        return await self._looking.get(viewer, resident_id, response_id)

    async def on_entry(self, event: EntryChanged, _: ObjectId) -> None:
        """Idempotent: what is already as the entry says is left alone."""
        await self._follow(event.resident_id, event.entry_id, None)

    async def _follow(self, resident_id: ObjectId, entry_id: ObjectId, by: ObjectId | None) -> None:
        query = {"resident_id": resident_id, "entry_id": entry_id}
        if await ResponseDocument.find_one(query) is None:
            return

        async def work(session: Session) -> None:
            document = await ResponseDocument.find_one(query, session=session)
            entry = await self._raw(resident_id, entry_id, session)
            if document is None or entry is None:
                return
            state = (
                ResponseState.COMPLETED
                if entry["status"] == EntryStatus.ACTIVE.value
                else ResponseState.WITHDRAWN
            )
            if document.state is state:
                return
            await ResponseDocument.get_pymongo_collection().update_one(
                {"_id": document.id, "resident_id": resident_id},
                {"$set": {"state": state.value, "updated_at": self._core.clock.now()}},
                session=session,
            )
            await self._score(document, entry, by or entry["recorded_by"]["account_id"], session)
            kind = (
                QuestionnaireCompleted
                if state is ResponseState.COMPLETED
                else QuestionnaireWithdrawn
            )
            told = kind(
                resident_id=document.resident_id, response_id=document.id, form=document.form
            )
            await self._core.outbox.publish(session, told)

        await self._core.store.transaction(work)

    async def _score(
        self, document: ResponseDocument, entry: Raw, by: ObjectId, session: Session
    ) -> None:
        """The Observation of the score says the same as its questionnaire."""
        if document.observation_id is None:
            return
        score = await self._raw(document.resident_id, document.observation_id, session)
        if score is None or score["status"] == entry["status"]:
            return
        change = {"status": entry["status"], "updated_at": self._core.clock.now()}
        after = await self._core.history.replace(
            EntryDocument.get_pymongo_collection(), score, change, by=by, session=session
        )
        changed = EntryChanged(
            resident_id=document.resident_id,
            entry_id=PydanticObjectId(score["_id"]),
            version=after["version"],
        )
        await self._core.outbox.publish(session, changed)

    async def _raw(self, resident_id: ObjectId, entry_id: ObjectId, session: Session) -> Raw | None:
        raw: Raw | None = await EntryDocument.get_pymongo_collection().find_one(
            {"resident_id": resident_id, "_id": entry_id}, session=session
        )
        return raw
