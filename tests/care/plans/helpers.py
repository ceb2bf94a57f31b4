"""People with plans, and weeks that go by."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bson import ObjectId

from backend.access.categories import ALL_CATEGORIES
from backend.access.relations import RelationKind
from backend.archive.sections import Amount, ObservationBody, PartialDate
from backend.archive.sections.result import Result, ResultType
from backend.archive.sections.values import coded
from backend.care.plans.documents import PlanDocument, PlanState
from backend.care.plans.plan import Plan
from backend.care.reminders.documents import ReminderDocument, ReminderState
from backend.core.clock import SHANGHAI, FixedClock
from backend.identity.viewer import Role, Viewer
from backend.main import build_dispatcher
from backend.measurements.draft import Source
from backend.services import Services
from tests.factories import a_condition, a_key, a_resident, bp

HIGH = ("高血压", "I10")
SUGAR = ("2型糖尿病", "E11.9")
HIGH_VALUES, GOOD_VALUES = (158.0, 96.0), (126.0, 78.0)


async def told(services: Services) -> None:
    await build_dispatcher(services, index_words=False).drain()


async def with_conditions(
    services: Services, *conditions: tuple[str, str]
) -> tuple[Viewer, ObjectId, list[ObjectId]]:
    """A man of 74 and his entries; everything was heard of."""
    viewer, resident_id = await a_resident(services)
    entries = []
    for name, code in conditions:
        body = a_condition(name, code)
        entry = await services.entries.add(viewer, resident_id, body, idempotency_key=a_key())
        entries.append(entry.id)
    await told(services)
    return viewer, resident_id, entries


async def proposed(services: Services, viewer: Viewer, resident_id: ObjectId) -> dict[str, Plan]:
    found = await services.care_plans.looking.proposals(viewer, resident_id)
    return {each.pathway: each for each in found}


async def started(
    services: Services, viewer: Viewer, resident_id: ObjectId, *pathways: str
) -> list[Plan]:
    """These proposals confirmed by the viewer."""
    waiting = await proposed(services, viewer, resident_id)
    deciding = services.care_plans.deciding
    return [
        await deciding.confirm(viewer, resident_id, waiting[each].id, idempotency_key=a_key())
        for each in pathways
    ]


async def a_doctor_of(services: Services, resident_id: ObjectId) -> Viewer:
    held = frozenset({Role.FAMILY_DOCTOR})
    account_id = await services.identity.create_demo_account(f"doctor-{ObjectId()}", held)
    doctor = Viewer(account_id=account_id, roles=held)
    await services.access.grant(
        resident_id=resident_id,
        account_id=doctor.account_id,
        kind=RelationKind.DOCTOR,
        categories=ALL_CATEGORIES,
    )
    return doctor


async def a_week(
    services: Services,
    viewer: Viewer,
    resident_id: ObjectId,
    clock: FixedClock,
    values: tuple[float, float],
    *,
    days: int = 7,
) -> None:
    """From this Monday on ``days`` days measured, mornings and evenings; then the next Monday,
    with the worker having looked."""
    monday = _monday(clock)
    drafts = []
    for number in range(days):
        day = monday + timedelta(days=number)
        for hour in (8, 20):
            at = datetime.combine(day, time(hour), SHANGHAI)
            drafts.append(bp(*values, at, source=Source(system="cuff", id=at.isoformat())))
    clock.set(datetime.combine(monday + timedelta(days=6), time(22), SHANGHAI))
    if drafts:
        await services.recording.record_batch(viewer, resident_id, drafts, idempotency_key=None)
    clock.set(datetime.combine(monday + timedelta(days=7), time(3, 30), SHANGHAI))
    await services.care_plans.worker.drain()


def lab(code: str, value: str, unit: str, day: str, **more: Any) -> ObservationBody:
    return ObservationBody(
        name=coded("http://loinc.org", code, text=code),
        result=Result(type=ResultType.QUANTITY, amount=Amount(value=Decimal(value), unit=unit)),
        effective=PartialDate(day),
        **more,
    )


def next_monday(clock: FixedClock) -> None:
    clock.set(datetime.combine(_monday(clock) + timedelta(days=7), time(3, 30), SHANGHAI))


async def reload(services: Services, plan: Plan) -> Plan:
    return await services.care_plans.deciding.read(plan.resident_id, plan.id)


async def reminders(resident_id: ObjectId, kind: str = "measure") -> list[dict[str, Any]]:
    """Running ones that no person made."""
    query = {
        "resident_id": resident_id,
        "kind": kind,
        "state": ReminderState.ACTIVE.value,
        "source": {"$regex": "^plan:"},
    }
    return await ReminderDocument.get_pymongo_collection().find(query).to_list()


async def states(resident_id: ObjectId) -> dict[str, int]:
    found: dict[str, int] = dict.fromkeys(PlanState, 0)
    async for each in PlanDocument.find({"resident_id": resident_id}):
        found[each.state] += 1
    return {state: count for state, count in found.items() if count}


def _monday(clock: FixedClock) -> date:
    day = clock.now().astimezone(SHANGHAI).date()
    return day - timedelta(days=day.weekday())
