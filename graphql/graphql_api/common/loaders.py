"""The request's dataloaders: many fields ask, the store is asked once."""

from __future__ import annotations

from bson import ObjectId
from strawberry.dataloader import DataLoader

from backend.archive.residents import Resident
from backend.care.plans.plan import Plan, Revision
from backend.care.plans.progress import Progress
from backend.core.errors import KangbanError
from backend.identity.viewer import Viewer
from backend.measurements.draft import Kind
from backend.measurements.reading import Reading
from backend.reports.report import Job, Report
from backend.services import Services

Two = tuple[ObjectId, ObjectId]
"""A resident's id, and that of something of theirs."""


class Loaders:
    """One a request, and one an operation of a WebSocket connection."""

    def __init__(self, services: Services, viewer: Viewer) -> None:
        self._services = services
        self._viewer = viewer
        self.resident: DataLoader[ObjectId, Resident] = DataLoader(self._residents)
        self.revealed: DataLoader[ObjectId, Resident] = DataLoader(self._revealed)
        self.latest: DataLoader[tuple[ObjectId, Kind], Reading | None] = DataLoader(self._latest)
        self.report_job: DataLoader[Two, Job] = DataLoader(self._report_jobs)
        self.paper: DataLoader[Two, tuple[Report, str] | None] = DataLoader(self._papers)
        self.plan_progress: DataLoader[Plan, Progress] = DataLoader(
            self._plan_progress, cache_key_fn=_plan_key
        )
        self.plan_revisions: DataLoader[Two, list[Revision]] = DataLoader(self._plan_revisions)
        self.read_pieces: DataLoader[ObjectId, frozenset[str]] = DataLoader(self._read_pieces)

    async def _residents(self, ids: list[ObjectId]) -> list[Resident | KangbanError]:
        found = await self._services.residents.get_many(self._viewer, ids)
        return [found[each] for each in ids]

    async def _revealed(self, ids: list[ObjectId]) -> list[Resident | KangbanError]:
        found = await self._services.residents.get_many(self._viewer, ids, reveal=True)
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

    async def _plan_progress(self, plans: list[Plan]) -> list[Progress]:
        by_resident: dict[ObjectId, list[Plan]] = {}
        for plan in plans:
            by_resident.setdefault(plan.resident_id, []).append(plan)
        found: dict[ObjectId, Progress] = {}
        progressing = self._services.care_plans.progressing
        for resident_id, some in by_resident.items():
            found |= await progressing.all(self._viewer, resident_id, some)
        return [found[plan.id] for plan in plans]

    async def _plan_revisions(self, keys: list[Two]) -> list[list[Revision]]:
        found: dict[ObjectId, list[Revision]] = {}
        looking = self._services.care_plans.looking
        for resident_id, wanted in _by_resident(keys).items():
            found |= await looking.revisions_of(resident_id, wanted)
        return [found[plan_id] for _, plan_id in keys]

    async def _read_pieces(self, resident_ids: list[ObjectId]) -> list[frozenset[str]]:
        """Slugs of what was read; of residents whose plans were shown."""
        pasts = [await self._services.content.looking.past(each) for each in resident_ids]
        return [
            frozenset(slug for slug, met in past.items() if met.read_at is not None)
            for past in pasts
        ]

    async def _report_jobs(self, keys: list[Two]) -> list[Job]:
        found: dict[ObjectId, Job] = {}
        for resident_id, wanted in _by_resident(keys).items():
            found |= await self._services.reports.reports.jobs(resident_id, wanted)
        return [found[report_id] for _, report_id in keys]

    async def _papers(self, keys: list[Two]) -> list[tuple[Report, str] | None]:
        """The report that an entry or a reading came from, and which part of it."""
        found: dict[ObjectId, tuple[Report, str]] = {}
        for resident_id, wanted in _by_resident(keys).items():
            reports = self._services.reports.reports
            found |= await reports.of_parts(self._viewer, resident_id, wanted)
        return [found.get(part_id) for _, part_id in keys]


def _by_resident(keys: list[Two]) -> dict[ObjectId, list[ObjectId]]:
    grouped: dict[ObjectId, list[ObjectId]] = {}
    for resident_id, each in keys:
        grouped.setdefault(resident_id, []).append(each)
    return grouped


def _plan_key(plan: Plan) -> ObjectId:
    return plan.id
