"""Answers for tests: the same value everywhere, and what else is asked."""

from __future__ import annotations

from bson import ObjectId

from backend.identity.viewer import Viewer
from backend.questionnaires.asking import Subject, asked
from backend.questionnaires.model import Form, Given, ItemKind
from backend.questionnaires.response import Response
from backend.services import Services
from tests.factories import a_key


def all_of(form: Form, value: int, **others: Given) -> dict[str, Given]:
    """Every choice answered with ``value``; ``others`` by item."""
    given: dict[str, Given] = {
        each.id: value for each in form.items if each.kind is ItemKind.CHOICE and each.required
    }
    return {**given, **others}


def first_options(form: Form, subject: Subject) -> dict[str, Given]:
    """A whole set of answers, whatever the form: the first option, the least number."""
    answers: dict[str, Given] = {}
    while True:
        new = [each for each in asked(form, subject, answers) if each.id not in answers]
        if not new:
            return answers
        for item in new:
            if item.kind is ItemKind.NUMBER:
                answers[item.id] = float(item.minimum or 0)
            elif item.kind is ItemKind.TEXT:
                answers[item.id] = "今天还好"
            else:
                value = item.options[0].value
                answers[item.id] = value if item.kind is ItemKind.CHOICE else (value,)


async def filled(
    services: Services,
    viewer: Viewer,
    resident_id: ObjectId,
    form_key: str,
    answers: dict[str, Given],
) -> Response:
    """Begun and handed in."""
    answering = services.questionnaires.answering
    begun = await answering.start(viewer, resident_id, form_key, idempotency_key=a_key())
    return await answering.complete(
        viewer,
        resident_id,
        begun.id,
        list(answers.items()),
        form_version=begun.form.version,
        idempotency_key=a_key(),
    )
