"""The room put together."""

from __future__ import annotations

from dataclasses import dataclass

from backend.access.service import Access
from backend.archive.entries import Entries
from backend.care.opening import Opening
from backend.core.container import Core
from backend.measurements.people import People
from backend.questionnaires.answering import Answering
from backend.questionnaires.book import Book, book
from backend.questionnaires.following import Following
from backend.questionnaires.looking import Looking


@dataclass(frozen=True, slots=True)
class Questionnaires:
    """What GraphQL and the worker stand on."""

    book: Book
    answering: Answering
    looking: Looking
    following: Following


def build_questionnaires(
    core: Core, access: Access, people: People, entries: Entries, opening: Opening
) -> Questionnaires:
    """Raises ``FormFileInvalid``: nothing starts with a form that is wrong."""
    forms = book()
    looking = Looking(core, access, people, forms)
    return Questionnaires(
        book=forms,
        answering=Answering(core, access, people, opening, forms),
        looking=looking,
        following=Following(core, entries, looking),
    )
