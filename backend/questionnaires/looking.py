"""Looking: what may be filled in, what was, and how a score went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bson import ObjectId

from backend.access.categories import Category
from backend.access.errors import AccessDenied
from backend.access.service import NOTHING, Access
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from backend.measurements.people import People
from backend.questionnaires.asking import Subject, is_for
from backend.questionnaires.book import Book
from backend.questionnaires.documents import ResponseDocument, ResponseState
from backend.questionnaires.errors import QuestionnaireResponseNotFound, QuestionnaireUnknown
from backend.questionnaires.model import Form, Given
from backend.questionnaires.response import Response, opened
from backend.questionnaires.scoring import Scored
from backend.questionnaires.subjects import subject_of

_MOST_POINTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A form that is for the person. ``due_on``: when to fill it in again; None: never done."""

    form: Form
    open_id: ObjectId | None
    last_at: datetime | None

    @property
    def due_on(self) -> date | None:
        if self.last_at is None:
            return None
        return (self.last_at.astimezone(SHANGHAI) + timedelta(days=self.form.again_days)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePoint:
    at: datetime
    response_id: ObjectId
    form_version: str
    scored: Scored


class Looking:
    def __init__(self, core: Core, access: Access, people: People, book: Book) -> None:
        self._core = core
        self._access = access
        self._people = people
        self._book = book

    async def offers(self, viewer: Viewer, resident_id: ObjectId) -> list[Offer]:
        """The forms for this person, of the categories that the viewer is granted.

        Raises ``AccessDenied`` where that is none of any form's.
        """
        allowed = await self._allowed(viewer, resident_id)
        subject = await self.subject(resident_id)
        forms = [
            each
            for each in self._book.current
            if each.category in allowed and is_for(each.audience, subject)
        ]
        found: dict[str, Raw] = {}
        cursor = await ResponseDocument.get_pymongo_collection().aggregate(
            _newest(resident_id, allowed)
        )
        async for row in cursor:
            found[row["_id"]] = row
        return [
            Offer(
                form=each,
                open_id=found.get(each.key, {}).get("open_id"),
                last_at=found.get(each.key, {}).get("last_at"),
            )
            for each in forms
        ]

    async def form(self, viewer: Viewer, resident_id: ObjectId, key: str) -> tuple[Form, Subject]:
        """The current version, and who would be asked. Raises ``QuestionnaireUnknown`` and
        ``AccessDenied``."""
        form = self._book.get(key)
        await self._access.require(viewer, resident_id, form.category)
        return form, await self.subject(resident_id)

    async def get(self, viewer: Viewer, resident_id: ObjectId, response_id: ObjectId) -> Response:
        """Raises ``QuestionnaireResponseNotFound`` also for what is not granted."""
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        allowed = of_forms(allowed, self._book)
        document = await ResponseDocument.find_one(
            {"_id": response_id, "resident_id": resident_id, "category": {"$in": sorted(allowed)}}
        )
        if document is None:
            raise QuestionnaireResponseNotFound
        await self._access.require(viewer, resident_id, document.category)
        return (await self._opened(resident_id, [document]))[0]

    async def page(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        *,
        form: str | None = None,
        first: int,
        after: Cursor | None = None,
    ) -> Page[Response]:
        """What was filled in, newest first, without what was stopped. Raises ``AccessDenied``."""
        size = page_size(first)
        allowed = await self._allowed(viewer, resident_id)
        query: Raw = {
            "resident_id": resident_id,
            "category": {"$in": sorted(allowed)},
            "state": {"$ne": ResponseState.STOPPED.value},
        }
        if form is not None:
            query["form"] = form
        if after is not None:
            query["$and"] = [after.older_than("started_at")]
        rows = (
            await ResponseDocument.find(query).sort("-started_at", "-_id").limit(size + 1).to_list()
        )
        return Page.of(await self._opened(resident_id, rows), size)

    async def trend(
        self, viewer: Viewer, resident_id: ObjectId, form_key: str, score: str
    ) -> list[ScorePoint]:
        """One score over time, oldest first, the last 200. Raises ``QuestionnaireUnknown``."""
        form = self._book.get(form_key)
        if score not in {each.key for each in form.scores}:
            raise QuestionnaireUnknown
        await self._access.require(viewer, resident_id, form.category)
        query = {
            "resident_id": resident_id,
            "form": form.key,
            "category": form.category.value,
            "state": ResponseState.COMPLETED.value,
        }
        rows = (
            await ResponseDocument.find(query)
            .sort("-completed_at", "-_id")
            .limit(_MOST_POINTS)
            .to_list()
        )
        return [
            ScorePoint(
                at=response.document.completed_at,
                response_id=response.id,
                form_version=response.form.version,
                scored=each,
            )
            for response in reversed(await self._opened(resident_id, rows))
            for each in response.scores
            if each.score.key == score and response.document.completed_at is not None
        ]

    async def exported(self, viewer: Viewer, resident_id: ObjectId) -> list[dict[str, object]]:
        """Everything of granted categories, stopped and withdrawn too, oldest first."""
        allowed = await self._allowed(viewer, resident_id)
        query = {"resident_id": resident_id, "category": {"$in": sorted(allowed)}}
        rows = await ResponseDocument.find(query).sort("started_at", "_id").to_list()
        return [_plain(each) for each in await self._opened(resident_id, rows)]

    async def subject(self, resident_id: ObjectId) -> Subject:
        return await subject_of(self._people, self._core.clock, resident_id)

    async def _allowed(self, viewer: Viewer, resident_id: ObjectId) -> frozenset[Category]:
        categories = frozenset(each.category for each in self._book.current)
        allowed = await self._access.categories(viewer, resident_id, looks_at=categories)
        return of_forms(allowed, self._book)

    async def _opened(
        self, resident_id: ObjectId, documents: list[ResponseDocument]
    ) -> list[Response]:
        if not documents:
            return []
        key = await self._core.keyring.key(resident_id)
        return [
            opened(each, self._book.version(each.form, each.form_version), key)
            for each in documents
        ]


def of_forms(allowed: frozenset[Category], book: Book) -> frozenset[Category]:
    """Those of the categories that some form belongs to. Raises ``AccessDenied`` for none."""
    found = allowed & {each.category for each in book.current}
    if not found:
        raise AccessDenied(category=Category.CONDITIONS.value)
    return found


def _newest(resident_id: ObjectId, allowed: frozenset[Category]) -> list[Raw]:
    completed = {"$eq": ["$state", ResponseState.COMPLETED.value]}
    return [
        {"$match": {"resident_id": resident_id, "category": {"$in": sorted(allowed)}}},
        {
            "$group": {
                "_id": "$form",
                "last_at": {"$max": {"$cond": [completed, "$completed_at", None]}},
                "open_id": {"$max": {"$cond": [{"$eq": ["$open", True]}, "$_id", None]}},
            }
        },
    ]


def _plain(response: Response) -> dict[str, object]:
    document = response.document
    return {
        "questionnaire": response.form.canonical,
        "title": response.form.title.zh,
        "state": document.state.value,
        "started_at": document.started_at.isoformat(),
        "completed_at": document.completed_at.isoformat() if document.completed_at else None,
        "recorded_by": document.kinship or document.relation,
        "answers": {
            response.form.by_id[key].text.zh: _said(response, key, value)
            for key, value in response.answers.items()
        },
        "scores": {each.score.name.zh: round(each.value, 2) for each in response.scores},
    }


def _said(response: Response, item_id: str, value: Given) -> object:
    options = response.form.by_id[item_id].by_value
    if isinstance(value, tuple):
        return [options[each].text.zh for each in value]
    return options[value].text.zh if options and isinstance(value, int) else value
