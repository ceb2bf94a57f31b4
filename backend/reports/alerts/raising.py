"""The outbox's subscriber: a report's alert is made what the report gives reason for.

It looks at the report as it is now, not at the event: delivered twice or late, it comes to the
same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.history import ChangedMeanwhile
from backend.measurements.overrides import Overrides
from backend.measurements.people import People
from backend.measurements.thresholds import Level
from backend.reports.alerts import alert as stored
from backend.reports.alerts import words
from backend.reports.alerts.alert import ResultOutside
from backend.reports.alerts.judging import Outside, Subject, outside
from backend.reports.bodies import effective_of
from backend.reports.documents import ReportAlertDocument, ReportState
from backend.reports.errors import ReportNotFound
from backend.reports.events import ReportConfirmed, ReportWithdrawn, ResultsOutside
from backend.reports.report import Report
from backend.reports.reports import Reports

_ATTEMPTS = 5


class ResultAlerting:
    """Handles ``ReportConfirmed`` and ``ReportWithdrawn``."""

    def __init__(self, core: Core, reports: Reports, overrides: Overrides, people: People) -> None:
        self._core = core
        self._reports = reports
        self._overrides = overrides
        self._people = people

    async def on_report(self, event: ReportConfirmed | ReportWithdrawn, _: ObjectId) -> None:
        for _attempt in range(_ATTEMPTS):
            try:
                await self._settle(event.resident_id, event.report_id)
                return
            except (ChangedMeanwhile, DuplicateKeyError):
                continue  # somebody acknowledged it, or another worker was quicker
        raise RuntimeError("a report's alert changed under every attempt")

    async def _settle(self, resident_id: ObjectId, report_id: ObjectId) -> None:
        try:
            report = await self._reports.load(resident_id, report_id)
        except ReportNotFound:
            return  # it went to somebody else's record before anything was confirmed
        before = await ReportAlertDocument.get_pymongo_collection().find_one(
            {"_id": report_id, "resident_id": resident_id}
        )
        wanted = await self._wanted(report)
        if wanted is not None:
            await self._raise(report, wanted, before)
        elif before is not None and before["open"]:
            await self._replace(before, {"open": False}, speak=False)

    async def _wanted(self, report: Report) -> dict[str, Any] | None:
        """What the report gives reason to say; None for nothing."""
        review = report.review
        if report.state is not ReportState.CONFIRMED or review is None:
            return None
        entries = {each.part: each.entry_id for each in report.links if each.entry_id}
        items = [each for each in review.kept if each.id in entries]
        when, now = effective_of(review), self._core.clock.now()
        at = when.local() if when else report.confirmed_at or now
        subject = Subject(
            person=await self._people.person(report.resident_id),
            overrides=[each for _, each in await self._overrides.of(report.resident_id)],
            at=at,
            now=now,
        )
        found = outside(items, subject)
        if not found:
            return None
        return {
            "level": found[0].level,
            "at": at,
            "reason": words.reason(review, when, found),
            "what_to_do": words.what_to_do(found),
            "source": words.source(found),
            "results": [_result(each, entries[each.item.id]) for each in found],
        }

    async def _raise(self, report: Report, wanted: dict[str, Any], before: Raw | None) -> None:
        key, now = await self._core.keyring.key(report.resident_id), self._core.clock.now()
        said, level = stored.said_of(wanted), wanted["level"]
        change: Raw = {
            "level": int(level),
            "said": stored.seal(said, report.id, key),
            "last_at": wanted["at"],
            "open": True,
        }
        if before is None:
            await self._insert(report, {**change, "raised_at": now, "created_at": now})
            return
        same = stored.opened(before, key) == said
        if same and before["open"]:
            return
        if not (same and before["acknowledged_at"]) and self._is_news(before, said, level, key):
            change |= {"acknowledged_at": None, "acknowledged_by": None, "raised_at": now}
            await self._replace(before, change, speak=True)
            return
        await self._replace(before, change, speak=False)

    @staticmethod
    def _is_news(before: Raw, said: dict[str, Any], level: Level, key: Any) -> bool:
        """Another result than before, or a worse one."""
        known = {each["part"] for each in stored.opened(before, key)["results"]}
        return level > before["level"] or any(each["part"] not in known for each in said["results"])

    async def _insert(self, report: Report, fields: Raw) -> None:
        now: datetime = fields["created_at"]
        document = ReportAlertDocument(
            id=PydanticObjectId(report.id),
            resident_id=PydanticObjectId(report.resident_id),
            updated_at=now,
            **fields,
        ).to_raw()

        async def work(session: Session) -> None:
            await ReportAlertDocument.get_pymongo_collection().insert_one(document, session=session)
            await self._core.outbox.publish(session, _told(document))

        await self._core.store.transaction(work)

    async def _replace(self, before: Raw, change: Raw, *, speak: bool) -> None:
        here = {"_id": before["_id"], "resident_id": before["resident_id"]}
        change = {**change, "updated_at": self._core.clock.now()}

        async def work(session: Session) -> None:
            done = await ReportAlertDocument.get_pymongo_collection().update_one(
                {**here, "version": before["version"]},
                {"$set": change, "$inc": {"version": 1}},
                session=session,
            )
            if done.matched_count == 0:
                raise ChangedMeanwhile
            if speak:
                await self._core.outbox.publish(session, _told({**before, **change}))

        await self._core.store.transaction(work)


def _result(each: Outside, entry_id: ObjectId) -> ResultOutside:
    item = each.item
    return ResultOutside(
        part=item.id,
        entry_id=entry_id,
        name=item.name,
        text=item.text,
        unit=item.unit,
        reference=item.reference.text if item.reference else None,
        flag=item.flag,
        level=each.level,
    )


def _told(raw: Raw) -> ResultsOutside:
    return ResultsOutside(
        resident_id=PydanticObjectId(raw["resident_id"]),
        report_id=PydanticObjectId(raw["_id"]),
        level=str(int(raw["level"])),
    )
