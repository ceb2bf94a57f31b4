"""Which questions are put to whom, and which answers they take. Pure."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from backend.questionnaires.errors import (
    AnswerOutOfRange,
    AnswersMissing,
    AnswerTwice,
    QuestionNotAsked,
    QuestionUnknown,
)
from backend.questionnaires.model import Audience, Form, Given, Item, ItemKind, When

LONGEST_TEXT = 500
Answers = Mapping[str, Given]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who is asked: ``age`` in whole years. What is None is not known."""

    sex: Literal["male", "female"] | None = None
    age: int | None = None


def is_for(audience: Audience, subject: Subject) -> bool:
    """Whether the form is for somebody; what is not known does not speak against it."""
    if audience.sex is not None and subject.sex is not None and audience.sex != subject.sex:
        return False
    if subject.age is None:
        return True
    low, high = audience.min_age, audience.max_age
    return (low is None or subject.age >= low) and (high is None or subject.age <= high)


def asked(form: Form, subject: Subject, answers: Answers) -> list[Item]:
    """The items that are put, in order, after these answers.

    An item's condition looks at what is itself asked: hiding one hides what hangs on it.
    """
    shown: list[Item] = []
    known: dict[str, Given] = {}
    for item in form.items:
        if item.when is None or _holds(item.when, subject, known):
            shown.append(item)
            if item.id in answers:
                known[item.id] = answers[item.id]
    return shown


def merged(
    form: Form, subject: Subject, before: Answers, given: Iterable[tuple[str, Given]]
) -> dict[str, Given]:
    """All answers after ``given``, without those that a changed branch hides.

    Raises ``QuestionUnknown``, ``AnswerTwice``, ``AnswerOutOfRange``, ``QuestionNotAsked``.
    """
    new: dict[str, Given] = {}
    for item_id, value in given:
        item = form.by_id.get(item_id)
        if item is None:
            raise QuestionUnknown(item=item_id[:40])
        if item_id in new:
            raise AnswerTwice(item=item_id)
        new[item_id] = checked(item, value)
    answers = {**before, **new}
    shown = {each.id for each in asked(form, subject, answers)}
    for item_id in new:
        if item_id not in shown:
            raise QuestionNotAsked(item=item_id)
    return {key: value for key, value in answers.items() if key in shown}


def missing(form: Form, subject: Subject, answers: Answers) -> list[str]:
    """Ids of what has to be answered still, in order."""
    shown = asked(form, subject, answers)
    return [each.id for each in shown if each.required and each.id not in answers]


def require_whole(form: Form, subject: Subject, answers: Answers) -> None:
    """Raises ``AnswersMissing``."""
    found = missing(form, subject, answers)
    if found:
        raise AnswersMissing(items=", ".join(found[:10]), count=len(found))


def checked(item: Item, value: Given) -> Given:
    """The answer as it is stored. Raises ``AnswerOutOfRange``."""
    fits = {
        ItemKind.CHOICE: _choice,
        ItemKind.CHOICES: _choices,
        ItemKind.NUMBER: _number,
        ItemKind.TEXT: _text,
    }[item.kind](item, value)
    if fits is None:
        raise AnswerOutOfRange(item=item.id)
    return fits


def _choice(item: Item, value: Given) -> Given | None:
    return value if type(value) is int and value in item.by_value else None


def _choices(item: Item, value: Given) -> Given | None:
    if not isinstance(value, tuple) or not value or len(set(value)) != len(value):
        return None
    options = [item.by_value.get(each) for each in value if type(each) is int]
    if len(options) != len(value) or None in options:
        return None
    alone = any(each.alone for each in options if each is not None)
    return None if alone and len(value) > 1 else tuple(sorted(value))


def _number(item: Item, value: Given) -> Given | None:
    if type(value) not in (int, float) or not isinstance(value, (int, float)):
        return None
    assert item.minimum is not None
    assert item.maximum is not None
    if not math.isfinite(value) or not item.minimum <= value <= item.maximum:
        return None
    return None if item.whole and value != int(value) else value


def _text(item: Item, value: Given) -> Given | None:
    if not isinstance(value, str):
        return None
    text = unicodedata.normalize("NFC", value).strip()
    unfit = any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text)
    return None if unfit or not 1 <= len(text) <= LONGEST_TEXT else text


def _holds(when: When, subject: Subject, known: Answers) -> bool:
    if when.sex is not None and when.sex != subject.sex:
        return False
    age = subject.age
    if when.min_age is not None and (age is None or age < when.min_age):
        return False
    if when.max_age is not None and (age is None or age > when.max_age):
        return False
    return when.item is None or _answered(when, known.get(when.item))


def _answered(when: When, value: Given | None) -> bool:
    if value is None:
        return False
    if when.at_least is not None and not (
        isinstance(value, (int, float)) and value >= when.at_least
    ):
        return False
    given = set(value) if isinstance(value, tuple) else {value}
    return not when.any_of or bool(given & when.any_of)
