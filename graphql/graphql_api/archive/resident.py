"""The resident: everything else hangs under the person it belongs to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Union

import strawberry
from bson import ObjectId

from backend.access.categories import Category
from backend.archive.entry import EntrySource
from backend.archive.residents import Resident as Person
from backend.archive.sections import Section
from backend.archive.timeline import TimelineFilter, TimelineItem
from backend.core.clock import SHANGHAI
from backend.measurements.draft import Kind, Meal
from backend.measurements.reading import Reading as StoredReading
from backend.measurements.readings import ReadingFilter
from backend.measurements.trends import MOST_BUCKETS, Period
from backend.measurements.write_errors import TrendSpanInvalid
from graphql_api.access.circle import ResidentCircle
from graphql_api.access.consent import Consent, ConsentEvent, consent_history_of, consents_of
from graphql_api.access.corrections import Correction, Rollback, corrections_of, rollbacks_of
from graphql_api.access.doctors import ResidentDoctors
from graphql_api.access.log import ResidentAccessLog
from graphql_api.access.rights import (
    Deletion,
    Download,
    HeldData,
    deletion_of,
    downloads_of,
    held_of,
)
from graphql_api.access.sharing import ShareLink, share_links_of
from graphql_api.appointments.fields import ResidentAppointments
from graphql_api.archive.types import (
    Entry,
    ProfileContent,
    entry_of,
)
from graphql_api.assessment.types import Assessment, assessment_of
from graphql_api.assistant.types import ResidentTalks
from graphql_api.care.fields import ResidentCare
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.common.scalars import Node, global_id
from graphql_api.content.fields import ResidentArticles
from graphql_api.measurements.alerts import Alert, PersonalLimit, alert_of, limit_of
from graphql_api.measurements.meters import Meter, meters_of
from graphql_api.measurements.trends import Trend, trend_of
from graphql_api.measurements.types import Reading, reading_of
from graphql_api.plans.fields import ResidentPlans
from graphql_api.questionnaires.fields import ResidentQuestionnaires
from graphql_api.reminders.fields import ResidentReminders
from graphql_api.reports.fields import ResidentReports
from graphql_api.rewards.fields import ResidentPoints
from graphql_api.summary.types import DoctorSummary, doctor_summary

TimelineEntry = Annotated[
    Union[Entry, Reading],  # noqa: UP007  (strawberry reads it at run time)
    strawberry.union("TimelineEntry"),
]

_PAGE = 20
_TREND_DAYS = {Period.DAY: 30, Period.WEEK: 90, Period.MONTH: 365}


@strawberry.input(description="Empty lists mean all; since is inclusive, until exclusive.")
class TimelineFilterInput:
    categories: list[Category] = strawberry.field(default_factory=list)
    sections: list[Section] = strawberry.field(default_factory=list)
    kinds: list[Kind] = strawberry.field(default_factory=list)
    sources: list[EntrySource] = strawberry.field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None

    def to_domain(self) -> TimelineFilter:
        return TimelineFilter(
            categories=frozenset(self.categories),
            sections=frozenset(self.sections),
            kinds=frozenset(self.kinds),
            sources=frozenset(self.sources),
            since=self.since,
            until=self.until,
        )


# Fields may be null beside their error: what one caregiver is not granted must not take the
# rest of the answer with it.
@strawberry.type(
    description="A person, whose record this is. What is null has an error that says why."
)
class Resident(
    Node,
    ResidentCircle,
    ResidentDoctors,
    ResidentReports,
    ResidentAccessLog,
    ResidentCare,
    ResidentQuestionnaires,
    ResidentTalks,
    ResidentPoints,
    ResidentReminders,
    ResidentPlans,
    ResidentAppointments,
    ResidentArticles,
):
    key: strawberry.Private[ObjectId]

    @strawberry.field(
        description="Names, contacts and numbers are masked for others than the person and "
        "guardians; `reveal` shows them to who may manage the profile and to their doctor, "
        "and is in the log of who looked."
    )
    async def profile(self, info: Info, reveal: bool = False) -> ProfileContent | None:
        return (await _person(self.key, info, reveal)).profile

    @strawberry.field(description="The profile's version, to be given with a change.")
    async def profile_version(self, info: Info) -> int | None:
        return (await info.context.load.resident.load(self.key)).version

    @strawberry.field(description="Masked (张*国) as in `profile`.")
    async def name(self, info: Info, reveal: bool = False) -> str | None:
        return (await _person(self.key, info, reveal)).profile.name or ""

    @strawberry.field(description="What was agreed to, and what stops when it is withdrawn.")
    async def consents(self, info: Info) -> list[Consent] | None:
        return await consents_of(self.key, info)

    @strawberry.field(description="Every consent given and withdrawn, newest first.")
    async def consent_history(self, info: Info) -> list[ConsentEvent] | None:
        return await consent_history_of(self.key, info)

    @strawberry.field(description="Copies of everything that were asked for, newest first.")
    async def downloads(self, info: Info) -> list[Download] | None:
        return await downloads_of(self.key, info)

    @strawberry.field(description="The deletion that waits; null without error: none does.")
    async def deletion(self, info: Info) -> Deletion | None:
        return await deletion_of(self.key, info)

    @strawberry.field(description="What is held of the person, why, and how long.")
    async def held(self, info: Info) -> list[HeldData] | None:
        return await held_of(self.key, info)

    @strawberry.field(description="Corrections that were asked of others, newest first.")
    async def corrections(self, info: Info) -> list[Correction] | None:
        return await corrections_of(self.key, info)

    @strawberry.field(description="What staff undid of what staff changed, newest first.")
    async def rollbacks(self, info: Info) -> list[Rollback] | None:
        return await rollbacks_of(self.key, info)

    @strawberry.field(description="Readings, newest first.")
    async def readings(
        self,
        info: Info,
        kinds: list[Kind] | None = None,
        meals: list[Meal] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        first: int = _PAGE,
        after: str | None = None,
    ) -> Connection[Reading] | None:
        context = info.context
        wanted = ReadingFilter(
            kinds=frozenset(kinds or ()), meals=frozenset(meals or ()), since=since, until=until
        )
        page = await context.services.readings.page(
            context.viewer, self.key, wanted, first=first, after=cursor(after)
        )
        return connection(page, lambda each: reading_of(each, info))

    @strawberry.field(description="The newest reading of each kind that has one.")
    async def latest_readings(self, info: Info, kinds: list[Kind]) -> list[Reading] | None:
        found = await info.context.load.latest.load_many([(self.key, kind) for kind in kinds])
        return [reading_of(each, info) for each in found if each is not None]

    @strawberry.field(description="Without dates: 30 days, 90 days of weeks, a year of months.")
    async def trend(
        self,
        info: Info,
        kind: Kind,
        period: Period = Period.DAY,
        since: datetime | None = None,
        until: datetime | None = None,
        meals: list[Meal] | None = None,
    ) -> Trend | None:
        context = info.context
        end = until or context.services.core.clock.now()
        trend = await context.services.trends.trend(
            context.viewer,
            self.key,
            kind,
            period=period,
            since=since or _days_back(end, _TREND_DAYS[period]),
            until=end,
            meals=frozenset(meals or ()),
        )
        return trend_of(trend, info, self.key, frozenset(meals or ()))

    @strawberry.field(description="Alerts, newest first; those that nobody took care of yet.")
    async def alerts(
        self, info: Info, open: bool = True, first: int = _PAGE, after: str | None = None
    ) -> Connection[Alert] | None:
        context = info.context
        page = await context.services.alerts.page(
            context.viewer, self.key, first=first, after=cursor(after), open_only=open
        )
        return connection(page, lambda each: alert_of(each, info))

    @strawberry.field(description="Meters that upload to this record by themselves.")
    async def meters(self, info: Info) -> list[Meter] | None:
        return await meters_of(self.key, info)

    @strawberry.field(description="One page for the doctor: since the last visit, or `since`.")
    async def doctor_summary(
        self, info: Info, since: datetime | None = None
    ) -> DoctorSummary | None:
        return await doctor_summary(self.key, info, since)

    @strawberry.field(description="BMI, pressure, glucose, lipids, kidney, smoking, with sources.")
    async def assessment(self, info: Info) -> Assessment | None:
        return await assessment_of(self.key, info)

    @strawberry.field(description="Links that give a part of the record away, newest first.")
    async def share_links(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[ShareLink] | None:
        return await share_links_of(self.key, info, first, after)

    @strawberry.field(description="Limits that the doctor set for this person.")
    async def personal_limits(self, info: Info) -> list[PersonalLimit] | None:
        context = info.context
        found = await context.services.overrides.current(context.viewer, self.key)
        return [limit_of(self.key, limit_id, limit) for limit_id, limit in found]

    @strawberry.field(description="One section's entries, newest first.")
    async def entries(
        self,
        info: Info,
        section: Section,
        include_entered_in_error: bool = False,
        first: int = _PAGE,
        after: str | None = None,
    ) -> Connection[Entry] | None:
        context = info.context
        page = await context.services.entries.page(
            context.viewer,
            self.key,
            section,
            first=first,
            after=cursor(after),
            include_errors=include_entered_in_error,
        )
        return connection(page, lambda each: entry_of(each, info))

    @strawberry.field(description="Everything, newest first.")
    async def timeline(
        self,
        info: Info,
        filter: TimelineFilterInput | None = None,
        first: int = _PAGE,
        after: str | None = None,
    ) -> Connection[TimelineEntry] | None:
        context = info.context
        page = await context.services.timeline.page(
            context.viewer,
            self.key,
            filter.to_domain() if filter else TimelineFilter(),
            first=first,
            after=cursor(after),
        )
        return connection(page, lambda each: _item_of(each, info))

    @strawberry.field(description="What holds all words: Chinese, Latin, pinyin initials.")
    async def search(
        self, info: Info, text: str, first: int = _PAGE, after: str | None = None
    ) -> Connection[TimelineEntry] | None:
        context = info.context
        page = await context.services.timeline.search(
            context.viewer, self.key, text, first=first, after=cursor(after)
        )
        return connection(page, lambda each: _item_of(each, info))


def resident_of(resident_id: ObjectId) -> Resident:
    """The resident's fields ask the policy, each for its own category."""
    return Resident(id=global_id("Resident", resident_id), key=resident_id)


async def _person(resident_id: ObjectId, info: Info, reveal: bool) -> Person:
    load = info.context.load
    return await (load.revealed if reveal else load.resident).load(resident_id)


def _item_of(item: TimelineItem, info: Info) -> Entry | Reading:
    if isinstance(item.item, StoredReading):
        return reading_of(item.item, info)
    return entry_of(item.item, info)


def _days_back(end: datetime, days: int) -> datetime:
    """Raises ``TREND_SPAN_INVALID`` where the calendar has no such day."""
    try:
        day = end.astimezone(SHANGHAI) - timedelta(days=days)
    except OverflowError as error:
        raise TrendSpanInvalid(limit=MOST_BUCKETS) from error
    return day.replace(hour=0, minute=0, second=0, microsecond=0)
