"""Bases of all stored documents."""

from __future__ import annotations

from typing import Any

from beanie import Document, PydanticObjectId
from beanie.odm.utils.dump import get_dict
from bson import ObjectId
from pydantic import ConfigDict, Field
from pymongo import IndexModel

ASC, DESC = 1, -1


class Stored(Document):
    """A document with an id that is known before it is written."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    id: PydanticObjectId = Field(default_factory=lambda: PydanticObjectId(ObjectId()))

    def to_raw(self) -> dict[str, Any]:
        """The document as it is stored, ``_id`` included."""
        raw: dict[str, Any] = get_dict(self, to_db=True)
        return raw


class ResidentOwned(Stored):
    """Belongs to one resident: erased, exported and sharded with them."""

    resident_id: PydanticObjectId


def index(name: str, *keys: tuple[str, int], **options: Any) -> IndexModel:
    """A named index; a unique one's name is the invariant it keeps (``one_…_per_…``)."""
    return IndexModel(list(keys), name=name, **options)


def unique(name: str, *keys: tuple[str, int], **options: Any) -> IndexModel:
    """A named invariant."""
    return IndexModel(list(keys), name=name, unique=True, **options)
