"""Readings become alerts: the outbox's subscriber that judges what was recorded.

Idempotent: an alert knows which readings it holds, and a second delivery of
the same reading does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import OwnerKey
from backend.measurements import alert as stored
from backend.measurements.alert_forgetting import forget, forget_in_trends
from backend.measurements.alert_rules import (
    Action,
    Decision,
    Judged,
    Point,
    judge_trends,
    should_alert,
)
from backend.measurements.documents import AlertDocument
from backend.measurements.draft import Kind
from backend.measurements.events import (
    AlertRaised,
    ReadingCorrected,
    ReadingsRecorded,
    ReadingWithdrawn,
)
from backend.measurements.judge import judge_all, judge_doubted
from backend.measurements.last_values import last_values
from backend.measurements.overrides import Overrides
from backend.measurements.own_values import DOUBTED, question
from backend.measurements.people import People
from backend.measurements.reading import Reading, as_normal
from backend.measurements.readings import ReadingFilter, Readings
from backend.measurements.thresholds import Override, Person

_TREND_SPAN = timedelta(days=14)
_TO_INCLUDE = timedelta(milliseconds=1)  # BSON's precision: a filter ends before its ``until``
_JUDGED_SPAN = timedelta(days=14)  # what came in late is history, not news
_MOST_POINTS = 2_000
_ATTEMPTS = 5


class Alerting:
    """Handles ``ReadingsRecorded``, ``ReadingCorrected`` and ``ReadingWithdrawn``."""

    def __init__(
        self, core: Core, readings: Readings, overrides: Overrides, people: People
    ) -> None:
        self._core = core
        self._readings = readings
        self._overrides = overrides
        self._people = people

    async def on_recorded(self, event: ReadingsRecorded, _: ObjectId) -> None:
        await self._judge(event.resident_id, event.reading_ids)

    async def on_corrected(self, event: ReadingCorrected, _: ObjectId) -> None:
        """The old value gives no reason any more; the new one may."""
        await self._forget(event.resident_id, event.reading_id)
        await self._judge(event.resident_id, (event.reading_id,))

    async def on_withdrawn(self, event: ReadingWithdrawn, _: ObjectId) -> None:
        await self._forget(event.resident_id, event.reading_id)

    async def _judge(self, resident_id: ObjectId, ids: Iterable[ObjectId]) -> None:
        since = self._core.clock.now() - _JUDGED_SPAN
        found = await self._readings.by_ids(resident_id, ids)
        fresh = [each for each in found if each.state == "live" and each.at >= since]
        if not fresh:
            return
        person, own = await self._standards(resident_id)
        judged = [each for reading in fresh for each in _judged(reading, person, own)]
        judged += await self._doubted(resident_id, fresh)
        for kind in sorted({each.kind for each in fresh}):
            now = self._core.clock.now()
            judged.extend(await self._trends(resident_id, kind, person, own, now))
        for each in sorted(judged, key=lambda item: item.at):
            await self._apply(resident_id, each)

    async def _doubted(self, resident_id: ObjectId, readings: Sequence[Reading]) -> list[Judged]:
        """Of those that nobody could be asked about: whether they are the resident's own."""
        found = []
        for reading in readings:
            if DOUBTED not in reading.attributes:
                continue
            normal = as_normal(reading)
            lasts = await last_values(resident_id, [normal], without=reading.id)
            birth_date = await self._people.birth_date(resident_id)
            asked = question(normal, lasts.get(reading.kind, ()), birth_date)
            if asked is not None:
                judgement = judge_doubted(reading.kind, asked)
                found.append(Judged(reading=str(reading.id), at=reading.at, judgement=judgement))
        return found

    async def _standards(self, resident_id: ObjectId) -> tuple[Person, list[Override]]:
        """By what a reading of theirs is judged today."""
        person = await self._people.person(resident_id)
        return person, [override for _, override in await self._overrides.of(resident_id)]

    async def _trends(
        self,
        resident_id: ObjectId,
        kind: Kind,
        person: Person,
        own: list[Override],
        now: datetime,
    ) -> Iterable[Judged]:
        """As of ``now``."""
        recent = ReadingFilter(
            kinds=frozenset({kind}), since=now - _TREND_SPAN, until=now + _TO_INCLUDE
        )
        rows = await self._readings.rows(resident_id, recent, limit=_MOST_POINTS)
        points = [
            Point(each.at, each.values, each.meal)
            for each in await self._readings.opened(resident_id, rows)
            if _at_rest(each)
        ]
        return judge_trends(kind, points, person=person, now=now, overrides=own)

    async def _apply(self, resident_id: ObjectId, judged: Judged) -> None:
        if judged.judgement.finding is None:
            return
        key = await self._core.keyring.key(resident_id)
        for _ in range(_ATTEMPTS):
            try:
                if await self._try(resident_id, judged, key):
                    return
            except DuplicateKeyError:
                continue  # another worker opened this trouble's alert a moment ago
        raise RuntimeError("an alert changed under every attempt")

    async def _try(self, resident_id: ObjectId, judged: Judged, key: OwnerKey) -> bool:
        now = self._core.clock.now()
        raw = await AlertDocument.get_pymongo_collection().find_one(
            {"resident_id": resident_id, "trouble": stored.trouble(judged), "open": True}
        )
        known = [stored.for_rules(raw)] if raw else []
        snoozed = raw["snoozed_until"] if raw else None
        decision = should_alert(judged, known, snoozed_until=snoozed, now=now)
        if decision.action is Action.NEW:
            if raw is not None and raw["last_at"] > judged.at:
                return True  # the open alert is newer than this late reading
            return await self._open(resident_id, judged, decision, raw, key)
        if decision.action is Action.UPDATE and raw is not None:
            return await self._update(judged, decision, raw, key)
        return True

    async def _open(
        self,
        resident_id: ObjectId,
        judged: Judged,
        decision: Decision,
        lapsed: Raw | None,
        key: OwnerKey,
    ) -> bool:
        finding = judged.judgement.finding
        assert finding is not None
        now = self._core.clock.now()
        document = stored.new_raw(judged, finding, resident_id, key, now)

        async def work(session: Session) -> bool:
            collection = AlertDocument.get_pymongo_collection()
            if lapsed is not None:
                closed = {"open": False, "closed_reason": "lapsed", "updated_at": now}
                await collection.update_one(
                    {"_id": lapsed["_id"]}, {"$set": closed}, session=session
                )
            await collection.insert_one(document, session=session)
            if decision.speak:
                await self._core.outbox.publish(session, _raised(document))
            return True

        return await self._core.store.transaction(work)

    async def _update(self, judged: Judged, decision: Decision, raw: Raw, key: OwnerKey) -> bool:
        finding = judged.judgement.finding
        assert finding is not None
        now = self._core.clock.now()
        change: Raw = {
            "level": int(decision.level or raw["level"]),
            "first_at": decision.first_at,
            "last_at": decision.last_at,
            "updated_at": now,
        }
        if decision.latest:
            change["text"] = stored.sealed_text(finding, raw["_id"], key)
        if decision.reopen:
            change |= {"acknowledged_at": None, "acknowledged_by": None}
        if decision.speak:
            change["spoke_at"] = now

        async def work(session: Session) -> bool:
            result = await AlertDocument.get_pymongo_collection().update_one(
                {"_id": raw["_id"], "version": raw["version"]},
                {"$set": change, "$push": {"readings": judged.reading}, "$inc": {"version": 1}},
                session=session,
            )
            if result.matched_count and decision.speak:
                await self._core.outbox.publish(session, _raised({**raw, **change}))
            return bool(result.matched_count)

        return await self._core.store.transaction(work)

    async def _forget(self, resident_id: ObjectId, reading_id: ObjectId) -> None:
        standards: tuple[Person, list[Override]] | None = None

        async def judge_again(ids: Sequence[str]) -> list[Judged]:
            nonlocal standards
            known = [ObjectId(each) for each in ids if ObjectId.is_valid(each)]
            found = await self._readings.by_ids(resident_id, known)
            if standards is None:  # the same for all alerts, and needed where there is one
                standards = await self._standards(resident_id)
            person, own = standards
            live = [each for each in found if each.state == "live"]
            judged = [each for reading in live for each in _judged(reading, person, own)]
            return judged + await self._doubted(resident_id, live)

        await forget(self._core, resident_id, reading_id, judge_again)

        async def judge_at(end: datetime) -> list[Judged]:
            nonlocal standards
            if standards is None:
                standards = await self._standards(resident_id)
            return list(await self._trends(resident_id, kind, *standards, end))

        for kind in {each.kind for each in await self._readings.by_ids(resident_id, [reading_id])}:
            await forget_in_trends(self._core, resident_id, kind, judge_at)


def _judged(reading: Reading, person: Person, own: list[Override]) -> list[Judged]:
    judgements = judge_all(
        reading.kind,
        reading.values,
        meal=reading.meal,
        at=reading.at,
        person=person,
        overrides=own,
        resting=_at_rest(reading),
    )
    return [Judged(reading=str(reading.id), at=reading.at, judgement=each) for each in judgements]


def _at_rest(reading: Reading) -> bool:
    return reading.attributes.get("resting", "true") != "false"


def _raised(raw: Raw) -> AlertRaised:
    return AlertRaised(
        resident_id=PydanticObjectId(raw["resident_id"]),
        alert_id=PydanticObjectId(raw["_id"]),
        level=str(raw["level"]),
    )
