"""What the care circle asks the archive about a person (``access.circle.persons.Persons``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bson import ObjectId

from backend.archive.residents import Residents


class ArchivePersons:
    def __init__(self, residents: Residents) -> None:
        self._residents = residents

    async def birth_date(self, resident_id: ObjectId) -> date | None:
        return await self._residents.birth_date(resident_id)

    async def name(self, resident_id: ObjectId) -> str | None:
        return (await self._residents.load(resident_id)).profile.name

    async def names(self, resident_ids: Sequence[ObjectId]) -> dict[ObjectId, str | None]:
        found = await self._residents.load_many(resident_ids)
        return {each.id: each.profile.name for each in found.values()}
