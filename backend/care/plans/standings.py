"""How the plans of many people go, for a doctor's panel: three reads, however many they are."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bson import ObjectId

from backend.access.categories import Category
from backend.care.plans.documents import PlanDocument, PlanState, ScheduleDocument, WeekDocument
from backend.care.plans.duties import DutyKind, duties_place
from backend.care.plans.judging import Standing
from backend.care.plans.plan import Plan, from_raw, monday
from backend.care.plans.programme import WEEK, Words
from backend.care.plans.progress import needed
from backend.core.database import Raw
from backend.core.keys import Keyring, OwnerKey

Granted = Mapping[ObjectId, frozenset[Category]]


@dataclass(frozen=True, slots=True)
class Late:
    """A check or a visit that was due before today."""

    kind: DutyKind
    title: Words
    due: date


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """``standing`` is that of ``week``; None where it rests on what is not granted."""

    plan: Plan
    standing: Standing | None
    week: date | None
    late: tuple[Late, ...]


async def standings(
    keyring: Keyring, granted: Granted, today: date
) -> dict[ObjectId, tuple[PlanStanding, ...]]:
    """Active plans of granted categories by resident, oldest first. The policy was asked."""
    if not granted:
        return {}
    rows = await _plans(granted)
    if not rows:
        return {}
    residents = sorted({raw["resident_id"] for raw in rows})
    keys, weeks, schedules = await asyncio.gather(
        keyring.keys(residents),
        _weeks(residents, [raw["_id"] for raw in rows], today),
        _schedules(residents),
    )
    found: dict[ObjectId, list[PlanStanding]] = defaultdict(list)
    for raw in rows:
        resident_id = raw["resident_id"]
        key = keys.get(resident_id)
        if key is None:  # erased since
            continue
        plan, allowed = from_raw(raw, key), granted[resident_id]
        late = _late(plan, schedules.get(resident_id), key, today)
        whole = needed(plan) <= allowed
        week, standing = _standing(weeks.get(plan.id), key, today)
        shown = tuple(
            each for each in late if each.kind is DutyKind.VISIT or Category.REPORTS in allowed
        )
        found[resident_id].append(
            PlanStanding(plan, standing if whole else None, week if whole else None, shown)
        )
    return {resident_id: tuple(some) for resident_id, some in found.items()}


@dataclass(slots=True)
class Control:
    """Plans of one pathway by how they went last week."""

    pathway: str
    title: Words
    on_track: int = 0
    behind: int = 0
    worse: int = 0
    unknown: int = 0

    @property
    def rate(self) -> float | None:
        """The share on track of those of which something is known, 0 to 1."""
        known = self.on_track + self.behind + self.worse
        return self.on_track / known if known else None


def control(found: Iterable[PlanStanding]) -> list[Control]:
    """By pathway, the most plans first; what is not granted is not counted."""
    rows: dict[str, Control] = {}
    for each in found:
        if each.standing is not None:
            content = each.plan.content
            row = rows.setdefault(content.key, Control(content.key, content.title))
            setattr(row, each.standing.value, getattr(row, each.standing.value) + 1)
    return sorted(
        rows.values(), key=lambda row: (-row.on_track - row.behind - row.worse, row.pathway)
    )


def _late(plan: Plan, sealed: bytes | None, key: OwnerKey, today: date) -> tuple[Late, ...]:
    if sealed is None:
        return ()
    rows: list[Raw] = key.open_json(sealed, duties_place(plan.resident_id))
    return tuple(
        Late(DutyKind(row["kind"]), Words.model_validate(row["title"]), due)
        for row in rows
        if row["plan"] == str(plan.id) and (due := date.fromisoformat(row["due"])) < today
    )


def _standing(raw: Raw | None, key: OwnerKey, today: date) -> tuple[date | None, Standing]:
    if raw is None:
        return None, Standing.UNKNOWN
    week = date.fromisoformat(raw["week"])
    box = key.open_json(raw["box"], f"care_plan_weeks:{raw['week_id']}:box")
    # Weeks that were looked at before there were standings say none.
    known = box.get("standing")
    if known is None or week < monday(today) - WEEK * 2:
        return week, Standing.UNKNOWN
    return week, Standing(known)


async def _plans(granted: Granted) -> list[Raw]:
    by_categories: dict[frozenset[Category], list[ObjectId]] = defaultdict(list)
    for resident_id, categories in granted.items():
        by_categories[categories].append(resident_id)
    query: Raw = {
        "resident_id": {"$in": list(granted)},
        "state": PlanState.ACTIVE.value,
        "$or": [
            {"resident_id": {"$in": ids}, "category": {"$in": sorted(categories)}}
            for categories, ids in by_categories.items()
        ],
    }
    rows: list[Raw] = await PlanDocument.get_pymongo_collection().find(query).to_list()
    return sorted(rows, key=lambda raw: raw["_id"])


async def _weeks(
    residents: Sequence[ObjectId], plans: Sequence[ObjectId], today: date
) -> dict[ObjectId, Raw]:
    """The last week of each plan that was looked at; a clock that was ahead left later ones."""
    stages: list[Raw] = [
        {
            "$match": {
                "resident_id": {"$in": list(residents)},
                "plan_id": {"$in": list(plans)},
                "week": {"$lte": monday(today).isoformat()},
            }
        },
        {"$sort": {"week": -1}},
        {
            "$group": {
                "_id": "$plan_id",
                "week": {"$first": "$week"},
                "week_id": {"$first": "$_id"},
                "box": {"$first": "$box"},
            }
        },
    ]
    rows: Any = await WeekDocument.get_pymongo_collection().aggregate(stages)
    return {raw["_id"]: raw async for raw in rows}


async def _schedules(residents: Sequence[ObjectId]) -> dict[ObjectId, bytes]:
    query = {"resident_id": {"$in": list(residents)}, "duties": {"$ne": None}}
    fields = {"resident_id": 1, "duties": 1}
    rows = ScheduleDocument.get_pymongo_collection().find(query, fields)
    return {raw["resident_id"]: raw["duties"] async for raw in rows}
