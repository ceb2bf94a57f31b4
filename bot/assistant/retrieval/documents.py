"""What the stored index holds: words and vectors sealed, plain is only what is queried by."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId

from backend.access.categories import Category
from backend.core.documents import ASC, ResidentOwned, index, unique


class PassageDocument(ResidentOwned):
    """The passages of one entry under one model."""

    entry_id: PydanticObjectId
    category: Category
    model: str
    at: datetime | None = None
    source: str
    """What answers cite: resource type and id. Its page and rectangle are the entry's."""
    words: bytes
    """Sealed JSON: the digest and text of each passage, in order."""
    vectors: bytes
    """Sealed float16, one row a passage."""
    entry_version: int

    class Settings:
        name = "passages"
        indexes: ClassVar = [
            unique(
                "one_passage_set_per_entry_and_model",
                ("resident_id", ASC),
                ("model", ASC),
                ("entry_id", ASC),
            ),
            index("passages_by_category", ("resident_id", ASC), ("category", ASC)),
        ]


class PassageIndex(ResidentOwned):
    """Which model's passages answer for a resident; another's are being made until it is whole."""

    model: str
    built_at: datetime

    class Settings:
        name = "passage_indexes"
        indexes: ClassVar = [
            unique("one_passage_index_per_resident", ("resident_id", ASC)),
            index("passage_indexes_by_model", ("model", ASC)),
        ]


DOCUMENTS = (PassageDocument, PassageIndex)
