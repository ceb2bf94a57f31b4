"""One resident's record: registered, shared, filled, brought up to date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from bson import ObjectId

from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.relations import RelationKind
from backend.archive.entry import Entry
from backend.archive.sections import Body, Profile, Section
from backend.core.clock import SHANGHAI
from backend.core.paging import Cursor
from backend.demo.accounts import Accounts
from backend.demo.people import PlannedDraft, PlannedEntry, PlannedResident
from backend.demo.replay import ReplayClock
from backend.demo.series import SYSTEM
from backend.demo.sharing import Sharing
from backend.demo.together import several
from backend.identity.viewer import Viewer
from backend.measurements.batch import Outcome
from backend.measurements.readings import ReadingFilter
from backend.measurements.recording import LARGEST_BATCH
from backend.services import Services

_PAGE = 100


class Records:
    """Brings plans into the store through the rooms' services, as the people in them would."""

    def __init__(self, services: Services, accounts: Accounts, clock: ReplayClock) -> None:
        self._services = services
        self._accounts = accounts
        self._clock = clock
        self._sharing = Sharing(services, accounts)

    async def registered(self, plan: PlannedResident) -> ObjectId:
        """The resident's id, registered now where it is new."""
        kind = RelationKind.GUARDIAN if plan.guardian else RelationKind.SELF
        viewer = self._accounts.viewer(plan.login)
        relations = await self._services.access.relations(viewer)
        known = next((each.resident_id for each in relations if each.kind is kind), None)
        if known is not None:
            return known
        return await self._services.residents.register(
            viewer,
            Profile.model_validate(plan.profile),
            kind=kind,
            kinship=plan.guardian,
            accepted=accepted_now(Purpose.HEALTH_DATA, Purpose.ASSISTANT),
            idempotency_key=f"demo-register-{plan.key}",
        )

    async def share(
        self, plan: PlannedResident, resident_id: ObjectId, only: str | None = None
    ) -> None:
        """Every grant that is not there yet, or that of the login ``only``."""
        for grant in plan.grants:
            if only is not None and grant.login != only:
                continue
            owner = self._accounts.viewer(plan.login)
            await self._sharing.share(owner, resident_id, grant)

    async def fill(self, plan: PlannedResident, resident_id: ObjectId, since: date) -> None:
        """Every entry and limit that is not there yet, each as of its own day from ``since`` on."""
        owner = self._accounts.viewer(plan.login)
        sections = {each.body.section for each in plan.entries}
        there = {
            each.body.model_dump_json()
            for section in sections
            for each in await self._entries(owner, resident_id, section)
        }
        missing = [each for each in plan.entries if each.body.model_dump_json() not in there]
        by_day: dict[date, list[PlannedEntry]] = {}
        for each in sorted(missing, key=_begun):
            by_day.setdefault(max(since, _begun(each).astimezone(SHANGHAI).date()), []).append(each)
        for day, entries in by_day.items():
            self._clock.set(_at_noon(day))
            await several(lambda each: self._add(each, resident_id), entries)
        await self._set_limits(plan, resident_id, since)

    async def newest(self, plan: PlannedResident, resident_id: ObjectId) -> date | None:
        """The day of the newest reading that the demo made; None where it made none."""
        owner = self._accounts.viewer(plan.login)
        after: Cursor | None = None
        while True:
            page = await self._services.readings.page(
                owner, resident_id, ReadingFilter(), first=_PAGE, after=after
            )
            for reading in page.items:
                if reading.source.system == SYSTEM:
                    return reading.at.astimezone(SHANGHAI).date()
            if not page.has_next:
                return None
            after = page.cursor(page.items[-1])

    async def record(self, planned: list[PlannedDraft], resident_id: ObjectId) -> int:
        """Store the readings, those known already left as they are; how many are new."""
        new = 0
        for by in dict.fromkeys(each.by for each in planned):
            drafts = [each.draft for each in planned if each.by == by]
            for start in range(0, len(drafts), LARGEST_BATCH):
                outcomes = await self._services.recording.record_batch(
                    self._accounts.viewer(by),
                    resident_id,
                    drafts[start : start + LARGEST_BATCH],
                    idempotency_key=None,  # each reading's own source id makes it idempotent
                )
                for each in outcomes:
                    if each.error is not None:
                        raise each.error
                new += sum(each.outcome is Outcome.RECORDED for each in outcomes)
        return new

    async def notice(self, by: str, resident_id: ObjectId) -> None:
        """``by`` acknowledges whatever is open."""
        viewer = self._accounts.viewer(by)
        page = await self._services.alerts.page(viewer, resident_id, first=_PAGE)
        for alert in page.items:
            await self._services.alerts.acknowledge(viewer, resident_id, alert.id)

    async def _add(self, planned: PlannedEntry, resident_id: ObjectId) -> None:
        viewer = self._accounts.viewer(planned.by)
        await self._services.entries.add(
            viewer, resident_id, planned.body, idempotency_key=f"demo-{ObjectId()}"
        )

    async def _set_limits(self, plan: PlannedResident, resident_id: ObjectId, since: date) -> None:
        for by, limit in plan.limits:
            viewer = self._accounts.viewer(by)
            current = await self._services.overrides.current(viewer, resident_id)
            if limit not in [each for _, each in current]:
                self._clock.set(_at_noon(max(since, limit.valid_from)))
                await self._services.overrides.set(
                    viewer, resident_id, limit, idempotency_key=f"demo-limit-{limit.component}"
                )

    async def _entries(
        self, viewer: Viewer, resident_id: ObjectId, section: Section
    ) -> list[Entry]:
        found: list[Entry] = []
        after: Cursor | None = None
        while True:
            page = await self._services.entries.page(
                viewer, resident_id, section, first=_PAGE, after=after, include_errors=True
            )
            found += page.items
            if not page.has_next:
                return found
            after = page.cursor(found[-1])


def _begun(planned: PlannedEntry) -> datetime:
    body: Body = planned.body
    when = body.until or body.when
    return when.start() if when else datetime.min.replace(tzinfo=UTC)


def _at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)
