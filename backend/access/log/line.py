"""What is to be noted: who, as what, by what right, and through what."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.relations import Relation, RelationKind
from backend.identity.viewer import Channel, Viewer

CONSOLE = "console"
SHARE_LINK = "share_link"
OPERATOR = "operator"
ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """By what right somebody acts.

    ``kind`` is the relation's, or one of ``console``, ``share_link``, ``operator``,
    ``assistant``. ``why`` is a code (``granted``, ``own_record``, ``break_glass`` …), ``via``
    the id of the relation, link or break-glass that allowed it, ``purpose`` a code where the
    request gives one. ``words`` is what somebody typed, already sealed with the resident's key.
    """

    kind: str
    why: str
    kinship: str | None = None
    via: ObjectId | None = None
    purpose: str | None = None
    words: bytes | None = None

    @classmethod
    def relation(cls, relation: Relation, why: str, *, console: bool = False) -> By:
        if console:
            return cls(kind=CONSOLE, why=why)
        kinship = relation.kinship.value if relation.kinship else None
        via = relation.basis_id or relation.id
        return cls(kind=relation.kind.value, why=why, kinship=kinship, via=via)


_ACTING: ContextVar[By | None] = ContextVar("access.acting", default=None)


@contextlib.contextmanager
def acting(kind: str, *, purpose: str | None = None) -> Iterator[None]:
    """While the block runs, something reads for the viewer: ``assistant``, a bot.

    Then even what the resident reads of their own record is noted, with this kind.
    """
    token = _ACTING.set(By(kind=kind, why="", purpose=purpose))
    try:
        yield
    finally:
        _ACTING.reset(token)


@dataclass(frozen=True, slots=True)
class Line:
    """One subject, category, action and request."""

    account_id: ObjectId
    role: str
    channel: str
    category: Category
    action: Action
    by: By
    at: datetime
    request: ObjectId

    def fields(self) -> dict[str, Any]:
        """What an entry holds between ``prev`` and ``hash``, in the chain's order."""
        return {
            "at": self.at,
            "request": self.request,
            "account_id": ObjectId(self.account_id),
            "relation": self.by.kind,
            "kinship": self.by.kinship,
            "role": self.role,
            "channel": self.channel,
            "category": self.category.value,
            "action": self.action.value,
            "why": self.by.why,
            "via": self.by.via and ObjectId(self.by.via),
            "purpose": self.by.purpose,
            "words": self.by.words,
        }


def really(by: By) -> By:
    """``by``, or what acts in its place now."""
    other = _ACTING.get()
    if other is None:
        return by
    return replace(by, kind=other.kind, purpose=by.purpose or other.purpose)


def is_noted(viewer: Viewer, action: Action, by: By) -> bool:
    """All changes, and all looks but the resident's own in the app."""
    own = by.kind == RelationKind.SELF and viewer.channel is Channel.APP
    return not own or action is not Action.VIEW
