"""The request's dataloaders: many fields ask, the store is asked once."""

from __future__ import annotations

from bson import ObjectId
from strawberry.dataloader import DataLoader

from backend.archive.residents import Resident
from backend.core.errors import KangbanError
from backend.identity.viewer import Viewer
from backend.measurements.draft import Kind
from backend.measurements.reading import Reading
from backend.services import Services


class Loaders:
    """One a request, and one an operation of a WebSocket connection."""

    def __init__(self, services: Services, viewer: Viewer) -> None:
        self._services = services
        self._viewer = viewer
        self.resident: DataLoader[ObjectId, Resident] = DataLoader(self._residents)
        self.latest: DataLoader[tuple[ObjectId, Kind], Reading | None] = DataLoader(self._latest)

    async def _residents(self, ids: list[ObjectId]) -> list[Resident | KangbanError]:
        found = await self._services.residents.get_many(self._viewer, ids)
        return [found[each] for each in ids]

    async def _latest(self, keys: list[tuple[ObjectId, Kind]]) -> list[Reading | None]:
        kinds: dict[ObjectId, list[Kind]] = {}
        for resident_id, kind in keys:
            kinds.setdefault(resident_id, []).append(kind)
        found = {
            (resident_id, kind): reading
            for resident_id, wanted in kinds.items()
            for kind, reading in (
                await self._services.readings.latest(self._viewer, resident_id, wanted)
            ).items()
        }
        return [found.get(key) for key in keys]
