"""A filled-in questionnaire as the rest of the program sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.core.keys import OwnerKey
from backend.questionnaires.asking import Subject, asked, missing
from backend.questionnaires.documents import ResponseDocument
from backend.questionnaires.model import Alarm, Form, Given, Item
from backend.questionnaires.scoring import Scored, alarms, scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """``subject`` is who was asked, as known when the answers were last saved."""

    document: ResponseDocument
    form: Form
    subject: Subject
    answers: dict[str, Given]

    @property
    def id(self) -> ObjectId:
        return self.document.id

    @property
    def at(self) -> datetime:
        return self.document.started_at

    @property
    def asked(self) -> list[Item]:
        return asked(self.form, self.subject, self.answers)

    @property
    def missing(self) -> list[str]:
        return missing(self.form, self.subject, self.answers)

    @property
    def alarms(self) -> list[Alarm]:
        return alarms(self.form, self.answers)

    @property
    def scores(self) -> list[Scored]:
        """Of a completed one; none before, as part of the answers says nothing."""
        if self.document.completed_at is None:
            return []
        return scores(self.form, self.subject, self.answers)


def sealed(
    answers: dict[str, Given], subject: Subject, response_id: ObjectId, key: OwnerKey
) -> bytes:
    said = {"answers": answers, "sex": subject.sex, "age": subject.age}
    return key.seal(json.dumps(said, ensure_ascii=False).encode(), _place(response_id))


def opened(document: ResponseDocument, form: Form, key: OwnerKey) -> Response:
    said: dict[str, Any] = json.loads(key.open(document.box, _place(document.id)))
    answers = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in said["answers"].items()
    }
    subject = Subject(sex=said["sex"], age=said["age"])
    return Response(document=document, form=form, subject=subject, answers=answers)


def _place(response_id: ObjectId) -> str:
    return f"questionnaire_responses:{response_id}:box"
