"""What is stored of plans. Which pathway somebody is on tells of their health: it is sealed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from beanie import PydanticObjectId
from pydantic import BaseModel, Field

from backend.access.categories import Category
from backend.core.documents import ASC, DESC, ResidentOwned, index, unique


class PlanState(StrEnum):
    PROPOSED = "proposed"
    DECLINED = "declined"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"  # a proposal whose reason went away before anybody answered


class Change(StrEnum):
    """What a revision did."""

    STARTED = "started"
    LESS_OFTEN = "less_often"  # control was reached
    SIMPLER = "simpler"  # most was missed
    BACK_TO_START = "back_to_start"  # it got worse
    WORSE = "worse"  # it got worse, and nothing more can be measured: the doctor was told
    EDITED = "edited"
    NEW_VERSION = "new_version"  # of the pathway, taken over by somebody
    PAUSED = "paused"
    RESUMED = "resumed"
    ENDED = "ended"


class PlanDocument(ResidentOwned):
    """``pathway`` is a keyed hash of its key; ``box`` seals what the plan says, and why."""

    pathway: bytes
    category: Category
    state: PlanState
    open: bool
    """Proposed, active or paused: one of a pathway."""
    box: bytes
    evidence: list[PydanticObjectId] = Field(default_factory=list)
    """Entries that are the reason: when they go, the plan ends."""
    entry_id: PydanticObjectId | None = None
    """The plan in the archive."""
    started_at: datetime | None = None
    started_by: PydanticObjectId | None = None
    ended_at: datetime | None = None
    rests_until: datetime | None = None
    """Declined, ended by somebody, or its weight goes to and fro: not proposed again before."""
    stage_since: str | None = None
    told_at: datetime | None = None
    """When the doctor was last told that it got worse."""
    review_at: datetime | None = None
    leased_by: str | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1

    class Settings:
        name = "care_plans"
        indexes: ClassVar = [
            unique(
                "one_open_plan_per_pathway",
                ("resident_id", ASC),
                ("pathway", ASC),
                partialFilterExpression={"open": True},
            ),
            index("plans_by_time", ("resident_id", ASC), ("created_at", DESC), ("_id", DESC)),
            index(
                "plans_by_review",
                ("review_at", ASC),
                partialFilterExpression={"state": PlanState.ACTIVE.value},
            ),
        ]


class RevisionDocument(ResidentOwned):
    """One change: who (nobody: the program), what, and sealed why and how it was from then on."""

    plan_id: PydanticObjectId
    number: int
    what: Change
    by: PydanticObjectId | None = None
    relation: str | None = None
    at: datetime
    box: bytes

    class Settings:
        name = "care_plan_revisions"
        indexes: ClassVar = [
            unique("one_revision_per_number", ("resident_id", ASC), ("plan_id", ASC), ("number", 1))
        ]


class WeekDocument(ResidentOwned):
    """A week that was looked at: never twice, whatever the clock did. ``week``: its Monday."""

    plan_id: PydanticObjectId
    week: str
    at: datetime
    box: bytes

    class Settings:
        name = "care_plan_weeks"
        indexes: ClassVar = [
            unique("one_look_per_plan_and_week", ("resident_id", ASC), ("plan_id", 1), ("week", 1))
        ]


class TickDocument(ResidentOwned):
    """A step of daily life that was done on a day. ``step`` is a keyed hash of its key."""

    plan_id: PydanticObjectId
    step: bytes
    day: str
    by: PydanticObjectId
    at: datetime

    class Settings:
        name = "care_plan_ticks"
        indexes: ClassVar = [
            unique(
                "one_tick_per_step_and_day",
                ("resident_id", ASC),
                ("plan_id", ASC),
                ("step", ASC),
                ("day", ASC),
            )
        ]


class Item(BaseModel):
    """A reminder of the plans: its source there, and what it was told to say."""

    source: str
    says: str


class ScheduleDocument(ResidentOwned):
    """What all plans of a resident ask for together: one schedule, so that nothing is asked for
    twice. Writing it is also what makes changes of one resident's plans come one by one."""

    serial: int = 0
    phases: list[dict[str, Any]] = Field(default_factory=list)
    """``{"since": day, "asked": {kind: {"days": [...], "parts": [...]}}}``, oldest first."""
    items: dict[str, Item] = Field(default_factory=dict)
    duties: bytes | None = None
    """Sealed: checks and visits by plan, with when they are due."""

    class Settings:
        name = "care_plan_schedules"
        indexes: ClassVar = [unique("one_schedule_per_resident", ("resident_id", ASC))]


class LookDocument(ResidentOwned):
    """When it is looked next whether a pathway begins to suit. For who has a birthday that
    matters it is that day, for all others some day of the same weeks."""

    next_at: datetime
    leased_by: str | None = None

    class Settings:
        name = "care_plan_looks"
        indexes: ClassVar = [
            unique("one_look_per_resident", ("resident_id", ASC)),
            index("looks_by_time", ("next_at", ASC)),
        ]


class DayKind(StrEnum):
    MEASURING = "measuring"  # everything was measured that the plans asked for
    MEDICATION = "medication"  # every dose that was reminded of was taken


class DayDocument(ResidentOwned):
    """A day that counts, or does not any more. ``day``: ISO, on the wall calendar."""

    kind: DayKind
    day: str
    at: datetime
    done: bool

    class Settings:
        name = "care_days"
        indexes: ClassVar = [
            unique("one_care_day_per_kind", ("resident_id", ASC), ("kind", ASC), ("day", ASC))
        ]


DOCUMENTS = (
    PlanDocument,
    RevisionDocument,
    WeekDocument,
    TickDocument,
    ScheduleDocument,
    LookDocument,
    DayDocument,
)
