"""The log as the resident reads it, or a guardian who manages the record, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.circle.persons import display_names
from backend.access.errors import AccessDenied
from backend.access.log.documents import AccessEntry
from backend.access.log.errors import AccessEntryNotFound
from backend.access.log.line import By
from backend.access.log.looks import Look, LookFilter, seq_of
from backend.access.log.sentences import Telling, sentence, who
from backend.access.relations import Relation, RelationKind
from backend.access.service import CONSOLE_ACCOUNT, Access
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.keys import Keyring
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer

_READERS = frozenset({RelationKind.SELF, RelationKind.GUARDIAN})


@dataclass(frozen=True, slots=True)
class ToldLook:
    """A look with who it was and the sentence that says it."""

    look: Look
    who: str
    sentence: str

    @property
    def at(self) -> datetime:
        return self.look.at

    @property
    def id(self) -> ObjectId:
        return self.look.id


class LogReading:
    """Lists and tells entries."""

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access

    async def admit(self, viewer: Viewer, resident_id: ObjectId) -> Relation:
        """Whoever may read this log. A guardian's reading is itself an entry.

        Raises ``AccessDenied``.
        """
        relation = await self._access.deciding(viewer, resident_id, Category.PROFILE, Action.MANAGE)
        if relation.kind not in _READERS:
            raise AccessDenied(category=Category.PROFILE.value, action=Action.MANAGE.value)
        by = By(
            kind=relation.kind.value,
            why="own_record" if relation.kind is RelationKind.SELF else "granted",
            kinship=relation.kinship.value if relation.kinship else None,
            via=relation.id,
            purpose="access_log",
        )
        categories = (Category.PROFILE,)
        await self._access.log.note(viewer, resident_id, categories, Action.VIEW, by)
        return relation

    async def page(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        wanted: LookFilter,
        *,
        first: int,
        after: Cursor | None = None,
    ) -> Page[ToldLook]:
        """Newest first. Raises ``AccessDenied``, ``PageSizeInvalid``."""
        relation = await self.admit(viewer, resident_id)
        size = page_size(first)
        query: Raw = {"resident_id": resident_id, **wanted.query()}
        if after is not None:
            query["seq"] = {"$lt": seq_of(after.id)}
        looks, more = await _looks(query, size)
        own = relation.kind is RelationKind.SELF
        return Page(await self._told(viewer, looks, own=own), more)

    async def get(self, viewer: Viewer, resident_id: ObjectId, entry_id: ObjectId) -> ToldLook:
        """Raises ``AccessDenied``, ``AccessEntryNotFound``."""
        relation = await self.admit(viewer, resident_id)
        raw = await entry(resident_id, entry_id)
        own = relation.kind is RelationKind.SELF
        return (await self._told(viewer, [Look.of(raw)], own=own))[0]

    async def told(self, viewer: Viewer, looks: Sequence[Look]) -> list[ToldLook]:
        """For staff, who were admitted otherwise."""
        return await self._told(viewer, looks, own=False)

    async def _told(self, viewer: Viewer, looks: Sequence[Look], *, own: bool) -> list[ToldLook]:
        accounts = {each.account_id for each in looks}
        telling = Telling(
            language=viewer.language,
            now=self._core.clock.now(),
            reader=viewer.account_id,
            own=own,
            names=await display_names(self._core.keyring, accounts),
            gone=await gone(self._core.keyring, accounts),
        )
        return [ToldLook(each, who(each, telling), sentence(each, telling)) for each in looks]


async def entry(resident_id: ObjectId, entry_id: ObjectId) -> Raw:
    """Raises ``AccessEntryNotFound``."""
    raw: Raw | None = await AccessEntry.get_pymongo_collection().find_one(
        {"resident_id": resident_id, "_id": entry_id}
    )
    if raw is None:
        raise AccessEntryNotFound
    return raw


async def gone(keyring: Keyring, accounts: Iterable[ObjectId]) -> frozenset[ObjectId]:
    """Whose account is deleted: its key is destroyed."""
    asked = frozenset(accounts) - {CONSOLE_ACCOUNT}
    return asked - (await keyring.keys(asked)).keys() if asked else asked


async def _looks(query: Raw, size: int) -> tuple[list[Look], bool]:
    looks: list[Look] = []
    async with AccessEntry.get_pymongo_collection().find(query).sort("seq", -1) as found:
        async for raw in found:
            if looks and looks[-1].joined(raw):
                continue
            if len(looks) == size:
                return looks, True
            looks.append(Look.of(raw))
    return looks, False
