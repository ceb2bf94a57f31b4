"""Whom of a doctor's panel to look at: something open, readings overdue, no contact, a condition.

Only what the doctor is granted decides: who lacks the grant is not among those found, so that
no filter tells what the list does not.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from bson import ObjectId

from backend.access.categories import Category
from backend.access.contract.documents import CareTeam
from backend.archive.documents import EntryDocument
from backend.archive.sections import EntryStatus, Section
from backend.care.conditions import condition_flags
from backend.care.documents import Ticket
from backend.care.errors import PanelConditionUnknown
from backend.core.container import Core
from backend.core.database import Raw
from backend.identity.viewer import Viewer
from backend.measurements.documents import AlertDocument, ReadingDocument, State
from backend.measurements.draft import Kind
from backend.measurements.granted import category_of, kinds_in
from backend.measurements.thresholds.rows import table

Granted = Mapping[ObjectId, frozenset[Category]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelFilter:
    """Every one that is set has to fit. ``condition``: a key such as ``hypertension``."""

    open_alerts: bool = False
    overdue_readings: bool = False
    no_contact_since: datetime | None = None
    condition: str | None = None

    def checked(self) -> PanelFilter:
        """Raises ``PanelConditionUnknown``."""
        known = [each["key"] for each in table()["condition"]]
        if self.condition is not None and self.condition not in known:
            raise PanelConditionUnknown(known=known)
        return self


@dataclass(frozen=True, slots=True)
class Overdue:
    condition: str
    kind: Kind
    after: timedelta


@cache
def overdue_rules() -> tuple[Overdue, ...]:
    text = files(__package__).joinpath("data", "panel.toml").read_text("utf-8")
    return tuple(
        Overdue(each["condition"], Kind(each["kind"]), timedelta(days=each["days"]))
        for each in tomllib.loads(text)["overdue"]
    )


async def fitting(
    core: Core, viewer: Viewer, granted: Granted, wanted: PanelFilter
) -> set[ObjectId]:
    """Of the residents in ``granted``, with what the viewer may see of each."""
    left = set(granted)
    if wanted.open_alerts:
        left &= await _alarmed(granted)
    if wanted.no_contact_since is not None:
        left &= await _not_met(core, viewer, granted, wanted.no_contact_since)
    if wanted.condition is None and not wanted.overdue_readings:
        return left
    known = [each for each in left if Category.CONDITIONS in granted[each]]
    flags = await condition_flags(core.keyring, known)
    if wanted.condition is not None:
        flags = {each: found for each, found in flags.items() if wanted.condition in found}
    if wanted.overdue_readings:
        return await _overdue(core, granted, flags)
    return set(flags)


async def _alarmed(granted: Granted) -> set[ObjectId]:
    by_kinds: dict[frozenset[Kind], list[ObjectId]] = {}
    for resident_id, categories in granted.items():
        by_kinds.setdefault(kinds_in(categories), []).append(resident_id)
    query: Raw = {"open": True, "acknowledged_at": None}
    found: set[ObjectId] = set()
    for kinds, ids in by_kinds.items():
        of_these = {"resident_id": {"$in": ids}, "kind": {"$in": sorted(kinds)}}
        alerts = AlertDocument.get_pymongo_collection()
        found |= set(await alerts.distinct("resident_id", {**of_these, **query}))
    return found


async def _overdue(
    core: Core, granted: Granted, flags: Mapping[ObjectId, frozenset[str]]
) -> set[ObjectId]:
    now = core.clock.now()
    found: set[ObjectId] = set()
    for rule in overdue_rules():
        category = category_of(rule.kind)
        due = {i for i, keys in flags.items() if rule.condition in keys and category in granted[i]}
        measured = {
            "resident_id": {"$in": list(due)},
            "kind": rule.kind.value,
            "state": State.LIVE.value,
            "at": {"$gte": now - rule.after},
        }
        readings = ReadingDocument.get_pymongo_collection()
        found |= due - set(await readings.distinct("resident_id", measured))
    return found


async def _not_met(core: Core, viewer: Viewer, granted: Granted, since: datetime) -> set[ObjectId]:
    """Whom neither the viewer nor their teams answered or recorded anything for, and whose
    archive has no visit since then. Visits are filed under conditions."""
    known = {each for each, some in granted.items() if Category.CONDITIONS in some}
    team = await _colleagues(viewer)
    of_these = {"resident_id": {"$in": list(known)}}
    by_them = {"recorded_by.account_id": {"$in": team}, "created_at": {"$gte": since}}
    visit = {
        "section": Section.ENCOUNTER.value,
        "category": Category.CONDITIONS.value,
        "status": EntryStatus.ACTIVE.value,
        "at": {"$gte": since, "$lte": core.clock.now()},
    }
    answered = {"answered_by": {"$in": team}, "answered_at": {"$gte": since}}
    for document, query in (
        (Ticket, answered),
        (ReadingDocument, by_them),
        (EntryDocument, {"$or": [by_them, visit]}),
    ):
        collection = document.get_pymongo_collection()
        known -= set(await collection.distinct("resident_id", {**of_these, **query}))
    return known


async def _colleagues(viewer: Viewer) -> list[ObjectId]:
    found = {viewer.account_id}
    async for team in CareTeam.find({"members": viewer.account_id, "ended_at": None}):
        found |= set(team.members)
    return list(found)
