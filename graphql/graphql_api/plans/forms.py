"""Titles of questionnaires that a plan asks for."""

from __future__ import annotations

from backend.care.plans.judging import said
from backend.questionnaires.book import book
from backend.questionnaires.errors import QuestionnaireUnknown


def form_title(key: str, language: str) -> str:
    """A plan keeps what it was started with, also a questionnaire that is gone since."""
    try:
        return book().get(key).title.get(language)
    except QuestionnaireUnknown:
        return said("part_questionnaire").get(language)
