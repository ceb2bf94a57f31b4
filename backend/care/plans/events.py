"""What happens with plans: ids and codes. Subscribers: notifications, points."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class PlanEvent(Event):
    name: ClassVar[str] = "care_plan"
    plan_id: PydanticObjectId


class PlanProposed(PlanEvent):
    name: ClassVar[str] = "care_plan_proposed"
    category: str


class PlanStarted(PlanEvent):
    name: ClassVar[str] = "care_plan_started"
    category: str


class PlanChanged(PlanEvent):
    """``what``: a ``Change``; ``by`` is nobody where the program adapted it."""

    name: ClassVar[str] = "care_plan_changed"
    category: str
    what: str
    by: PydanticObjectId | None = None


class PlanWorse(PlanEvent):
    """Told again after some weeks only."""

    name: ClassVar[str] = "care_plan_worse"
    category: str


class CareDaySettled(Event):
    """A day counts now, or no longer; ``kind``: ``measuring`` or ``medication``."""

    name: ClassVar[str] = "care_day_settled"
    day_id: PydanticObjectId
    kind: str
