"""Where the page is, for links: ``/summary/{resident}/page.html`` and ``…/page.pdf``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bson import ObjectId

from backend.identity.viewer import Language
from backend.summary.errors import SummarySinceInvalid, SummaryUnknown
from backend.summary.rules import rules

FOLDER = "/summary"


class Form(StrEnum):
    HTML = "html"
    PDF = "pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRequest:
    """``since`` None: the last visit. ``language`` None: the viewer's."""

    form: Form
    since: datetime | None = None
    language: Language | None = None

    def path(self, resident_id: ObjectId) -> str:
        return f"{FOLDER}/{resident_id}/page.{self.form.value}"

    def query(self) -> list[tuple[str, str]]:
        """What ``read`` reads."""
        pairs = [("since", self.since.isoformat())] if self.since else []
        return [*pairs, ("language", self.language.value)] if self.language else pairs

    @classmethod
    def read(cls, name: str, query: Mapping[str, str]) -> SummaryRequest:
        """Raises ``SummaryUnknown`` or ``SummarySinceInvalid``."""
        stem, _, suffix = name.partition(".")
        if stem != "page" or suffix not in list(Form):
            raise SummaryUnknown
        language = query.get("language")
        if language is not None and language not in list(Language):
            raise SummaryUnknown
        return cls(
            form=Form(suffix),
            since=_time(query["since"]) if "since" in query else None,
            language=Language(language) if language else None,
        )


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise SummarySinceInvalid(days=rules().longest_days) from error
    if at.tzinfo is None or not 1900 <= at.year <= 2200:
        raise SummarySinceInvalid(days=rules().longest_days)
    return at
