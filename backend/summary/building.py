"""Gathers what the page says, of what the viewer may see."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bson import ObjectId

from backend.access.categories import Category
from backend.access.circle.persons import masked
from backend.access.errors import AccessDenied
from backend.access.service import NOTHING, Access
from backend.archive.documents import EntryDocument
from backend.archive.entries import SHOWN
from backend.archive.entry import Entry, from_raw
from backend.archive.residents import Residents, born_on
from backend.archive.sections import EncounterBody, EntryStatus, Profile, Section
from backend.archive.sections.encounter import EncounterStatus
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.identity.viewer import Viewer
from backend.measurements.alerts import Alerts
from backend.measurements.draft import Kind
from backend.measurements.overrides import Overrides
from backend.measurements.people import People
from backend.measurements.reading import Reading
from backend.measurements.readings import ReadingFilter, Readings
from backend.measurements.thresholds import Limits, age_in_months, limits_for
from backend.summary import lines
from backend.summary.errors import SummarySinceInvalid
from backend.summary.indicators import indicators
from backend.summary.labs import labs
from backend.summary.model import Indicator, Line, Some, Summary, Who, Window
from backend.summary.rules import IndicatorRule, rules, say

CATEGORIES = (
    Category.PROFILE,
    Category.CONDITIONS,
    Category.MEDICATIONS,
    Category.READINGS,
    Category.REPORTS,
    Category.MENTAL_HEALTH,
    Category.REPRODUCTIVE_HEALTH,
)
"""What the page is made of, in the order in which it says what is withheld."""

_SECTIONS = (
    Section.CONDITION,
    Section.ALLERGY,
    Section.MEDICATION,
    Section.ENCOUNTER,
    Section.OBSERVATION,
    Section.REPORT,
)
_MOST_READINGS = 20_000
_YEARS_FROM = 24  # months: a child's age is said in months before


class Summaries:
    """The summary for the doctor, for a viewer, through the policy."""

    def __init__(
        self,
        core: Core,
        access: Access,
        residents: Residents,
        readings: Readings,
        alerts: Alerts,
        overrides: Overrides,
        people: People,
    ) -> None:
        self._core = core
        self._access = access
        self._residents = residents
        self._readings = readings
        self._alerts = alerts
        self._overrides = overrides
        self._people = people

    async def summary(
        self, viewer: Viewer, resident_id: ObjectId, since: datetime | None = None
    ) -> Summary:
        """From ``since``, else the last visit, until now, against the time before.

        Raises ``AccessDenied`` where nothing of it may be seen, ``SummarySinceInvalid``.
        """
        granted = await self._granted(viewer, resident_id)
        now, language = self._core.clock.now(), viewer.language
        _check(since, now)
        entries = await self._entries(resident_id, granted)
        window = window_of(entries, since, now, language)
        readings = await self._measured(resident_id, granted, window)
        conditions, drugs, reports = (
            category in granted
            for category in (Category.CONDITIONS, Category.MEDICATIONS, Category.REPORTS)
        )
        return Summary(
            resident_id=resident_id,
            language=language,
            who=await self._who(viewer, resident_id, granted, now, language),
            window=window,
            withheld=tuple(each for each in CATEGORIES if each not in granted),
            problems=lines.problems(entries, language) if conditions else None,
            allergies=lines.allergies(entries, language) if conditions else None,
            medications=lines.medications(entries, window, language) if drugs else None,
            medication_changes=(
                lines.medication_changes(entries, window, language) if drugs else None
            ),
            indicators=await self._indicators(resident_id, readings, window, language),
            labs=labs(entries, now, language) if reports else None,
            reports=lines.reports(entries, language) if reports else None,
            alerts=await self._open_alerts(viewer, resident_id, granted, language),
            symptoms=None if readings is None else lines.symptoms(readings, window),
        )

    async def _granted(self, viewer: Viewer, resident_id: ObjectId) -> frozenset[Category]:
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        granted = allowed & frozenset(CATEGORIES)
        if not granted:
            raise AccessDenied(category=Category.CONDITIONS.value)
        for category in sorted(granted):
            await self._access.require(viewer, resident_id, category)
        return granted

    async def _entries(self, resident_id: ObjectId, granted: frozenset[Category]) -> list[Entry]:
        query = {
            "resident_id": resident_id,
            "section": {"$in": [each.value for each in _SECTIONS]},
            "category": {"$in": sorted(granted)},
            "status": EntryStatus.ACTIVE.value,
        }
        rows = await EntryDocument.get_pymongo_collection().find(query, SHOWN).to_list()
        key = await self._core.keyring.key(resident_id)
        return [from_raw(raw, key) for raw in rows]

    async def _measured(
        self, resident_id: ObjectId, granted: frozenset[Category], window: Window
    ) -> list[Reading] | None:
        if Category.READINGS not in granted:
            return None
        kinds = frozenset({Kind.SYMPTOM, *(each.kind for each in rules().indicators)})
        wanted = ReadingFilter(kinds=kinds, since=window.before, until=window.until)
        rows = await self._readings.rows(resident_id, wanted, limit=_MOST_READINGS)
        return await self._readings.opened(resident_id, rows)

    async def _who(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        granted: frozenset[Category],
        now: datetime,
        language: str,
    ) -> Who:
        if Category.PROFILE not in granted:
            return Who(name=None, age=None, sex=None)
        profile = (await self._residents.load(resident_id)).profile
        sex = say(profile.sex.value, language) if profile.sex else say("unknown", language)
        whole = await self._access.holds(viewer, resident_id)
        name = profile.name if whole else masked(profile.name)
        return Who(name=name, age=_age(profile, now, language), sex=sex)

    async def _indicators(
        self,
        resident_id: ObjectId,
        readings: list[Reading] | None,
        window: Window,
        language: str,
    ) -> Some[Indicator] | None:
        if readings is None:
            return None
        person, overrides = await asyncio.gather(
            self._people.person(resident_id), self._overrides.of(resident_id)
        )
        own = [override for _, override in overrides]

        def limits_of(rule: IndicatorRule) -> Limits:
            return limits_for(rule.kind, person, window.until, own, meal=rule.meal)

        return indicators(readings, window, limits_of, language)

    async def _open_alerts(
        self, viewer: Viewer, resident_id: ObjectId, granted: frozenset[Category], language: str
    ) -> Some[Line] | None:
        if Category.READINGS not in granted:
            return None
        page = await self._alerts.page(viewer, resident_id, first=100)
        return lines.alerts(page.items, language)


def window_of(
    entries: Iterable[Entry], since: datetime | None, now: datetime, language: str
) -> Window:
    """What is now and what is before, and the words for it."""
    visit = None if since else _last_visit(entries, now)
    if visit is not None:
        start, body = visit.at, visit.body
        where = getattr(body, "facility", None) or ""
        words = say("since_visit", language, at=_day(start), where=where).replace(" ）", "）")
    elif since is not None:
        start, words = since, say("since_asked", language, at=_day(since))
    else:
        start = now - timedelta(days=rules().days_without_visit)
        words = say("since_days", language, n=rules().days_without_visit)
    before = max(now - start, timedelta(days=rules().shortest_days_before))
    compared = say("compared", language, n=round(before / timedelta(days=1)))
    joiner = ", " if language.startswith("en") else "，"
    return Window(
        before=start - before,
        since=start,
        until=now,
        visit=visit.id if visit else None,
        words=f"{words.replace(' )', ')')}{joiner}{compared}",
    )


def _last_visit(entries: Iterable[Entry], now: datetime) -> Entry | None:
    """The newest finished encounter that is neither this very visit nor long past."""
    youngest = now - timedelta(days=rules().youngest_visit_days)
    oldest = now - timedelta(days=rules().longest_days)
    visits = [
        each
        for each in entries
        if isinstance(each.body, EncounterBody)
        and each.body.status is EncounterStatus.FINISHED
        and oldest <= each.at <= youngest
    ]
    return max(visits, key=lambda each: (each.at, each.id), default=None)


def _check(since: datetime | None, now: datetime) -> None:
    days = rules().longest_days
    if since is not None and not now - timedelta(days=days) <= since < now:
        raise SummarySinceInvalid(days=days)


def _age(profile: Profile, now: datetime, language: str) -> str | None:
    today = now.astimezone(SHANGHAI).date()
    born = born_on(profile)
    if born is None:
        year = profile.birth_date.text[:4] if profile.birth_date else None
        return say("years", language, n=f"≈{today.year - int(year)}") if year else None
    months = age_in_months(born, today)
    if months < _YEARS_FROM:
        return say("months", language, n=months)
    return say("years", language, n=months // 12)


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
