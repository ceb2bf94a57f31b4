"""What is held of a resident, for what, on which ground, how long, and who can see it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bson import ObjectId

from backend.access.service import Access
from backend.identity.viewer import Language, Viewer
from backend.privacy.asking import require_holder
from backend.privacy.owned import Owned


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldText:
    what: str
    purpose: str
    basis: str
    how_long: str
    who_sees: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKind:
    """One line of ``held.toml``: some collections, and what to say of them."""

    key: str
    collections: tuple[str, ...]
    kept_after_deletion: bool
    texts: Mapping[Language, HeldText]


@dataclass(frozen=True, slots=True)
class Held:
    kind: HeldKind
    count: int


class Holdings:
    """The answer to "what do you have of me, and why?"."""

    def __init__(self, access: Access, owned: Owned) -> None:
        self._access = access
        self._owned = owned

    async def of(self, viewer: Viewer, resident_id: ObjectId) -> list[Held]:
        """Every kind with how many there are, also of what there is none. For holders."""
        await require_holder(self._access, viewer, resident_id)
        counts = await self._owned.counts(resident_id)
        return [
            Held(kind, sum(counts.get(each, 0) for each in kind.collections)) for kind in kinds()
        ]


@cache
def kinds() -> tuple[HeldKind, ...]:
    """All lines, in the file's order."""
    raw = tomllib.loads((resources.files(__package__) / "held.toml").read_text("utf-8"))
    return tuple(
        HeldKind(
            key=key,
            collections=tuple(each["collections"]),
            kept_after_deletion=each["kept_after_deletion"],
            texts={Language.ZH: HeldText(**each["zh"]), Language.EN: HeldText(**each["en"])},
        )
        for key, each in raw.items()
    )
