"""Today's tasks: what can be done for points, how far it is, which streak goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from bson import ObjectId

from backend.access.categories import Category
from backend.access.service import Access
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.identity.viewer import Viewer
from rewards.earning import Earning
from rewards.evidence.documents import EvidenceDocument
from rewards.rules.book import Books
from rewards.rules.deserving import counts, factor
from rewards.rules.rule import Campaign, Each, Evidence, EvidenceKind, Rule, Words
from rewards.rules.streaks import current, freezes_left, runs


@dataclass(frozen=True, slots=True)
class Streak:
    """``days`` in a row by now, of ``goal``; ``freezes_left`` this month."""

    days: int
    goal: int
    freezes_left: int


@dataclass(frozen=True, slots=True)
class Task:
    """``done``: nothing more is to be had of it today. ``progress`` counts what earned this
    month, or for a rule of subjects ever, out of ``goal`` where there is one."""

    rule: str
    title: Words
    how: Words
    points: int
    done: bool
    progress: int
    goal: int | None
    streak: Streak | None


class Asked(Protocol):
    """Rooms that this one does not know: what nobody asks of the resident today is no task."""

    async def not_asked(self, resident_id: ObjectId, today: date) -> frozenset[EvidenceKind]: ...


class Tasks:
    """For the resident, and for whoever is granted their points."""

    def __init__(
        self,
        core: Core,
        access: Access,
        books: Books,
        earning: Earning,
        asked: Asked | None = None,
    ) -> None:
        self._core = core
        self._access = access
        self._books = books
        self._earning = earning
        self._asked = asked

    async def of(self, viewer: Viewer, resident_id: ObjectId) -> list[Task]:
        """Every rule that runs today and for which something can be done. Raises
        ``AccessDenied``."""
        await self._access.require(viewer, resident_id, Category.POINTS)
        book = await self._books.current()
        today = self._core.clock.now().astimezone(SHANGHAI).date()
        possible = self._earning.kinds
        if self._asked is not None:
            possible = possible - await self._asked.not_asked(resident_id, today)
        rules = [each for each in book.on(today) if each.evidence in possible]
        evidence = await self._evidence(resident_id, {each.evidence for each in rules}, today)
        return [_task(rule, evidence, book.campaigns, today) for rule in rules]

    async def _evidence(
        self, resident_id: ObjectId, kinds: Iterable[EvidenceKind], today: date
    ) -> list[Evidence]:
        # A streak's goal is a year at most; subjects count whenever they came.
        since = str(today - timedelta(days=2 * 366))
        query = {
            "resident_id": resident_id,
            "kind": {"$in": sorted(kinds)},
            "$or": [
                {"day": {"$gte": since}},
                {"kind": {"$in": [EvidenceKind.ARCHIVE_SECTION.value]}},
            ],
        }
        found = EvidenceDocument.get_pymongo_collection().find(query)
        return [
            Evidence(
                kind=EvidenceKind(raw["kind"]),
                ref=raw["ref"],
                day=date.fromisoformat(raw["day"]),
                subject=raw["subject"],
                late=raw["late"],
            )
            async for raw in found
        ]


def _task(rule: Rule, evidence: list[Evidence], campaigns: Iterable[Campaign], today: date) -> Task:
    counting = [each for each in evidence if counts(rule, each)]
    points = rule.points * factor(rule, today, campaigns)
    streak = _streak(rule, counting, today) if rule.each is Each.STREAK else None
    goal: int | None = None
    if streak is not None:
        done = any(each.day == today for each in counting)
        progress, goal = streak.days, streak.goal
    elif rule.each is Each.SUBJECT:
        progress, goal = len({each.subject for each in counting}), len(rule.subjects) or None
        done = progress == goal
    else:
        progress, done = _this_month(rule, counting, today)
    return Task(rule.key, rule.title, rule.how, points, done, progress, goal, streak)


def _this_month(rule: Rule, counting: list[Evidence], today: date) -> tuple[int, bool]:
    days = [each.day for each in counting]
    if rule.each is Each.DAY:
        days = list(set(days))
    month = sum((day.year, day.month) == (today.year, today.month) for day in days)
    most = 1 if rule.each is Each.DAY else rule.most_a_day // rule.points
    return month, days.count(today) >= most


def _streak(rule: Rule, counting: list[Evidence], today: date) -> Streak:
    assert rule.streak_days is not None
    found = runs((each.day for each in counting), rule.freezes_a_month)
    run = current(found, today, rule.freezes_a_month)
    length = len(run.days) if run else 0
    # The day that fills a streak shows it full; the next one begins with the day after.
    shown = (length - 1) % rule.streak_days + 1 if length else 0
    return Streak(shown, rule.streak_days, freezes_left(found, today, rule.freezes_a_month))
