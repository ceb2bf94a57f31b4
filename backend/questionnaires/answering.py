"""Filling in: begin, save a part, hand in. What may not wait reaches a doctor at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action
from backend.access.relations import Relation
from backend.access.service import NOTHING, Access
from backend.archive.documents import EntryDocument
from backend.archive.entry import Provenance, to_raw
from backend.archive.events import EntriesAdded
from backend.care.opening import Opening
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.history import ChangedMeanwhile
from backend.core.keys.keyring import refuse_erased
from backend.identity.viewer import Viewer
from backend.measurements.people import People
from backend.questionnaires.asking import Subject, is_for, merged, require_whole
from backend.questionnaires.bodies import bodies_of
from backend.questionnaires.book import Book
from backend.questionnaires.documents import ResponseDocument, ResponseState
from backend.questionnaires.errors import (
    QuestionnaireNotForPerson,
    QuestionnaireResponseNotFound,
    QuestionnaireSettled,
    QuestionnaireVersionMismatch,
)
from backend.questionnaires.events import QuestionnaireCompleted
from backend.questionnaires.looking import of_forms
from backend.questionnaires.model import Given
from backend.questionnaires.response import Response, opened, sealed
from backend.questionnaires.ringing import Ringing
from backend.questionnaires.subjects import subject_of

Answers = Sequence[tuple[str, Given]]

_MANY = 2


class Answering:
    def __init__(
        self, core: Core, access: Access, people: People, opening: Opening, book: Book
    ) -> None:
        self._core = core
        self._access = access
        self._people = people
        self._ringing = Ringing(opening)
        self._book = book

    async def start(
        self, viewer: Viewer, resident_id: ObjectId, form_key: str, *, idempotency_key: str
    ) -> Response:
        """A new response to the form's current version, or the one that is open already.

        One begun for an earlier version is stopped: its answers stay, for who looks. Raises
        ``QuestionnaireUnknown``, ``QuestionnaireNotForPerson``, ``AccessDenied``.
        """
        form = self._book.get(form_key)
        relation = await self._access.require(viewer, resident_id, form.category, Action.RECORD)
        subject = await self._subject(resident_id)
        if not is_for(form.audience, subject):
            raise QuestionnaireNotForPerson
        key = await self._core.keyring.key(resident_id)

        async def work(session: Session) -> Raw:
            await refuse_erased(session, [resident_id])
            now = self._core.clock.now()
            open_one = await ResponseDocument.find_one(
                {"resident_id": resident_id, "form": form.key, "open": True}, session=session
            )
            if open_one is not None and open_one.form_version == form.version:
                return {"id": open_one.id}
            if open_one is not None:
                stopped = {"state": ResponseState.STOPPED.value, "open": None}
                await _set(open_one, stopped, now, session)
            response_id = PydanticObjectId()
            document = ResponseDocument(
                id=response_id,
                resident_id=PydanticObjectId(resident_id),
                form=form.key,
                form_version=form.version,
                category=form.category,
                box=sealed({}, subject, response_id, key),
                **_by(viewer, relation),
                started_at=now,
                updated_at=now,
            )
            await ResponseDocument.get_pymongo_collection().insert_one(
                document.to_raw(), session=session
            )
            return {"id": response_id}

        arguments = ["start_questionnaire", str(resident_id), form.key]
        once = self._core.idempotency.once
        try:
            answer = await once(viewer.account_id, idempotency_key, arguments, work)
        except DuplicateKeyError:  # somebody else began it at the same moment: theirs is joined
            answer = await once(viewer.account_id, idempotency_key, arguments, work)
        return await self._response(resident_id, answer["id"])

    async def save(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        response_id: ObjectId,
        answers: Answers,
        *,
        form_version: str,
    ) -> Response:
        """Some answers, in place of earlier ones to the same questions.

        Raises ``QuestionnaireResponseNotFound``, ``QuestionnaireVersionMismatch``,
        ``QuestionnaireSettled``, what ``merged`` refuses, ``ChangedMeanwhile``.
        """
        before, relation = await self._open(viewer, resident_id, response_id, form_version)
        after, subject = await self._merged(before, answers)
        box = await self._sealed(resident_id, response_id, after, subject)

        async def work(session: Session) -> None:
            change: Raw = {"box": box}
            change |= await self._ringing.tickets(viewer, before, relation, after, session)
            await _set(before.document, change, self._core.clock.now(), session)

        await self._core.store.transaction(work)
        return await self._response(resident_id, response_id)

    async def complete(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        response_id: ObjectId,
        answers: Answers,
        *,
        form_version: str,
        idempotency_key: str,
    ) -> Response:
        """Hand in, with the last answers. The result joins the archive in the same transaction.

        Raises as ``save`` and ``AnswersMissing``; answered twice is ``QuestionnaireSettled``.
        """
        arguments = ["complete_questionnaire", str(response_id), form_version, list(answers)]
        known = await self._core.idempotency.known(viewer.account_id, idempotency_key)
        before, relation = await self._open(
            viewer, resident_id, response_id, form_version, settled=known
        )
        after, subject = (
            (before.answers, before.subject) if known else await self._merged(before, answers)
        )
        if not known:
            require_whole(before.form, subject, after)
        box = await self._sealed(resident_id, response_id, after, subject)

        async def work(session: Session) -> Raw:
            now = self._core.clock.now()
            whole = Response(
                document=before.document, form=before.form, subject=subject, answers=after
            )
            entries = await self._joined(viewer, relation, whole, now, session)
            change: Raw = {
                "box": box,
                "state": ResponseState.COMPLETED.value,
                "open": None,
                "completed_at": now,
                "entry_id": entries[0],
                "observation_id": entries[1] if len(entries) == _MANY else None,
                **await self._ringing.tickets(viewer, before, relation, after, session),
            }
            await _set(before.document, change, now, session)
            await self._core.outbox.publish(
                session,
                EntriesAdded(resident_id=PydanticObjectId(resident_id), entry_ids=tuple(entries)),
                QuestionnaireCompleted(
                    resident_id=PydanticObjectId(resident_id),
                    response_id=PydanticObjectId(response_id),
                    form=before.form.key,
                ),
            )
            return {"id": response_id}

        await self._core.idempotency.once(viewer.account_id, idempotency_key, arguments, work)
        return await self._response(resident_id, response_id)

    async def stop(self, viewer: Viewer, resident_id: ObjectId, response_id: ObjectId) -> Response:
        """Given up: what was answered so far is kept, and counts for nothing."""
        before, _ = await self._open(viewer, resident_id, response_id, None)

        async def work(session: Session) -> None:
            stopped = {"state": ResponseState.STOPPED.value, "open": None}
            await _set(before.document, stopped, self._core.clock.now(), session)

        await self._core.store.transaction(work)
        return await self._response(resident_id, response_id)

    async def _open(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        response_id: ObjectId,
        form_version: str | None,
        *,
        settled: bool = False,
    ) -> tuple[Response, Relation]:
        allowed = await self._access.categories(
            viewer, resident_id, Action.RECORD, looks_at=NOTHING
        )
        allowed = of_forms(allowed, self._book)
        document = await ResponseDocument.find_one(
            {"_id": response_id, "resident_id": resident_id, "category": {"$in": sorted(allowed)}}
        )
        if document is None:
            raise QuestionnaireResponseNotFound
        relation = await self._access.require(viewer, resident_id, document.category, Action.RECORD)
        if form_version is not None and form_version != document.form_version:
            raise QuestionnaireVersionMismatch(version=document.form_version)
        if document.state is not ResponseState.IN_PROGRESS and not settled:
            raise QuestionnaireSettled
        return await self._opened(document), relation

    async def _merged(self, before: Response, answers: Answers) -> tuple[dict[str, Given], Subject]:
        subject = await self._subject(before.document.resident_id)
        return merged(before.form, subject, before.answers, answers), subject

    async def _joined(
        self, viewer: Viewer, relation: Relation, whole: Response, now: datetime, session: Session
    ) -> list[PydanticObjectId]:
        key = await self._core.keyring.key(whole.document.resident_id, session)
        raws = [
            to_raw(
                body,
                resident_id=whole.document.resident_id,
                provenance=Provenance.of(viewer, relation),
                key=key,
                now=now,
            )
            for body in bodies_of(whole, relation, now)
        ]
        await EntryDocument.get_pymongo_collection().insert_many(raws, session=session)
        return [PydanticObjectId(each["_id"]) for each in raws]

    async def _subject(self, resident_id: ObjectId) -> Subject:
        return await subject_of(self._people, self._core.clock, resident_id)

    async def _sealed(
        self,
        resident_id: ObjectId,
        response_id: ObjectId,
        answers: dict[str, Given],
        subject: Subject,
    ) -> bytes:
        key = await self._core.keyring.key(resident_id)
        return sealed(answers, subject, response_id, key)

    async def _response(self, resident_id: ObjectId, response_id: ObjectId) -> Response:
        document = await ResponseDocument.find_one({"_id": response_id, "resident_id": resident_id})
        assert document is not None  # deleted only with the resident
        return await self._opened(document)

    async def _opened(self, document: ResponseDocument) -> Response:
        form = self._book.version(document.form, document.form_version)
        return opened(document, form, await self._core.keyring.key(document.resident_id))


def _by(viewer: Viewer, relation: Relation) -> Raw:
    return {
        "by": viewer.account_id,
        "relation": relation.kind.value,
        "kinship": relation.kinship.value if relation.kinship else None,
        "channel": viewer.channel.value,
    }


async def _set(document: ResponseDocument, change: Raw, now: datetime, session: Session) -> None:
    """Raises ``ChangedMeanwhile`` where somebody saved since it was read."""
    done = await ResponseDocument.get_pymongo_collection().update_one(
        {
            "_id": document.id,
            "resident_id": document.resident_id,
            "version": document.version,
        },
        {"$set": {**change, "updated_at": now}, "$inc": {"version": 1}},
        session=session,
    )
    if done.matched_count == 0:
        raise ChangedMeanwhile
